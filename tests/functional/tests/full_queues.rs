//! What a post refuses for its own sake: there is no room in the queue, or in the request.

use softrnic_functional::consumer::abi::{NDK_OP_FLAG_INLINE, NDK_OP_FLAG_READ_FENCE, NDK_SGE};
use softrnic_functional::consumer::{FastRegister, Lam, Mr, Mw, NtStatus, Qp, QpLimits};
use softrnic_functional::peer;
use softrnic_functional::{End, Stage};

/// Fills the initiator queue with reads that the peer does not answer, but for `room` places.
fn fill(end: &End, room: usize) {
    let depth = QpLimits::default().initiator_depth as usize;
    let sge = [end.mr.sge(&end.buffer, 0, 8)];
    for context in 0..depth - room {
        let posted = end.qp.handle().read(context, &sge, 0x1000, 77, 0);
        assert_eq!(posted, NtStatus::SUCCESS, "read {context}");
    }
}

/// What requests without buffers are about.
struct Lent {
    mw: Mw,
    fast: Mr,
    lam: Lam,
}

impl Lent {
    fn new(end: &End) -> Self {
        Self {
            mw: Mw::new(&end.pd).expect("an MW"),
            fast: Mr::fast(&end.pd, 1).expect("an FRMR"),
            lam: Lam::new(&end.adapter, &end.buffer, 4096).expect("a LAM"),
        }
    }

    fn bind(&self, end: &End, flags: u32) -> NtStatus {
        let (qp, at) = (end.qp.handle(), end.buffer.virtual_address());
        qp.bind(1, (&end.mr, &self.mw), at, 8, flags)
    }

    fn register(&self, end: &End) -> NtStatus {
        let ask = FastRegister {
            pages: self.lam.pages(),
            offset: self.lam.offset,
            len: 8,
            base: u64::from(self.lam.offset),
            flags: 0,
        };
        end.qp.handle().fast_register(1, &self.fast, &ask)
    }
}

// NDK-POST-10, NDK-POST-31: one more than the depth, of each kind; what was posted is not touched by that.
// NdkSend, NdkSendAndInvalidate, NdkWrite, NdkRead, NdkBind, NdkFastRegister, NdkInvalidate: STATUS_NO_MORE_ENTRIES.
#[test]
fn a_full_queue_takes_no_request_of_any_kind() {
    let stage = Stage::new();
    let (peer, end) = peer::connected(&stage);
    let lent = Lent::new(&end);
    fill(&end, 0);
    let (qp, sge) = (end.qp.handle(), [end.mr.sge(&end.buffer, 0, 8)]);
    let refused = [
        qp.send(1, &sge, 0),
        qp.send_and_invalidate(1, &sge, 0, 5),
        qp.write(1, &sge, 0x1000, 77, 0),
        qp.read(1, &sge, 0x1000, 77, 0),
        lent.bind(&end, 0),
        lent.register(&end),
        qp.invalidate(1, lent.mw.raw().cast(), 0),
    ];
    assert_eq!(refused, [NtStatus::NO_MORE_ENTRIES; 7]);
    assert_eq!(end.done.settle_now(), [], "NDK-POST-01");
    drop(peer);
    let depth = QpLimits::default().initiator_depth as usize;
    let contexts: Vec<usize> = end.done.take(depth).iter().map(|d| d.context).collect();
    assert_eq!(contexts, (0..depth).collect::<Vec<_>>());
}

// NDK-MW-01: binds that wait for a read take what there is for them to wait in; a third one is refused, and nothing is lost.
// NdkBind: STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES.
#[test]
fn a_window_has_room_for_two_waiting_binds() {
    let stage = Stage::new();
    let (peer, end) = peer::connected(&stage);
    let lent = Lent::new(&end);
    fill(&end, 8);
    let fenced = |_| lent.bind(&end, NDK_OP_FLAG_READ_FENCE);
    let posted = [0; 3].map(fenced);
    let none = NtStatus::INSUFFICIENT_RESOURCES;
    assert_eq!(posted, [NtStatus::SUCCESS, NtStatus::SUCCESS, none]);
    drop(peer);
    let all = QpLimits::default().initiator_depth as usize - 8 + 2;
    let cancelled = end.done.take(all);
    assert!(cancelled.iter().all(|d| d.status == NtStatus::CANCELLED));
}

// NDK-POST-11, NDK-POST-12, NDK-ADP-06: more entries than the queue pair takes, and more INLINE bytes.
// NdkSend, NdkSendAndInvalidate, NdkWrite: STATUS_DATA_OVERRUN, STATUS_INVALID_BUFFER_SIZE. NdkRead, NdkReceive:
// STATUS_DATA_OVERRUN.
#[test]
fn a_request_has_its_limits() {
    let stage = Stage::new();
    let (active, passive) = stage.connected();
    let most = QpLimits::default().initiator_sge as usize;
    let list = vec![active.mr.sge(&active.buffer, 0, 8); most + 1];
    let qp = active.qp.handle();
    let too_many = [
        qp.send(1, &list, 0),
        qp.send_and_invalidate(1, &list, 0, 5),
        qp.write(1, &list, 0x1000, 77, 0),
        qp.read(1, &list, 0x1000, 77, 0),
        qp.receive(1, &list),
    ];
    assert_eq!(too_many, [NtStatus::DATA_OVERRUN; 5]);
    let byte = [7_u8];
    let mut own = NDK_SGE::default();
    own.Address.VirtualAddress = byte.as_ptr().cast_mut().cast();
    own.Length = 1;
    let inline = NDK_OP_FLAG_INLINE;
    let too_long = [
        qp.send(1, &[own], inline),
        qp.send_and_invalidate(1, &[own], inline, 5),
        qp.write(1, &[own], 0x1000, 77, inline),
    ];
    assert_eq!(too_long, [NtStatus::INVALID_BUFFER_SIZE; 3]);
    // NDK-POST-31: the queue pair is as healthy as before.
    passive.post_receive(1, 0, 64);
    active.post_send(2, 0, 8, 0);
    assert_eq!(passive.received.take(1)[0].bytes, 8);
}

// NDK-ADP-05: each limit by one.
// NdkCreateQp: STATUS_SUCCESS, STATUS_INVALID_PARAMETER.
#[test]
fn a_queue_pair_has_its_limits() {
    let stage = Stage::new();
    let end = End::new(&stage.open(0), QpLimits::default());
    let info = end.adapter.info().expect("information");
    let most = QpLimits {
        receive_depth: info.MaxReceiveQueueDepth,
        initiator_depth: info.MaxInitiatorQueueDepth,
        receive_sge: info.MaxReceiveRequestSge,
        initiator_sge: info.MaxInitiatorRequestSge,
        inline_data: info.MaxInlineDataSize,
    };
    let (receive, initiator) = end.qp.cqs();
    let make = |limits| Qp::new(&end.pd, receive, initiator, limits, 0).err();
    assert_eq!(make(most), None);
    let beyond: [fn(&mut QpLimits); 5] = [
        |limits| limits.receive_depth += 1,
        |limits| limits.initiator_depth += 1,
        |limits| limits.receive_sge += 1,
        |limits| limits.initiator_sge += 1,
        |limits| limits.inline_data += 1,
    ];
    for (n, beyond) in beyond.iter().enumerate() {
        let mut limits = most;
        beyond(&mut limits);
        assert_eq!(make(limits), Some(NtStatus::INVALID_PARAMETER), "{n}");
    }
}
