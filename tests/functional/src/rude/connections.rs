//! Connectors, listeners and shared endpoints of the rude consumer.

use std::ffi::c_void;
use std::net::SocketAddr;
use std::ptr;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use softrnic_consumer::abi::{NDK_CONNECTOR, NDK_LISTENER};
use softrnic_consumer::{NtStatus, decode_address, encode_address};
use softrnic_emulator::sync::Mutex;

use super::{Handle, Qp, Random, Route, Shared, World};
use crate::raw;

/// A call is under way, or the peer's turn.
const WAITING: u8 = 1;
/// Active: the peer has accepted.
const REPLIED: u8 = 2;
/// Passive: the peer asks.
const OFFERED: u8 = 3;
const CONNECTED: u8 = 4;
/// Disconnecting, or it came to nothing.
const OVER: u8 = 5;

/// One connection attempt.
pub struct Connector {
    handle: Handle,
    /// The context of its disconnect event, which the handle keeps.
    event: usize,
    adapter: usize,
    stage: AtomicU8,
    qp: Mutex<Weak<Qp>>,
}

/// What a disconnect event finds its connector by.
struct Event {
    connector: OnceLock<Weak<Connector>>,
    world: Arc<World>,
}

impl Connector {
    fn adopt(world: &Arc<World>, raw: *mut NDK_CONNECTOR, adapter: usize, stage: u8) -> Arc<Self> {
        let event = Arc::new(Event {
            connector: OnceLock::new(),
            world: world.clone(),
        });
        let connector = Arc::new(Self {
            handle: Handle::new(world, raw.cast(), event.clone()),
            event: Arc::as_ptr(&event) as usize,
            adapter,
            stage: AtomicU8::new(stage),
            qp: Mutex::default(),
        });
        let _first = event.connector.set(Arc::downgrade(&connector));
        connector
    }

    fn takes(&self, qp: &Arc<Qp>) {
        *self.qp.lock() = Arc::downgrade(qp);
    }

    fn queue_pair(&self) -> Option<Arc<Qp>> {
        self.qp.lock().upgrade()
    }

    /// Goes, and with it, now and then, its queue pair: of no use any more.
    fn leave(self: &Arc<Self>, world: &Arc<World>) {
        let mut random = world.choose();
        let qp = self.queue_pair().filter(|_| random.index(4) != 0);
        if random.one_in(2) {
            drop(world.connectors.forget(self));
        }
        drop(qp.map(|qp| world.qps.forget(&qp)));
        drop(world.connectors.forget(self));
    }

    fn raw(&self) -> *mut NDK_CONNECTOR {
        self.handle.raw()
    }

    fn context(&self) -> *mut c_void {
        self.event as *mut c_void
    }

    fn step(&self, from: u8, to: u8) -> bool {
        let order = Ordering::SeqCst;
        self.stage.compare_exchange(from, to, order, order).is_ok()
    }

    /// A request on a connector: `then` comes with the connector, if that is not being closed, and the status.
    fn request(
        self: &Arc<Self>,
        world: &Arc<World>,
        call: impl FnOnce(softrnic_consumer::abi::NDK_FN_REQUEST_COMPLETION, *mut c_void) -> i32,
        then: fn(&Arc<World>, &Arc<Self>, NtStatus),
    ) {
        let (own, weak) = (world.clone(), Arc::downgrade(self));
        world.pending.fetch_add(1, Ordering::SeqCst);
        let returned = raw::request(call, move |status| {
            if let Some(connector) = weak.upgrade() {
                then(&own, &connector, status);
            }
            let mut random = own.choose();
            if random.one_in(4) {
                own.act(&mut random);
            }
            own.pending.fetch_sub(1, Ordering::SeqCst);
        });
        if !returned.is_pending() {
            world.pending.fetch_sub(1, Ordering::SeqCst);
            then(world, self, returned);
        }
    }

    /// Connects a new one to some listener.
    pub(super) fn connect(world: &Arc<World>, random: &mut Random) {
        if world.connectors.len() >= 16 {
            return;
        }
        let Some(listener) = world.listeners.pick(random) else {
            return;
        };
        let Some(to) = listener.address() else { return };
        let Some(qp) = Qp::unused(world, random, 1 - listener.adapter) else {
            return;
        };
        let created = raw::attempt::connector(&world.adapter(qp.adapter));
        let Some(raw) = world.made("NdkCreateConnector", created) else {
            return qp.is_used(false);
        };
        let connector = Self::adopt(world, raw, qp.adapter, WAITING);
        connector.takes(&qp);
        world.connectors.add(connector.clone());
        let shared = world
            .shared
            .pick_one(random, |shared| shared.adapter == qp.adapter)
            .filter(|_| random.one_in(3));
        let from = world.addresses[qp.adapter];
        connector.start(world, &qp, shared, (from, to));
    }

    fn start(
        self: &Arc<Self>,
        world: &Arc<World>,
        qp: &Qp,
        shared: Option<Arc<Shared>>,
        (from, to): (SocketAddr, SocketAddr),
    ) {
        let ((from, from_length), (to, to_length)) = (encode_address(from), encode_address(to));
        let (raw, none) = (self.raw(), ptr::null());
        self.request(
            world,
            // SAFETY: all are open; the addresses are read during the call only.
            |completion, context| unsafe {
                let table = &*(*raw).Dispatch;
                let to = to.as_ptr().cast();
                match shared {
                    None => table.NdkConnect.expect("NDK-VER-05")(
                        raw,
                        qp.raw(),
                        from.as_ptr().cast(),
                        from_length,
                        to,
                        to_length,
                        4,
                        4,
                        none,
                        0,
                        completion,
                        context,
                    ),
                    Some(shared) => table.NdkConnectWithSharedEndpoint.expect("NDK-VER-05")(
                        raw,
                        qp.raw(),
                        shared.raw(),
                        to,
                        to_length,
                        4,
                        4,
                        none,
                        0,
                        completion,
                        context,
                    ),
                }
            },
            Self::connected,
        );
    }

    /// The answer to a connect.
    fn connected(world: &Arc<World>, connector: &Arc<Self>, status: NtStatus) {
        let mut random = world.choose();
        if status != NtStatus::SUCCESS {
            connector.stage.store(OVER, Ordering::SeqCst);
            // NDK-CON-08: as good as new.
            connector.queue_pair().inspect(|qp| qp.is_used(false));
            return drop(world.connectors.forget(connector));
        }
        connector.stage.store(REPLIED, Ordering::SeqCst);
        match random.index(16) {
            0 => {}
            1 => connector.leave(world),
            2 => connector.reject(),
            _ => connector.complete(world),
        }
    }

    fn complete(self: &Arc<Self>, world: &Arc<World>) {
        if !self.step(REPLIED, WAITING) {
            return;
        }
        let (raw, event) = (self.raw(), self.context());
        self.request(
            world,
            // SAFETY: the connector is open; the event's context is kept until its close has completed.
            |completion, context| unsafe {
                ((*(*raw).Dispatch).NdkCompleteConnect.expect("NDK-VER-05"))(
                    raw,
                    Some(disconnected),
                    event,
                    completion,
                    context,
                )
            },
            Self::established,
        );
    }

    fn accept(self: &Arc<Self>, world: &Arc<World>, random: &mut Random) {
        let qp = Qp::unused(world, random, self.adapter);
        let Some(qp) = qp.filter(|_| self.step(OFFERED, WAITING)) else {
            return self.leave(world);
        };
        self.takes(&qp);
        let (raw, event) = (self.raw(), self.context());
        self.request(
            world,
            // SAFETY: as for `complete`; the queue pair is open.
            |completion, context| unsafe {
                ((*(*raw).Dispatch).NdkAccept.expect("NDK-VER-05"))(
                    raw,
                    qp.raw(),
                    4,
                    4,
                    ptr::null(),
                    0,
                    Some(disconnected),
                    event,
                    completion,
                    context,
                )
            },
            Self::established,
        );
    }

    /// The answer to a complete-connect or an accept.
    fn established(world: &Arc<World>, connector: &Arc<Self>, status: NtStatus) {
        if status == NtStatus::SUCCESS {
            world.seen.established.fetch_add(1, Ordering::Relaxed);
            let qp = connector.queue_pair();
            let route = Route::of(connector.raw());
            qp.inspect(|qp| qp.is_ready(world, route));
            connector.stage.store(CONNECTED, Ordering::SeqCst);
            return;
        }
        connector.stage.store(OVER, Ordering::SeqCst);
        connector.leave(world);
    }

    fn reject(&self) {
        if !self.step(REPLIED, OVER) && !self.step(OFFERED, OVER) {
            return;
        }
        let raw = self.raw();
        // SAFETY: the connector is open.
        let status = NtStatus(unsafe {
            ((*(*raw).Dispatch).NdkReject.expect("NDK-VER-05"))(raw, ptr::null(), 0)
        });
        assert!(!status.is_pending(), "NdkReject never pends");
    }

    /// What the consumer left for later.
    pub(super) fn go_on(world: &Arc<World>, random: &mut Random) {
        let Some(connector) = world.connectors.pick(random) else {
            return;
        };
        match random.index(4) {
            0 => connector.reject(),
            1 => connector.accept(world, random),
            2 => connector.complete(world),
            _ => connector.leave(world),
        }
    }

    pub(super) fn disconnect(world: &Arc<World>, random: &mut Random) {
        let connector = world.connectors.pick(random);
        if let Some(connector) = connector.filter(|connector| connector.step(CONNECTED, OVER)) {
            connector.hang_up(world);
        }
    }

    fn hang_up(self: &Arc<Self>, world: &Arc<World>) {
        let raw = self.raw();
        self.request(
            world,
            // SAFETY: the connector is open.
            |completion, context| unsafe {
                ((*(*raw).Dispatch).NdkDisconnect.expect("NDK-VER-05"))(raw, completion, context)
            },
            |world, connector, _| connector.leave(world),
        );
    }

    /// What can be asked at any time.
    pub(super) fn ask(world: &Arc<World>, random: &mut Random) {
        let Some(connector) = world.connectors.pick(random) else {
            return;
        };
        let (raw, mut bytes, mut length) = (connector.raw(), [0_u8; 128], 128);
        let (mut inbound, mut outbound) = (0, 0);
        // SAFETY: the connector is open, and all places are locals.
        let statuses = unsafe {
            let (table, at) = (&*(*raw).Dispatch, bytes.as_mut_ptr());
            let local = table.NdkGetLocalAddress.expect("NDK-VER-05");
            let peer = table.NdkGetPeerAddress.expect("NDK-VER-05");
            let data = table.NdkGetConnectionData.expect("NDK-VER-05");
            [
                local(raw, at.cast(), &raw mut length),
                peer(raw, at.cast(), {
                    length = 128;
                    &raw mut length
                }),
                data(
                    raw,
                    &raw mut inbound,
                    &raw mut outbound,
                    at.cast(),
                    &raw mut length,
                ),
            ]
        };
        let pends = statuses.iter().any(|status| NtStatus(*status).is_pending());
        assert!(!pends, "none of these pends");
    }
}

unsafe extern "win64" fn disconnected(context: *mut c_void) {
    // SAFETY: kept until the connector's close has completed.
    let event = unsafe { &*context.cast::<Event>() };
    let (world, mut random) = (&event.world, event.world.choose());
    world.seen.lost.fetch_add(1, Ordering::Relaxed);
    if let Some(connector) = event.connector.get().and_then(Weak::upgrade) {
        match random.index(4) {
            0 => {}
            1 if connector.step(CONNECTED, OVER) => connector.hang_up(world),
            _ => connector.leave(world),
        }
    }
    if random.one_in(4) {
        world.act(&mut random);
    }
}

/// A listener, from its creation on.
pub struct Listener {
    handle: Handle,
    adapter: usize,
}

/// What a connect event finds its listener's world by.
struct Asked {
    adapter: usize,
    world: Arc<World>,
}

impl Listener {
    pub(super) fn create(world: &Arc<World>, random: &mut Random) {
        if world.listeners.len() >= 4 {
            return;
        }
        let adapter = random.index(2);
        let asked = Arc::new(Asked {
            adapter,
            world: world.clone(),
        });
        let context = Arc::as_ptr(&asked).cast_mut().cast();
        let created = raw::attempt::listener(&world.adapter(adapter), Some(connect_event), context);
        let Some(raw) = world.made("NdkCreateListener", created) else {
            return;
        };
        let listener = Arc::new(Self {
            handle: Handle::new(world, raw.cast(), asked),
            adapter,
        });
        listener.listen(world);
        world.listeners.add(listener);
    }

    fn raw(&self) -> *mut NDK_LISTENER {
        self.handle.raw()
    }

    fn listen(&self, world: &Arc<World>) {
        let (listener, own) = (self.raw(), world.clone());
        let (address, length) = encode_address(world.addresses[self.adapter]);
        world.pending.fetch_add(1, Ordering::SeqCst);
        let returned = raw::request(
            // SAFETY: the listener is open; the address is read during the call only.
            |completion, context| unsafe {
                ((*(*listener).Dispatch).NdkListen.expect("NDK-VER-05"))(
                    listener,
                    address.as_ptr().cast(),
                    length,
                    completion,
                    context,
                )
            },
            move |_| {
                let mut random = own.choose();
                if random.one_in(4) {
                    own.act(&mut random);
                }
                own.pending.fetch_sub(1, Ordering::SeqCst);
            },
        );
        if !returned.is_pending() {
            world.pending.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Where it listens, once it does.
    fn address(&self) -> Option<SocketAddr> {
        let listener = self.raw();
        let address = decode_address(|place, length| {
            // SAFETY: the listener is open; the place has `length` bytes.
            unsafe {
                let local = (*(*listener).Dispatch).NdkGetLocalAddress;
                local.expect("NDK-VER-05")(listener, place.cast(), length)
            }
        });
        address.ok().filter(|address| address.port() != 0)
    }

    pub(super) fn pause(world: &Arc<World>, random: &mut Random) {
        if let Some(listener) = world.listeners.pick(random) {
            let (raw, pause) = (listener.raw(), u8::from(random.one_in(5)));
            // SAFETY: the listener is open.
            unsafe {
                ((*(*raw).Dispatch)
                    .NdkControlConnectEvents
                    .expect("NDK-VER-05"))(raw, pause)
            }
        }
    }
}

unsafe extern "win64" fn connect_event(context: *mut c_void, raw: *mut NDK_CONNECTOR) {
    // SAFETY: kept until the listener's close has completed.
    let asked = unsafe { &*context.cast::<Asked>() };
    let (world, mut random) = (&asked.world, asked.world.choose());
    let connector = Connector::adopt(world, raw, asked.adapter, OFFERED);
    match random.index(16) {
        // NDK-CON-22: closed, which rejects.
        0 => {}
        1 => connector.reject(),
        2 => world.connectors.add(connector),
        _ => {
            world.connectors.add(connector.clone());
            connector.accept(world, &mut random);
        }
    }
}
