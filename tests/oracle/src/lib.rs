//! iWARP as the RFCs have it, written down a second time: plain, whole-stream, slow, and with no
//! line of the driver in it (the manifest sees to that). The driver's tests compare the two message
//! by message, in both directions.
//!
//! - [`mpa`]: startup frames (RFC 5044 section 7.1, RFC 6581), FPDUs, markers, CRC32C.
//! - [`ddp`]: segments with their DDP and RDMAP headers (RFC 5041, RFC 5040).
//! - [`receiver`]: what a whole stream means to the end that receives it.
//! - [`sender`]: the messages in a stream.
//! - [`shark`]: what Wireshark reads in a capture, where it is installed.
//! - [`trace`]: connections recorded between two other implementations, kept as text.

pub mod ddp;
pub mod mpa;
pub mod receiver;
pub mod sender;
pub mod shark;
pub mod trace;
