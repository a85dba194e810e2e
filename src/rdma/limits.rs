//! Every maximum of the adapter, in one place: `ndis` reports them, `ndk` holds consumers to them
//! (NDK-ADP-03, NDK-ADP-05), `transport` and `iwarp` size by them.

/// Scatter/gather entries of one request, any kind. 16 pages-runs cover what SMB Direct posts from
/// coalesced buffers; each costs 16 bytes in every queue slot.
pub const MAX_SGE: usize = 16;

/// Pieces of memory that one frame's payload can lie in: a frame is less than 16 pages, and each
/// buffer begins and ends inside one.
pub const MAX_PIECES: usize = 3 * MAX_SGE;

/// Bytes an INLINE request may carry: as much as the scatter/gather list it replaces in the slot.
pub const MAX_INLINE: usize = 256;

/// Private data of a connect: 512 bytes of MPA less the enhanced block (RFC 6581 section 6) and
/// the 8-byte header some peers use instead (NDK-CON-17).
pub const MAX_PRIVATE_DATA: usize = 500;

/// RDMA Reads that may be outstanding in one direction, whatever a peer asks for: a connection keeps a place for each, busy
/// or not.
pub const MAX_READS: usize = 16;

/// What the adapter offers. The counts of objects are bounded by memory only; what is said here is
/// a number consumers can plan with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub registration_size: usize,
    pub window_size: usize,
    pub fast_register_pages: u32,
    pub initiator_sge: u32,
    pub receive_sge: u32,
    pub read_sge: u32,
    /// Sum of the lengths of one request.
    pub transfer_length: u32,
    pub inline_data: u32,
    /// Reads this side serves at a time (IRD), most.
    pub inbound_reads: u32,
    /// Reads this side has outstanding (ORD), most.
    pub outbound_reads: u32,
    pub receive_queue_depth: u32,
    pub initiator_queue_depth: u32,
    pub completion_queue_depth: u32,
    pub shared_receive_queue_depth: u32,
    /// Private data of a connect, and of an accept or reject.
    pub caller_data: u32,
    pub callee_data: u32,
    /// From here on read and write beat send and receive (a hint, NDK-ADP-15).
    pub large_request: u32,
    pub memory_regions: u32,
    pub memory_windows: u32,
    pub queue_pairs: u32,
    pub completion_queues: u32,
    pub protection_domains: u32,
    pub shared_receive_queues: u32,
}

impl Limits {
    pub const ADAPTER: Self = Self {
        // An MDL chain of 4 GiB; its system mapping is the real bound.
        registration_size: 1 << 32,
        // As much as a region.
        window_size: 1 << 32,
        fast_register_pages: 256,
        initiator_sge: MAX_SGE as u32,
        receive_sge: MAX_SGE as u32,
        read_sge: MAX_SGE as u32,
        // RFC 5041: the message offset has 32 bits; half of that keeps sums of two in 32 bits.
        transfer_length: 1 << 31,
        inline_data: MAX_INLINE as u32,
        inbound_reads: MAX_READS as u32,
        outbound_reads: MAX_READS as u32,
        receive_queue_depth: 4096,
        initiator_queue_depth: 4096,
        completion_queue_depth: 65_536,
        shared_receive_queue_depth: 16_384,
        caller_data: MAX_PRIVATE_DATA as u32,
        callee_data: MAX_PRIVATE_DATA as u32,
        large_request: 64 * 1024,
        memory_regions: super::stag::MAX_REGIONS,
        memory_windows: super::stag::MAX_REGIONS,
        queue_pairs: 16_384,
        completion_queues: 32_768,
        protection_domains: 16_384,
        shared_receive_queues: 16_384,
    };
}
