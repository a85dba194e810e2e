//! Task offloads, from NDIS's structures to values and back.

use super::{Ends, header, status};
use crate::ndis::frame::{Checksums, LargeSends, Offloads};
use crate::sys;

/// # Safety
/// `from` is null or what NDIS passes in this call: a structure as long as its header says, of at
/// most `length` bytes.
pub(super) unsafe fn read(from: *const sys::NDIS_OFFLOAD, length: usize) -> Option<Offloads> {
    if from.is_null() || length < usize::from(sys::NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_1) {
        return None;
    }
    // SAFETY: a header at least.
    let header = unsafe { (&raw const (*from).Header).read_unaligned() };
    let whole = length.min(usize::from(header.Size));
    if header.Type != sys::NDIS_OBJECT_TYPE_OFFLOAD
        || whole < usize::from(sys::NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_1)
    {
        return None;
    }
    let mut all = sys::NDIS_OFFLOAD::default();
    let known = whole.min(size_of_val(&all));
    // SAFETY: so long are both.
    unsafe { core::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut all).cast(), known) };
    Some(value(&all))
}

fn value(from: &sys::NDIS_OFFLOAD) -> Offloads {
    let checksums = |[encapsulation, fields]: [u32; 2]| Checksums {
        encapsulation,
        fields,
    };
    let sums = &from.Checksum;
    let [four, six] = [
        from.LsoV2.IPv4,
        from.LsoV2.IPv6.first_chunk().copied().unwrap_or_default(),
    ]
    .map(|[encapsulation, most, least]| LargeSends {
        encapsulation,
        most,
        least,
        fields: 0,
    });
    let [.., fields] = from.LsoV2.IPv6;
    Offloads {
        send: [sums.IPv4Transmit, sums.IPv6Transmit].map(checksums),
        receive: [sums.IPv4Receive, sums.IPv6Receive].map(checksums),
        large: [four, LargeSends { fields, ..six }],
        joins: [from.Rsc.IPv4 != 0, from.Rsc.IPv6 != 0],
    }
}

/// As NDIS takes it from a miniport of version 6.80.
pub(super) fn structure(of: &Offloads) -> sys::NDIS_OFFLOAD {
    let words = |sums: Checksums| [sums.encapsulation, sums.fields];
    let ([send4, send6], [receive4, receive6]) = (of.send.map(words), of.receive.map(words));
    let [four, six] = of.large;
    let [joins4, joins6] = of.joins.map(u8::from);
    sys::NDIS_OFFLOAD {
        Header: header(
            sys::NDIS_OBJECT_TYPE_OFFLOAD,
            sys::NDIS_OFFLOAD_REVISION_5,
            sys::NDIS_SIZEOF_NDIS_OFFLOAD_REVISION_5,
        ),
        Checksum: sys::NDIS_TCP_IP_CHECKSUM_OFFLOAD {
            IPv4Transmit: send4,
            IPv4Receive: receive4,
            IPv6Transmit: send6,
            IPv6Receive: receive6,
        },
        LsoV2: sys::NDIS_TCP_LARGE_SEND_OFFLOAD_V2 {
            IPv4: [four.encapsulation, four.most, four.least],
            IPv6: [six.encapsulation, six.most, six.least, six.fields],
        },
        Rsc: sys::NDIS_TCP_RECV_SEG_COALESCE_OFFLOAD {
            IPv4: joins4,
            IPv6: joins6,
        },
        ..Default::default()
    }
}

/// What can be switched on is another. The caller knows that the adapter is there (NDIS-STAT-02);
/// `<= DISPATCH_LEVEL`.
pub(crate) fn indicate_possible(ends: &Ends, offloads: &Offloads) {
    let code = sys::NDIS_STATUS_TASK_OFFLOAD_HARDWARE_CAPABILITIES;
    status::indicate(ends, code, &mut structure(offloads));
}

/// What is on is another; as `indicate_possible`.
pub(crate) fn indicate_current(ends: &Ends, offloads: &Offloads) {
    let code = sys::NDIS_STATUS_TASK_OFFLOAD_CURRENT_CONFIG;
    status::indicate(ends, code, &mut structure(offloads));
}
