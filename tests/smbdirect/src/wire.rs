//! The messages of MS-SMBD 2.2, little-endian. Each is the whole payload of one RDMA Send.

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// The one version of the protocol.
pub const VERSION: u16 = 0x0100;
/// Bytes of a data transfer message that has no data: the padding is absent too.
pub const EMPTY: usize = 20;
/// Bytes of a data transfer message before its data.
pub const DATA: usize = 24;
/// What data begins at a multiple of, counted from the message's first byte.
pub const ALIGNMENT: u32 = 8;
/// The smallest MaxReceiveSize there is.
pub const MIN_RECEIVE_SIZE: u32 = 128;
/// The smallest MaxFragmentedSize there is.
pub const MIN_FRAGMENTED_SIZE: u32 = 131_072;
/// Flag of a data transfer message: the sender wants to be answered at once.
pub const RESPONSE_REQUESTED: u16 = 0x0001;
/// `STATUS_NOT_SUPPORTED`: the answer to versions that are not ours.
pub const NOT_SUPPORTED: u32 = 0xC000_00BB;

/// The client's first message (MS-SMBD 2.2.1).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct NegotiateRequest {
    pub min_version: U16,
    pub max_version: U16,
    pub reserved: U16,
    pub credits_requested: U16,
    pub preferred_send_size: U32,
    pub max_receive_size: U32,
    pub max_fragmented_size: U32,
}

/// The server's answer (MS-SMBD 2.2.2).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct NegotiateResponse {
    pub min_version: U16,
    pub max_version: U16,
    pub negotiated_version: U16,
    pub reserved: U16,
    pub credits_requested: U16,
    pub credits_granted: U16,
    pub status: U32,
    pub max_read_write_size: U32,
    pub preferred_send_size: U32,
    pub max_receive_size: U32,
    pub max_fragmented_size: U32,
}

impl NegotiateResponse {
    /// Says that none of the client's versions is ours; everything else is 0.
    #[must_use]
    pub fn refusal() -> Self {
        Self {
            min_version: VERSION.into(),
            max_version: VERSION.into(),
            negotiated_version: 0.into(),
            reserved: 0.into(),
            credits_requested: 0.into(),
            credits_granted: 0.into(),
            status: NOT_SUPPORTED.into(),
            max_read_write_size: 0.into(),
            preferred_send_size: 0.into(),
            max_receive_size: 0.into(),
            max_fragmented_size: 0.into(),
        }
    }
}

/// Every later message begins so (MS-SMBD 2.2.3); with data, padding up to [`DATA`] bytes and the data follow.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct DataTransfer {
    pub credits_requested: U16,
    pub credits_granted: U16,
    pub flags: U16,
    pub reserved: U16,
    pub remaining_data_length: U32,
    pub data_offset: U32,
    pub data_length: U32,
}

/// Memory that the sender of it lets the receiver read or write (MS-SMBD 2.2.3.1).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned,
)]
#[repr(C)]
pub struct Descriptor {
    pub offset: U64,
    pub token: U32,
    pub length: U32,
}

impl Descriptor {
    /// `length` bytes at `offset` under `token`.
    #[must_use]
    pub fn new(offset: u64, token: u32, length: u32) -> Self {
        Self {
            offset: offset.into(),
            token: token.into(),
            length: length.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16);
        digits
            .chunks(2)
            .map(|pair| byte(pair).expect("digits"))
            .collect()
    }

    #[test]
    fn a_negotiate_request_as_it_is_on_the_wire() {
        let request = NegotiateRequest {
            min_version: VERSION.into(),
            max_version: VERSION.into(),
            reserved: 0.into(),
            credits_requested: 255.into(),
            preferred_send_size: 1364.into(),
            max_receive_size: 8192.into(),
            max_fragmented_size: 1_048_576.into(),
        };
        let bytes = hex("00010001 0000ff00 54050000 00200000 00001000");
        assert_eq!(request.as_bytes(), bytes);
        assert_eq!(NegotiateRequest::read_from_bytes(&bytes), Ok(request));
    }

    #[test]
    fn a_negotiate_response_as_it_is_on_the_wire() {
        let response = NegotiateResponse {
            negotiated_version: VERSION.into(),
            credits_requested: 255.into(),
            credits_granted: 255.into(),
            status: 0.into(),
            max_read_write_size: (8 << 20).into(),
            preferred_send_size: 1364.into(),
            max_receive_size: 1364.into(),
            max_fragmented_size: 1_048_576.into(),
            ..NegotiateResponse::refusal()
        };
        let bytes = hex("00010001 00010000 ff00ff00 00000000 00008000 54050000 54050000 00001000");
        assert_eq!(response.as_bytes(), bytes);
    }

    #[test]
    fn a_keep_alive_as_it_is_on_the_wire() {
        let ask = DataTransfer {
            credits_requested: 255.into(),
            credits_granted: 1.into(),
            flags: RESPONSE_REQUESTED.into(),
            reserved: 0.into(),
            remaining_data_length: 0.into(),
            data_offset: 0.into(),
            data_length: 0.into(),
        };
        assert_eq!(
            ask.as_bytes(),
            hex("ff000100 01000000 00000000 00000000 00000000")
        );
        assert_eq!(ask.as_bytes().len(), EMPTY);
    }

    #[test]
    fn a_descriptor_as_it_is_on_the_wire() {
        let descriptor = Descriptor::new(0x1000, 0x1234_5678, 1 << 20);
        assert_eq!(
            descriptor.as_bytes(),
            hex("00100000 00000000 78563412 00001000")
        );
    }
}
