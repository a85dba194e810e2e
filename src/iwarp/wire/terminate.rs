//! The Terminate message (RFC 5040 section 4.8): which error, and which headers it quotes.

use super::ddp::{self, UNTAGGED_LEN, Untagged};
use super::fpdu;
use super::head::Head;
use super::rdmap::{Opcode, QUEUE_TERMINATE, READ_REQUEST_LEN, READ_REQUEST_ULPDU, ReadRequest};
use crate::iwarp::{Error, PeerTerminate};
use crate::rdma::Stag;

const CONTROL: usize = 4;
const QUOTED_LENGTH: usize = 2;

/// The longest ULPDU we build: control, DDP segment length, untagged header, Read Request header.
pub(crate) const ULPDU_MAX: usize =
    UNTAGGED_LEN + CONTROL + QUOTED_LENGTH + UNTAGGED_LEN + READ_REQUEST_LEN;
/// How far we read one: to the end of a quoted Read Request.
pub(crate) const ULPDU_READ: usize = ULPDU_MAX;

const LENGTH_VALID: u8 = 0x80;
const DDP_HEADER: u8 = 0x40;
const RDMAP_HEADER: u8 = 0x20;
/// Linux siw on little-endian machines: the same three flags at the other end of the byte, whose
/// bits are reserved and 0 with everybody else.
const OTHER_END: u8 = 0x07;
const OTHER_DDP_HEADER: u8 = 0x02;

/// What a Terminate says went wrong: layer and type as on the wire, then the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) layer_and_type: u8,
    pub(crate) code: u8,
    /// Whether the offending DDP header goes along.
    pub(crate) quote: bool,
}

/// The offending FPDU's beginning: ULPDU length and headers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quote {
    head: Head,
}

struct Parts<'a> {
    length: &'a [u8; fpdu::LENGTH],
    header: &'a [u8],
    request: Option<&'a [u8]>,
}

impl Quote {
    pub(crate) const NONE: Self = Self { head: Head::new() };

    /// `fpdu` starts at the ULPDU_Length field; what is beyond the headers is not kept.
    pub(crate) fn of(fpdu: &[u8]) -> Self {
        let mut head = Head::new();
        head.fill(fpdu::LENGTH + READ_REQUEST_ULPDU, fpdu);
        Self { head }
    }

    /// Length field, DDP header, and (of a Read Request) the RDMAP header; `None` if not all there.
    fn parts(&self) -> Option<Parts<'_>> {
        let (length, ulpdu) = self
            .head
            .as_slice()
            .split_first_chunk::<{ fpdu::LENGTH }>()?;
        let [control, rdmap, ..] = ulpdu else {
            return None;
        };
        let control = ddp::Control::parse(u16::from_be_bytes(*length), *control, *rdmap).ok()?;
        let header_len = match control.tagged {
            true => ddp::TAGGED_LEN,
            false => UNTAGGED_LEN,
        };
        let (header, rest) = ulpdu.split_at_checked(header_len)?;
        let is_read_request = !control.tagged && control.opcode == Opcode::ReadRequest;
        let request = rest.get(..READ_REQUEST_LEN).filter(|_| is_read_request);
        Some(Parts {
            length,
            header,
            request,
        })
    }
}

/// The Terminate FPDU's head (it has no payload), pad and CRC still to come.
pub(crate) fn emit(code: Code, quote: &Quote) -> Head {
    let parts = quote.parts().filter(|_| code.quote);
    // RFC 5040 section 4.8: the RDMAP header only when a Read Request met remote protection.
    let request = parts
        .as_ref()
        .and_then(|parts| parts.request)
        .filter(|_| code.layer_and_type == REMOTE_PROTECTION);
    let (mut flags, mut rest) = (0, CONTROL);
    if let Some(Parts { length, header, .. }) = &parts {
        flags |= LENGTH_VALID | DDP_HEADER;
        rest += length.len() + header.len();
    }
    if let Some(request) = request {
        flags |= RDMAP_HEADER;
        rest += request.len();
    }
    let header = Untagged {
        last: true,
        opcode: Opcode::Terminate,
        invalidate: Stag(0),
        queue: QUEUE_TERMINATE,
        sequence: 1,
        offset: 0,
    };
    let mut head = Head::new();
    head.push(&header.emit(rest));
    head.push(&[code.layer_and_type, code.code, flags, 0]);
    if let Some(Parts { length, header, .. }) = &parts {
        head.push(*length);
        head.push(header);
    }
    if let Some(request) = request {
        head.push(request);
    }
    head
}

/// Layer RDMAP, type remote protection.
pub(crate) const REMOTE_PROTECTION: u8 = 0x01;

/// A Read Request of ours that a Terminate quotes, as far as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QuotedRead {
    pub(crate) sequence: u32,
    /// Only some errors have it quoted so far.
    pub(crate) sink: Option<Stag>,
}

/// The peer's Terminate, from its ULPDU as far as it was read. What is quoted is believed only where
/// it is all there, and nothing but a report hangs on it.
pub(crate) fn parse(
    header: &Untagged,
    ulpdu: &[u8],
) -> Result<(PeerTerminate, Option<QuotedRead>), Error> {
    let shaped = header.last && header.queue == QUEUE_TERMINATE && header.sequence == 1;
    let body = ulpdu.get(UNTAGGED_LEN..).unwrap_or_default();
    let Some((control, quoted)) = body.split_first_chunk::<CONTROL>().filter(|_| shaped) else {
        return Err(Error::TerminateShape);
    };
    let [layer_and_type, code, flags, _] = *control;
    let quotes = match flags & !OTHER_END {
        0 => flags & OTHER_DDP_HEADER != 0,
        flags => flags & DDP_HEADER != 0,
    };
    let ddp = quoted.get(QUOTED_LENGTH..).filter(|_| quotes);
    let control = quoted_control(ddp.unwrap_or_default());
    let quotes_read = control.is_some_and(|it| !it.tagged && it.opcode == Opcode::ReadRequest);
    let read = ddp
        .filter(|_| quotes_read)
        .zip(control)
        .and_then(|(ddp, control)| quoted_read(control, ddp));
    let terminate = PeerTerminate {
        layer_and_type,
        code,
        quotes_read,
    };
    Ok((terminate, read))
}

fn quoted_control(ddp: &[u8]) -> Option<ddp::Control> {
    let [ddp, rdmap, ..] = ddp else { return None };
    ddp::Control::parse(READ_REQUEST_ULPDU as u16, *ddp, *rdmap).ok()
}

fn quoted_read(control: ddp::Control, ddp: &[u8]) -> Option<QuotedRead> {
    match ddp::Header::parse(control, ddp)? {
        ddp::Header::Untagged(header) => Some(QuotedRead {
            sequence: header.sequence,
            sink: ReadRequest::parse(ddp).map(|request| request.sink_stag),
        }),
        ddp::Header::Tagged(_) => None,
    }
}
