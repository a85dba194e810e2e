//! Each rule that binds a WSK client is broken once, and caught.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::Options;
use super::super::socket::enter;
use super::caught::breaks;
use super::client::*;
use crate::pool::PoolMode;
use crate::wdm::{DEVICE_OBJECT, IO_STACK_LOCATION, STATUS_MORE_PROCESSING_REQUIRED};
use crate::wsk::abi::*;

/// A connection and what belongs to it.
struct Connected {
    fake: Fake,
    acceptor: Box<Acceptor>,
    socket: *mut WSK_SOCKET,
    there: Arc<Side>,
}

impl Connected {
    fn new(prepare: Option<Answer>) -> Self {
        let fake = Fake::new(PoolMode::Special, Options::default());
        let acceptor = Box::new(Acceptor::default());
        if let Some(answer) = prepare {
            *acceptor.prepare.lock().expect("no panic") = Some(Box::new(move |side| {
                side.answers.lock().expect("no panic").push_back(answer)
            }));
        }
        let (_, address) = fake.listener("127.0.0.1:0", &acceptor);
        let socket = fake
            .connect(address, &Arc::new(Side::default()))
            .expect("connects");
        let there = acceptor.wait();
        Self {
            fake,
            acceptor,
            socket,
            there,
        }
    }

    fn accepted(&self) -> *mut WSK_SOCKET {
        self.there.socket.load(Ordering::Acquire) as *mut WSK_SOCKET
    }
}

fn with_connection(body: impl FnOnce(&Connected)) {
    let connected = Connected::new(None);
    body(&connected);
    std::mem::forget((connected.fake, connected.acceptor));
}

#[test]
fn close_while_a_call_executes() {
    breaks("WSK-CLS-01", || {
        with_connection(|c| {
            // SAFETY: a socket of ours.
            unsafe { enter(c.socket, "a call", |_| close(c.socket)) };
        });
    });
}

#[test]
fn a_call_after_the_close() {
    breaks("WSK-CLS-04", || {
        with_connection(|c| {
            close(c.socket);
            send_all(c.socket, b"too late");
        });
    });
}

#[test]
fn a_second_close() {
    breaks("WSK-CLS-04", || {
        with_connection(|c| {
            close(c.socket);
            close(c.socket);
        });
    });
}

#[test]
fn an_abort_with_a_buffer() {
    breaks("WSK-DIS-03", || {
        with_connection(|c| {
            let mut memory = Memory::new(vec![0; 4]);
            let mut buffer = memory.buffer(0, 4);
            request(|irp| {
                // SAFETY: as documented, but for the buffer.
                unsafe {
                    connection(c.socket).WskDisconnect.expect("filled")(
                        c.socket,
                        &raw mut buffer,
                        WSK_FLAG_ABORTIVE,
                        irp,
                    )
                }
            });
        });
    });
}

#[test]
fn a_disconnect_of_what_is_not_connected() {
    breaks("WSK-DIS-01", || {
        let fake = Fake::new(PoolMode::Special, Options::default());
        let socket = fake.socket(
            false,
            WSK_FLAG_CONNECTION_SOCKET,
            std::ptr::null_mut(),
            std::ptr::null(),
        );
        disconnect(socket, 0);
    });
}

#[test]
fn a_send_after_the_disconnect() {
    breaks("WSK-TX-09", || {
        with_connection(|c| {
            disconnect(c.socket, 0);
            send_all(c.socket, b"too late");
        });
    });
}

#[test]
fn data_changed_while_its_send_pends() {
    breaks("WSK-TX-01", || {
        let c = Connected::new(Some(Answer::NotAccepted));
        let mut memory = Memory::new(vec![1; 32 << 20]);
        let mut buffer = memory.buffer(0, 32 << 20);
        let irp = OwnIrp::new();
        start_send(c.socket, &mut buffer, &irp);
        memory.bytes[5] = 2;
        disconnect(c.socket, WSK_FLAG_ABORTIVE);
    });
}

#[test]
fn a_send_that_its_mdl_chain_does_not_hold() {
    breaks("WSK-TX-02", || {
        with_connection(|c| {
            let mut memory = Memory::new(vec![1; 10]);
            let mut buffer = memory.buffer(5, 6);
            start_send(c.socket, &mut buffer, &OwnIrp::new());
        });
    });
}

#[test]
fn a_release_of_what_is_not_retained() {
    breaks("WSK-RX-09", || {
        with_connection(|c| {
            let list = std::ptr::dangling_mut();
            // SAFETY: as documented, but for the list.
            unsafe { connection(c.socket).WskRelease.expect("filled")(c.socket, list) };
        });
    });
}

#[test]
fn a_close_with_a_retained_list() {
    breaks("WSK-RX-10", || {
        let c = Connected::new(Some(Answer::Keep));
        send_all(c.socket, b"kept");
        c.there.wait_bytes(4);
        close(c.accepted());
    });
}

#[test]
fn a_call_without_an_irp() {
    breaks("WSK-IRP-01", || {
        with_connection(|c| {
            let mut buffer = WSK_BUF::default();
            // SAFETY: as documented, but for the IRP.
            unsafe {
                connection(c.socket).WskSend.expect("filled")(
                    c.socket,
                    &raw mut buffer,
                    0,
                    std::ptr::null_mut(),
                )
            };
        });
    });
}

#[test]
fn an_irp_used_again_without_reuse() {
    breaks("WSK-IRP-02", || {
        with_connection(|c| {
            let irp = OwnIrp::new();
            let mut memory = Memory::new(vec![1; 10]);
            let mut buffer = memory.buffer(0, 10);
            start_send(c.socket, &mut buffer, &irp);
            irp.wait();
            // SAFETY: as documented, but for the missing IoReuseIrp.
            unsafe {
                connection(c.socket).WskSend.expect("filled")(
                    c.socket,
                    &raw mut buffer,
                    0,
                    irp.raw(),
                )
            };
        });
    });
}

#[test]
fn a_call_from_inside_a_completion_routine() {
    unsafe extern "win64" fn calls_again(
        _: *mut DEVICE_OBJECT,
        _: *mut IRP,
        context: PVOID,
    ) -> NTSTATUS {
        send_all(context.cast(), b"again");
        STATUS_MORE_PROCESSING_REQUIRED
    }
    breaks("WSK-IRP-08", || {
        with_connection(|c| {
            let irp = OwnIrp::new();
            let raw = irp.prepare();
            // SAFETY: the IRP is ours and prepared: only its routine is replaced.
            unsafe {
                let next: *mut IO_STACK_LOCATION = (*raw.cast::<IRP>()).CurrentStackLocation.sub(1);
                (*next).CompletionRoutine = Some(calls_again);
                (*next).Context = c.socket.cast();
            }
            let mut memory = Memory::new(vec![1; 10]);
            let mut buffer = memory.buffer(0, 10);
            // SAFETY: as documented.
            unsafe {
                connection(c.socket).WskSend.expect("filled")(c.socket, &raw mut buffer, 0, raw)
            };
            std::thread::sleep(std::time::Duration::from_secs(5));
        });
    });
}

#[test]
fn events_enabled_without_callbacks() {
    breaks("WSK-SOCK-02", || {
        let fake = Fake::new(PoolMode::Special, Options::default());
        let socket = fake.socket(
            false,
            WSK_FLAG_LISTEN_SOCKET,
            std::ptr::null_mut(),
            std::ptr::null(),
        );
        bind(socket, "127.0.0.1:0".parse().expect("an address"));
        enable(socket, WSK_EVENT_ACCEPT);
    });
}

#[test]
fn an_option_without_an_irp() {
    breaks("WSK-OPT-01", || {
        with_connection(|c| {
            let mut value = 1_u32;
            let null = std::ptr::null_mut();
            // SAFETY: as documented, but for the IRP.
            unsafe {
                connection(c.socket).WskControlSocket.expect("filled")(
                    c.socket,
                    WskSetOption,
                    SO_KEEPALIVE,
                    SOL_SOCKET,
                    4,
                    (&raw mut value).cast(),
                    0,
                    null,
                    std::ptr::null_mut(),
                    null,
                )
            };
        });
    });
}

#[test]
fn a_second_deregistration() {
    breaks("WSK-REG-02", || {
        let fake = Fake::new(PoolMode::Special, Options::default());
        let registration = fake.registration();
        fake.release();
        // SAFETY: as documented, but for the second call.
        unsafe {
            super::super::client::WskDeregister(registration);
            super::super::client::WskDeregister(registration);
        }
    });
}

#[test]
fn a_second_release_of_the_provider() {
    breaks("WSK-REG-03", || {
        let fake = Fake::new(PoolMode::Special, Options::default());
        fake.release();
        fake.release();
    });
}

#[test]
fn a_provider_call_after_its_release() {
    breaks("WSK-REG-04", || {
        let fake = Fake::new(PoolMode::Special, Options::default());
        fake.release();
        fake.socket(
            false,
            WSK_FLAG_CONNECTION_SOCKET,
            std::ptr::null_mut(),
            std::ptr::null(),
        );
    });
}
