//! Where our verdict is not siw's, or a connection does not come up: every case, and why.

use softrnic_oracle::trace::Side::{self, Initiator, Responder};

/// Layer, type and code of a Terminate as its sender means it.
pub(super) type Meaning = Option<(u8, u8, u8)>;

/// Connections that end in start-up, by what our machine says of them.
#[rustfmt::skip]
pub(super) const STARTUP: &[(&str, Side, &str)] = &[
    ("mpa1-reject", Responder, "-"),
    ("mpa2-reject", Responder, "-"),
    ("mpa2-reject-crc", Responder, "-"),
    ("raw-c-bad-key", Initiator, "StartupKey"),
    ("raw-c-crc-required-not-given", Initiator, "ReplyNotEnhanced"),
    ("raw-c-fin", Initiator, "FinInStartup"),
    ("raw-c-no-enhanced", Initiator, "ReplyNotEnhanced"),
    ("raw-c-ord-above-device", Initiator, "InsufficientIrd { wanted: 1000 }"),
    // siw takes up to 128; we have 16.
    ("raw-c-ord-above-ird", Initiator, "InsufficientIrd { wanted: 100 }"),
    ("raw-c-revision-1", Initiator, "ReplyNotEnhanced"),
    ("raw-c-revision-3", Initiator, "StartupRevision { revision: 3 }"),
    ("raw-c-rtr-none", Initiator, "NoMatchingRtr"),
    // siw's Terminate answers the recorded Reply, not ours; its halves are exchanged.
    ("raw-c-rtr-none", Responder,
     "PeerTerminated(PeerTerminate { layer_and_type: 2, code: 7, quotes_read: false })"),
    ("raw-c-silent", Initiator, "-"),
    ("raw-mpa-bad-key", Responder, "StartupKey"),
    // siw takes 256 bytes of private data at most, where RFC 5044 has 512, and resets.
    ("raw-mpa-data-257", Initiator, "Reset"),
    ("raw-mpa-data-512", Initiator, "Reset"),
    ("raw-mpa-enhanced-no-data", Responder, "StartupBlock"),
    ("raw-mpa-fpdu-behind", Initiator, "Reset"),
    ("raw-mpa-fpdu-behind", Responder, "EarlyData"),
    // siw speaks revision 0, that of the RDMA Consortium.
    ("raw-mpa-revision-0", Initiator, "StartupRevision { revision: 0 }"),
    ("raw-mpa-revision-0", Responder, "StartupRevision { revision: 0 }"),
    ("raw-mpa-revision-2-plain", Initiator, "ReplyNotEnhanced"),
    ("raw-mpa-revision-3", Responder, "StartupRevision { revision: 3 }"),
    ("raw-mpa-silent", Responder, "-"),
    ("raw-mpa-too-much-data", Responder, "StartupLength { declared: 600 }"),
];

const SPLIT_TRAILER: &str = "siw sees a CRC error in pad and CRC cut over two segments";
const LONG: &str = "siw has one code for no receive and too short a one";
const INVALIDATE: &str = "siw fails the receive and goes on";
const RIGHTS: &str = "siw calls a missing right an invalid STag; DDP has no code for it";
const READABLE: &str = "siw lets any region be read";
const REGISTERED: &str = "siw lets an STag be invalidated that is invalid already";

const BEHIND: &str = "siw resets where an FPDU comes right behind the Reply";
pub(super) const LARGE: &str = "siw's FPDUs may be larger than a TCP segment, of any size";
const CUT: &str = "siw was stopped in the middle of the message, and it is not known to its end";

/// siw's Terminate in the recording, ours in the replay, and the reason they differ.
#[rustfmt::skip]
pub(super) const VERDICTS: &[(&str, Side, Meaning, Meaning, &str)] = &[
    ("raw-c-bad-key", Initiator, Some((2, 0, 4)), None, "a stream that never began has no Terminate"),
    ("raw-c-ord-above-ird", Initiator, None, Some((2, 0, 6)), "siw takes up to 128; we have 16"),
    ("raw-cut-before-crc", Responder, Some((2, 0, 2)), None, SPLIT_TRAILER),
    ("raw-cut-crc", Responder, Some((2, 0, 2)), None, SPLIT_TRAILER),
    ("raw-dribble", Responder, Some((2, 0, 2)), None, SPLIT_TRAILER),
    ("raw-mixed-message", Responder, None, Some((0, 2, 6)), "siw closes without a word"),
    ("raw-read-bad-qn", Responder, None, Some((1, 2, 1)), "siw does not look at a Read Request's queue"),
    ("raw-read-more-than-ird", Responder, Some((0, 2, 7)), Some((1, 2, 2)), "RFC 5041: no buffer"),
    ("raw-read-no-access", Responder, None, Some((0, 1, 2)), READABLE),
    ("raw-read-out-of-bounds", Responder, None, Some((0, 1, 1)), "siw closes without a word"),
    ("raw-read-response-unasked", Responder, Some((1, 0, 0)), Some((0, 2, 6)), "no RFC names a code"),
    ("raw-send-inv-bad-stag", Responder, None, Some((0, 2, 9)), INVALIDATE),
    ("raw-send-inv-other-pd", Responder, None, Some((0, 1, 9)), INVALIDATE),
    ("raw-send-too-long", Responder, Some((1, 2, 2)), Some((1, 2, 5)), LONG),
    ("raw-short-length", Responder, Some((2, 0, 3)), Some((1, 0, 0)), "no RFC names a code"),
    ("raw-write-no-access", Responder, Some((1, 1, 0)), Some((0, 1, 2)), RIGHTS),
    ("send-kinds", Responder, None, Some((0, 2, 9)), REGISTERED),
    ("send-kinds-crc", Responder, None, Some((0, 2, 9)), REGISTERED),
    ("term-read-local-only", Responder, None, Some((0, 1, 2)), READABLE),
    ("term-send-inv-bad-stag", Responder, None, Some((0, 2, 9)), INVALIDATE),
    ("term-send-inv-other-pd", Responder, None, Some((0, 1, 9)), INVALIDATE),
    ("term-send-too-long", Responder, Some((1, 2, 2)), Some((1, 2, 5)), LONG),
    ("term-send-too-long-multi-segment", Responder, Some((1, 2, 2)), Some((1, 2, 5)), LONG),
    ("term-write-local-only", Responder, Some((1, 1, 0)), Some((0, 1, 2)), RIGHTS),
    ("term-write-read-only", Responder, Some((1, 1, 0)), Some((0, 1, 2)), RIGHTS),
];

/// Ends whose program received other than we deliver.
#[rustfmt::skip]
pub(super) const REPORTS: &[(&str, Side, &str)] = &[
    ("raw-c-fpdu-behind", Initiator, BEHIND),
    ("raw-c-v1-fpdu-behind", Initiator, BEHIND),
    ("raw-cut-before-crc", Responder, SPLIT_TRAILER),
    ("raw-cut-crc", Responder, SPLIT_TRAILER),
    ("raw-dribble", Responder, SPLIT_TRAILER),
    ("send-kinds", Responder, REGISTERED),
    ("send-kinds-crc", Responder, REGISTERED),
];

/// Ends that sent, up to a Terminate, other than we do.
#[rustfmt::skip]
pub(super) const SENDERS: &[(&str, Side, &str)] = &[
    ("large-gso", Initiator, LARGE),
    ("large-gso", Responder, LARGE),
    ("raw-fin-with-read-pending", Responder, "siw answers no Read after a FIN"),
    ("raw-read-bad-qn", Responder, "siw does not look at a Read Request's queue"),
    ("raw-read-no-access", Responder, READABLE),
    ("read-sizes", Responder, "siw answers with other memory where a short Read crosses a page"),
    ("term-read-local-only", Responder, READABLE),
    ("term-send-too-long-multi-segment", Initiator, CUT),
    ("term-write-out-of-bounds-multi-segment", Initiator, CUT),
];
