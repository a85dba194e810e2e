//! Winsock Kernel.

use core::ptr::null_mut;
use core::sync::atomic::Ordering;

use crate::Case;
use crate::kernel::*;
use crate::kernel::{STATUS_MORE_PROCESSING_REQUIRED, STATUS_UNSUCCESSFUL};
use crate::sys::*;
use crate::wsk_client::*;

pub(crate) const CASES: &[(&str, Case)] = &[
    ("wsk-left-registered", left_registered),
    ("wsk-registered-twice", registered_twice),
    ("wsk-not-registered", not_registered),
    ("wsk-not-captured", not_captured),
    ("wsk-released", released),
    ("wsk-capture-kept", capture_kept),
    ("wsk-edited", edited),
    ("wsk-static-events-irp", static_events_irp),
    ("wsk-security", security),
    ("wsk-no-irp", no_irp),
    ("wsk-no-routine", no_routine),
    ("wsk-in-completion", in_completion),
    ("wsk-irp-not-reused", irp_not_reused),
    ("wsk-disconnect-early", disconnect_early),
    ("wsk-abort-with-data", abort_with_data),
    ("wsk-option-no-irp", option_no_irp),
    ("wsk-events-irp", events_irp),
    ("wsk-events-missing", events_missing),
    ("wsk-not-a-socket", not_a_socket),
    ("wsk-closed", closed),
    ("wsk-undocumented", undocumented),
    ("wsk-accept-answer", accept_answer),
    ("wsk-receive-answer", receive_answer),
    ("wsk-receive-too-many", receive_too_many),
    ("wsk-disconnect-answer", disconnect_answer),
    ("wsk-send-unbuilt", send_unbuilt),
    ("wsk-send-changed", send_changed),
    ("wsk-send-after-disconnect", send_after_disconnect),
    ("wsk-send-failed-kept", send_failed_kept),
    ("wsk-send-mdl-freed", send_mdl_freed),
    ("wsk-send-irp-reused", send_irp_reused),
    ("wsk-send-pool-freed", send_pool_freed),
    ("wsk-send-pool-freed-drained", send_pool_freed_drained),
    ("wsk-receive-too-long", receive_too_long),
    ("wsk-send-too-long", send_too_long),
    ("wsk-release-foreign", release_foreign),
];

const STATUS_PENDING: i32 = 0x103;

unsafe fn left_registered() {
    // SAFETY: not deregistered on purpose.
    unsafe { register() };
}

unsafe fn registered_twice() {
    // SAFETY: registered twice on purpose.
    unsafe {
        register();
        register();
    }
}

unsafe fn not_registered() {
    // SAFETY: never registered, on purpose.
    unsafe { WskDeregister(&raw mut REGISTRATION.0) };
}

unsafe fn not_captured() {
    // SAFETY: never captured, on purpose.
    unsafe {
        register();
        WskReleaseProviderNPI(&raw mut REGISTRATION.0);
    }
}

unsafe fn released() {
    // SAFETY: the provider is used after it was released, on purpose.
    unsafe {
        let npi = open();
        WskReleaseProviderNPI(&raw mut REGISTRATION.0);
        socket(&npi, WSK_FLAG_CONNECTION_SOCKET);
    }
}

unsafe fn capture_kept() {
    // SAFETY: the provider is not released, on purpose.
    unsafe {
        open();
        WskDeregister(&raw mut REGISTRATION.0);
    }
}

unsafe fn edited() {
    // SAFETY: the block is the kernel's while it is registered, edited on purpose.
    unsafe {
        register();
        REGISTRATION.0.ReservedRegistrationContext = null_mut();
        WskDeregister(&raw mut REGISTRATION.0);
    }
}

unsafe fn static_events_irp() {
    // SAFETY: an IRP where none belongs, on purpose.
    unsafe {
        let npi = open();
        let control = WSK_EVENT_CALLBACK_CONTROL {
            NpiId: &NPI_WSK_INTERFACE_ID,
            EventMask: 0x40,
        };
        let input = (&raw const control).cast_mut().cast();
        let Some(control_client) = (*npi.Dispatch).WskControlClient else {
            return;
        };
        let (code, none) = (WSK_SET_STATIC_EVENT_CALLBACKS, null_mut());
        start(|irp| {
            control_client(npi.Client, code, 16, input, 0, none, null_mut(), irp);
        });
    }
}

unsafe fn security() {
    let mut descriptor = [0u64; 8];
    // SAFETY: a security descriptor where none is supported, on purpose.
    unsafe {
        let npi = open();
        let Some(create) = (*npi.Dispatch).WskSocket else {
            return;
        };
        let (client, stream, tcp, none) = (npi.Client, SOCK_STREAM, IPPROTO_TCP, null_mut());
        let descriptor = descriptor.as_mut_ptr().cast();
        let flags = WSK_FLAG_BASIC_SOCKET;
        start(|irp| {
            create(
                client, AF_INET, stream, tcp, flags, none, none, none, none, descriptor, irp,
            );
        });
    }
}

unsafe fn no_irp() {
    // SAFETY: a request without an IRP, on purpose.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        if let Some(disconnect) = table(socket).WskDisconnect {
            disconnect(socket, null_mut(), 0, null_mut());
        }
    }
}

unsafe fn no_routine() {
    // SAFETY: no completion routine is set, on purpose.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        if let Some(close) = table(socket).WskCloseSocket {
            close(socket, IoAllocateIrp(1, 0).cast());
        }
    }
}

unsafe extern "system" fn closes(_: Pointer, _: Pointer, socket: Pointer) -> i32 {
    // SAFETY: a request in a completion routine, on purpose.
    unsafe {
        start(|irp| {
            if let Some(close) = table(socket.cast()).WskCloseSocket {
                close(socket.cast(), irp);
            }
        })
    };
    STATUS_MORE_PROCESSING_REQUIRED
}

unsafe fn in_completion() {
    let mut address = SOCKADDR_IN::default();
    // SAFETY: the address outlives the request, in whose completion the run ends.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        let irp = IoAllocateIrp(1, 0);
        prepare(irp, closes, socket.cast());
        if let Some(local) = table(socket).WskGetLocalAddress {
            local(socket, (&raw mut address).cast(), irp.cast());
        }
        pause(5000);
    }
}

unsafe fn irp_not_reused() {
    let mut event = Object::new();
    let mut address = SOCKADDR_IN::default();
    // SAFETY: the IRP is used again without `IoReuseIrp`, on purpose.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        let irp = IoAllocateIrp(1, 0);
        let Some(local) = table(socket).WskGetLocalAddress else {
            return;
        };
        for _ in 0..2 {
            KeInitializeEvent(event.get(), 0, 0);
            prepare(irp, done, event.get());
            local(socket, (&raw mut address).cast(), irp.cast());
            KeWaitForSingleObject(event.get(), 0, 0, 0, null_mut());
        }
    }
}

unsafe fn disconnect_early() {
    // SAFETY: not connected, on purpose.
    unsafe { disconnect(socket(&open(), WSK_FLAG_CONNECTION_SOCKET), null_mut(), 0) };
}

unsafe fn abort_with_data() {
    // SAFETY: data that cannot be sent, on purpose.
    unsafe {
        let pair = connect(&open());
        let (mut data, _) = buffer(64);
        disconnect(pair.socket, &mut data, WSK_FLAG_ABORTIVE);
    }
}

unsafe fn option_no_irp() {
    let mut on = 1u32;
    // SAFETY: a transport option without an IRP, on purpose.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        let (set, code, none) = (WskSetOption, TCP_NODELAY, null_mut());
        let (level, on) = (IPPROTO_TCP, (&raw mut on).cast());
        if let Some(option) = table(socket).WskControlSocket {
            option(
                socket,
                set,
                code,
                level,
                4,
                on,
                0,
                none,
                null_mut(),
                null_mut(),
            );
        }
    }
}

unsafe fn events_irp() {
    // SAFETY: an IRP where none belongs, on purpose.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        start(|irp| {
            enable(socket, WSK_EVENT_RECEIVE, irp);
        });
    }
}

unsafe fn events_missing() {
    static NONE: Shared<WSK_CLIENT_LISTEN_DISPATCH> = Shared(WSK_CLIENT_LISTEN_DISPATCH {
        WskAcceptEvent: None,
        WskInspectEvent: None,
        WskAbortEvent: None,
    });
    // SAFETY: the table lacks what is enabled, on purpose.
    unsafe {
        let table = (&raw const NONE.0).cast();
        let socket = socket_with(&open(), WSK_FLAG_LISTEN_SOCKET, table);
        bind(socket);
        enable(socket, WSK_EVENT_ACCEPT, null_mut());
    }
}

unsafe fn not_a_socket() {
    let mut memory = [0u64; 64];
    // SAFETY: not a socket, on purpose.
    unsafe {
        let real = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        let stray = memory.as_mut_ptr().cast::<WSK_SOCKET>();
        (*stray).Dispatch = (*real).Dispatch;
        close(stray);
    }
}

unsafe fn closed() {
    // SAFETY: closed twice on purpose.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        let close_it = table(socket).WskCloseSocket;
        close(socket);
        start(|irp| {
            if let Some(close) = close_it {
                close(socket, irp);
            }
        });
    }
}

unsafe fn undocumented() {
    // SAFETY: a slot that nobody documents, on purpose.
    unsafe {
        let socket = socket(&open(), WSK_FLAG_CONNECTION_SOCKET);
        let slot: unsafe extern "win64" fn() = core::mem::transmute(table(socket).WskSendEx);
        slot();
    }
}

unsafe fn accept_answer() {
    ACCEPT.store(STATUS_PENDING, Ordering::Relaxed);
    // SAFETY: the accept event answers what it may not, on purpose.
    unsafe {
        connect(&open());
        pause(5000);
    }
}

/// Sends a little to the other end and waits for what comes of it.
unsafe fn provoke(pair: &Pair) {
    // SAFETY: the buffer is never freed.
    unsafe {
        let (mut data, _) = buffer(64);
        send(pair.socket, &mut data);
        pause(5000);
    }
}

unsafe fn receive_answer() {
    RECEIVE.store(STATUS_UNSUCCESSFUL, Ordering::Relaxed);
    // SAFETY: the receive event answers what it may not, on purpose.
    unsafe { provoke(&connect(&open())) };
}

unsafe fn receive_too_many() {
    TOO_MANY.store(1, Ordering::Relaxed);
    // SAFETY: the receive event accepts more than there is, on purpose.
    unsafe { provoke(&connect(&open())) };
}

unsafe fn disconnect_answer() {
    DISCONNECT.store(STATUS_UNSUCCESSFUL, Ordering::Relaxed);
    // SAFETY: the disconnect event answers what it may not, on purpose.
    unsafe {
        let pair = connect(&open());
        disconnect(pair.socket, null_mut(), 0);
        pause(5000);
    }
}

/// An MDL that describes nothing yet.
unsafe fn unbuilt() -> WSK_BUF {
    // SAFETY: not built on purpose.
    unsafe {
        let mdl = IoAllocateMdl(pool(64), 64, 0, 0, null_mut());
        WSK_BUF {
            Mdl: mdl.cast(),
            Offset: 0,
            Length: 64,
        }
    }
}

unsafe fn send_unbuilt() {
    // SAFETY: the MDL is not built, on purpose.
    unsafe {
        let pair = connect(&open());
        send(pair.socket, &mut unbuilt());
    }
}

unsafe fn send_changed() {
    // SAFETY: the bytes change while they are sent, on purpose.
    unsafe {
        let pair = connect(&open());
        let (_, _, memory) = long_send(&pair);
        memory.add(100).write_volatile(2);
        // The abort completes the send.
        disconnect(pair.socket, null_mut(), WSK_FLAG_ABORTIVE);
        pause(5000);
    }
}

unsafe fn send_after_disconnect() {
    // SAFETY: sends after a graceful disconnect, on purpose.
    unsafe {
        let pair = connect(&open());
        disconnect(pair.socket, null_mut(), 0);
        let (mut data, _) = buffer(64);
        send(pair.socket, &mut data);
    }
}

/// The harness lets the send fail.
unsafe fn send_failed_kept() {
    // SAFETY: the connection is kept for a second, on purpose.
    unsafe {
        let pair = connect(&open());
        let (mut data, _) = buffer(64);
        send(pair.socket, &mut data);
        pause(1000);
        disconnect(pair.socket, null_mut(), WSK_FLAG_ABORTIVE);
    }
}

unsafe fn send_mdl_freed() {
    // SAFETY: the MDL is freed while it is sent, on purpose.
    unsafe {
        let (_, data, _) = long_send(&connect(&open()));
        IoFreeMdl(data.Mdl.cast());
    }
}

unsafe fn send_irp_reused() {
    // SAFETY: the IRP is reused while it is pending, on purpose.
    unsafe {
        let (irp, _, _) = long_send(&connect(&open()));
        IoReuseIrp(irp, 0);
    }
}

/// Seen when the kernel sends what is left of it.
unsafe fn send_pool_freed_drained() {
    // SAFETY: the memory is freed while it is sent, on purpose.
    unsafe {
        let pair = connect(&open());
        let (_, _, memory) = long_send(&pair);
        ExFreePool(memory);
        let peer = ACCEPTED.load(Ordering::Acquire);
        let (mut data, _) = buffer(1 << 20);
        while let Some(receive) = table(peer).WskReceive {
            request(|irp| {
                receive(peer, &mut data, 0, irp);
            });
        }
    }
}

/// Seen, at the latest, when what is left of it is given up.
unsafe fn send_pool_freed() {
    // SAFETY: the memory is freed while it is sent, on purpose.
    unsafe {
        let pair = connect(&open());
        let (_, _, memory) = long_send(&pair);
        ExFreePool(memory);
        disconnect(pair.socket, null_mut(), WSK_FLAG_ABORTIVE);
        pause(5000);
    }
}

unsafe fn receive_too_long() {
    // SAFETY: the MDL describes less than the length, on purpose.
    unsafe {
        let pair = connect(&open());
        let (mut data, _) = buffer(64);
        data.Length = 65;
        if let Some(receive) = table(pair.socket).WskReceive {
            start(|irp| {
                receive(pair.socket, &mut data, 0, irp);
            });
        }
    }
}

unsafe fn send_too_long() {
    // SAFETY: the MDL describes less than the length, on purpose.
    unsafe {
        let pair = connect(&open());
        let (mut data, _) = buffer(64);
        data.Length = 65;
        send(pair.socket, &mut data);
    }
}

unsafe fn release_foreign() {
    let mut list = WSK_DATA_INDICATION::default();
    // SAFETY: a list that was never retained, on purpose.
    unsafe {
        let pair = connect(&open());
        if let Some(release) = table(pair.socket).WskRelease {
            release(pair.socket, &mut list);
        }
    }
}
