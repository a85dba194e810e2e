//! Binding and unbinding: `ProtocolBindAdapterEx`, `ProtocolUnbindAdapterEx`. NDIS-PROT-01, NDIS-PROT-02.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use softrnic::sys::*;

use super::super::State;
use super::super::lower::{Description, Lower};
use super::super::miniport::PATIENCE;
use super::super::slot::Slot;
use super::super::succeeded;
use super::binding::{Binding, Life};
use super::{Above, Protocol};
use crate::bridge;
use crate::nic::capability;
use crate::sync::Mutex;
use crate::thread;
use crate::verifier::violation;
use crate::wdm::DISPATCH_LEVEL;

thread_local! {
    /// Binds and unbinds of drivers on this stack.
    static INSIDE: Cell<u32> = const { Cell::new(0) };
}

/// Whether the caller runs inside ProtocolBindAdapterEx or ProtocolUnbindAdapterEx.
pub(super) fn is_inside() -> bool {
    INSIDE.get() > 0
}

/// A bind or an unbind that is going on; its address is the context the driver gets.
pub(crate) struct Operation {
    slot: Slot,
    /// What is bound to.
    pub(super) lower: Arc<dyn Lower>,
    pub(super) name: String,
    /// What was opened, or is closed.
    pub(super) binding: Mutex<Option<Arc<Binding>>>,
}

impl Operation {
    fn new(lower: &Arc<dyn Lower>, binding: Option<Arc<Binding>>) -> Arc<Self> {
        let operation = Arc::new(Self {
            slot: Slot::default(),
            lower: Arc::clone(lower),
            name: lower.identity().name(),
            binding: Mutex::new(binding),
        });
        let all = &lower.machine().ndis.operations;
        all.lock().push(Arc::clone(&operation));
        operation
    }

    fn handle(&self) -> NDIS_HANDLE {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// Calls the driver and waits until it says that it is done.
    fn run(
        self: &Arc<Self>,
        what: &'static str,
        rule: &str,
        call: impl FnOnce(NDIS_HANDLE) -> NDIS_STATUS,
    ) -> NDIS_STATUS {
        self.slot.open();
        INSIDE.set(INSIDE.get() + 1);
        let answer = bridge::callback(what, || call(self.handle()));
        INSIDE.set(INSIDE.get() - 1);
        let status = self.slot.finish(answer, what, rule, (rule, PATIENCE));
        let all = &self.lower.machine().ndis.operations;
        all.lock().retain(|other| !Arc::ptr_eq(other, self));
        status
    }
}

/// What the parameters of a bind point to, which lives as long as it does.
struct Names {
    units: Vec<u16>,
    string: UNICODE_STRING,
    offloads: NDIS_OFFLOAD,
    connections: NDIS_TCP_CONNECTION_OFFLOAD,
}

impl Names {
    fn new(name: &str) -> Box<Self> {
        let mut names = Box::new(Self {
            units: name.encode_utf16().collect(),
            string: UNICODE_STRING::default(),
            offloads: NDIS_OFFLOAD::default(),
            connections: NDIS_TCP_CONNECTION_OFFLOAD::default(),
        });
        let bytes = (names.units.len() * 2) as u16;
        names.string = UNICODE_STRING {
            Length: bytes,
            MaximumLength: bytes,
            Buffer: names.units.as_mut_ptr(),
        };
        names
    }

    /// What an adapter says that carries so many connections, if any.
    fn carries(&mut self, connections: u32) -> PVOID {
        self.connections = capability(connections);
        match connections {
            0 => std::ptr::null_mut(),
            _ => (&raw mut self.connections).cast(),
        }
    }
}

/// `NdisMedium802_5`.
const TOKEN_RING: NDIS_MEDIUM = 1;

fn medium(is_ethernet: bool) -> NDIS_MEDIUM {
    match is_ethernet {
        true => NdisMedium802_3,
        false => TOKEN_RING,
    }
}

fn media(connected: bool) -> NET_IF_MEDIA_CONNECT_STATE {
    match connected {
        true => MediaConnectStateConnected,
        false => MediaConnectStateDisconnected,
    }
}

fn parameters(lower: &dyn Lower, names: &mut Names) -> NDIS_BIND_PARAMETERS {
    let Description {
        mac,
        mtu,
        speed,
        connected,
        filters,
        multicast,
        mac_options,
        connector,
        offloads,
        connections,
    } = lower.description();
    names.offloads = offloads.structure();
    let identity = lower.identity();
    let luid = NET_LUID {
        Value: identity.luid,
    };
    let mut address = [0; 32];
    address[..6].copy_from_slice(&mac);
    NDIS_BIND_PARAMETERS {
        Header: NDIS_OBJECT_HEADER {
            Type: NDIS_OBJECT_TYPE_BIND_PARAMETERS,
            Revision: NDIS_BIND_PARAMETERS_REVISION_4,
            Size: NDIS_SIZEOF_BIND_PARAMETERS_REVISION_4,
        },
        AdapterName: &raw mut names.string,
        BoundAdapterName: &raw mut names.string,
        DefaultOffloadConfiguration: &raw mut names.offloads,
        MediaType: medium(lower.is_ethernet()),
        MtuSize: mtu,
        MaxXmitLinkSpeed: speed,
        XmitLinkSpeed: speed,
        MaxRcvLinkSpeed: speed,
        RcvLinkSpeed: speed,
        MediaConnectState: media(connected),
        MediaDuplexState: MediaDuplexStateFull,
        LookaheadSize: mtu,
        SupportedPacketFilters: filters,
        MaxMulticastListSize: multicast,
        MacAddressLength: 6,
        CurrentMacAddress: address,
        PhysicalMediumType: NdisPhysicalMedium802_3,
        BoundIfNetluid: luid,
        BoundIfIndex: identity.if_index,
        LowestIfNetluid: luid,
        LowestIfIndex: identity.if_index,
        AccessType: NET_IF_ACCESS_BROADCAST,
        DirectionType: NET_IF_DIRECTION_SENDRECEIVE,
        ConnectionType: NET_IF_CONNECTION_DEDICATED,
        IfType: IF_TYPE_ETHERNET_CSMACD as u16,
        IfConnectorPresent: connector.into(),
        MacOptions: mac_options,
        CompartmentId: 1,
        TcpConnectionOffloadCapabilities: names.carries(connections),
        ..Default::default()
    }
}

impl Protocol {
    /// Offers an adapter, unless the protocol is bound to it already. One that sleeps is offered when it is awake again, and
    /// while one is offered it neither falls asleep nor is paused.
    pub(in crate::ndis) fn bind(self: &Arc<Self>, lower: &Arc<dyn Lower>) {
        let _turn = lower.stack().turn.take();
        let is_mine = |b: &Arc<Binding>| Arc::ptr_eq(&b.protocol, self);
        let is_bound = lower.stack().all().iter().any(is_mine);
        let disabled = lower.stack().disabled.load(Ordering::Acquire);
        if self.is_gone() || lower.is_leaving() || lower.is_asleep() || disabled || is_bound {
            return;
        }
        let binding = match &self.above {
            Above::Driver(handlers) => self.bind_driver(handlers, lower),
            Above::Native(native) => {
                let wants = native.wants(lower.identity(), &lower.description());
                wants.then(|| {
                    let none = std::ptr::null_mut();
                    let binding = Binding::new(lower.machine(), self, lower, none);
                    binding.opened();
                    native.bound(&binding);
                    binding
                })
            }
        };
        if let Some(binding) = binding.filter(|_| lower.is_running()) {
            binding.restart();
        }
    }

    fn bind_driver(
        &self,
        handlers: &NDIS_PROTOCOL_DRIVER_CHARACTERISTICS,
        lower: &Arc<dyn Lower>,
    ) -> Option<Arc<Binding>> {
        let handler = handlers.BindAdapterHandlerEx?;
        let operation = Operation::new(lower, None);
        let mut names = Names::new(&operation.name);
        let mut parameters = parameters(&**lower, &mut names);
        let status = operation.run("ProtocolBindAdapterEx", "NDIS-PROT-01", |context| {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(self.context, context, &raw mut parameters) }
        });
        let opened = operation.binding.lock().take();
        let opened = opened.filter(|binding| !binding.is_closed());
        let is_open = opened.as_ref().is_some_and(|b| b.life() == Life::Paused);
        if succeeded(status) != opened.is_some() || opened.is_some() != is_open {
            violation(
                "NDIS-PROT-01",
                &format!(
                    "ProtocolBindAdapterEx ended with {status:#x}, and the adapter is {}",
                    if opened.is_some() { "open" } else { "not open" }
                ),
            );
        }
        opened
    }
}

impl Binding {
    /// Pauses and unbinds it, unless it is closed already.
    pub(in crate::ndis) fn unbind(self: &Arc<Self>) {
        if self.is_closed() {
            return;
        }
        {
            let _turn = self.lower.stack().turn.take();
            self.pause();
        }
        match &self.protocol.above {
            Above::Driver(handlers) => self.unbind_driver(handlers),
            Above::Native(native) => {
                self.detach();
                self.set_life(Life::Closing);
                native.unbound(self);
                self.finish_requests();
                self.set_life(Life::Closed);
            }
        }
    }

    fn unbind_driver(self: &Arc<Self>, handlers: &NDIS_PROTOCOL_DRIVER_CHARACTERISTICS) {
        let Some(handler) = handlers.UnbindAdapterHandlerEx else {
            return;
        };
        let operation = Operation::new(&self.lower, Some(Arc::clone(self)));
        let status = operation.run("ProtocolUnbindAdapterEx", "NDIS-PROT-02", |context| {
            // SAFETY: the driver's handler, called as documented.
            unsafe { handler(context, self.context) }
        });
        if !succeeded(status) || !self.is_closed() {
            violation(
                "NDIS-PROT-02",
                &format!(
                    "ProtocolUnbindAdapterEx ended with {status:#x} and left the adapter open"
                ),
            );
        }
    }
}

impl State {
    /// The bind or unbind that a driver's context stands for.
    pub(super) fn operation(&self, context: NDIS_HANDLE) -> Option<Arc<Operation>> {
        let all = self.operations.lock();
        let is = |it: &&Arc<Operation>| std::ptr::eq(Arc::as_ptr(it), context.cast());
        all.iter().find(is).cloned()
    }

    fn complete(&self, context: NDIS_HANDLE, status: NDIS_STATUS, rule: &str, call: &str) {
        let operation = self.operation(context);
        if !operation.is_some_and(|operation| operation.slot.complete(status)) {
            violation(rule, &format!("{call} without an operation that pends"));
        }
    }
}

/// At most DISPATCH_LEVEL: ends a bind that returned PENDING.
pub(in crate::ndis) unsafe extern "win64" fn NdisCompleteBindAdapterEx(
    context: NDIS_HANDLE,
    status: NDIS_STATUS,
) {
    let call = "NdisCompleteBindAdapterEx";
    let thread = thread::enter("NdisCompleteBindAdapterEx", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    ndis.complete(context, status, "NDIS-PROT-01", call);
}

/// At most DISPATCH_LEVEL: ends an unbind that returned PENDING.
pub(in crate::ndis) unsafe extern "win64" fn NdisCompleteUnbindAdapterEx(context: NDIS_HANDLE) {
    let call = "NdisCompleteUnbindAdapterEx";
    let thread = thread::enter("NdisCompleteUnbindAdapterEx", DISPATCH_LEVEL);
    let ndis = &thread.machine.ndis;
    ndis.complete(context, NDIS_STATUS_SUCCESS, "NDIS-PROT-02", call);
}
