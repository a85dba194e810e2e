//! The connection once it is negotiated: credits, fragments, keep-alive (MS-SMBD 3.1.5.1, 3.1.5.8, 3.1.5.9, 3.1.6).

use std::collections::VecDeque;

use zerocopy::{FromBytes, IntoBytes};

use super::reassembly::Reassembly;
use super::{Agreed, FEWEST, Instant, Outgoing, SendError, Settings, Transmit, Violation};
use crate::wire::{ALIGNMENT, DATA, DataTransfer, EMPTY, RESPONSE_REQUESTED};

/// Whether the peer is there.
#[derive(Clone, Copy, Debug)]
enum Keepalive {
    /// It was heard of; its silence is borne until then.
    Heard(Instant),
    /// It is to be asked; its answer is due then.
    Due(Instant),
    /// It was asked.
    Asked(Instant),
}

/// A negotiated connection.
pub(super) struct Open {
    pub(super) agreed: Agreed,
    settings: Settings,
    /// Messages we may send.
    send_credits: u16,
    /// Messages the peer may send: granted and not used.
    outstanding: u16,
    /// What `outstanding` is kept up to.
    target: u16,
    keepalive: Keepalive,
    /// The peer wants to hear something.
    owes_answer: bool,
    queue: VecDeque<Outgoing>,
    /// Bytes of the first of them that are gone.
    gone: usize,
    reassembly: Reassembly,
}

impl Open {
    pub(super) fn new(settings: &Settings, agreed: Agreed, now: Instant) -> Self {
        Self {
            agreed,
            settings: *settings,
            send_credits: 0,
            outstanding: 0,
            target: 0,
            keepalive: Keepalive::Heard(now + settings.keepalive),
            owes_answer: false,
            queue: VecDeque::new(),
            gone: 0,
            reassembly: Reassembly::default(),
        }
    }

    /// The peer wants so many credits.
    pub(super) fn wanted(&mut self, credits: u16) {
        self.target = credits.clamp(FEWEST, self.settings.credits());
    }

    /// The peer grants more credits.
    pub(super) fn granted(&mut self, credits: u16) -> Result<(), Violation> {
        let sum = self.send_credits.checked_add(credits);
        self.send_credits = sum.ok_or(Violation::TooManyCredits)?;
        Ok(())
    }

    /// Takes what may be granted now: it goes into the message that is being made.
    pub(super) fn grant(&mut self) -> u16 {
        let grant = self.grantable();
        self.outstanding += grant;
        grant
    }

    fn grantable(&self) -> u16 {
        self.target.saturating_sub(self.outstanding)
    }

    /// Whether the peer should get credits though we have nothing to say.
    fn is_peer_short(&self) -> bool {
        self.outstanding <= (self.target / 4).max(1)
    }

    /// A message arrived; the upper layer's, if it is whole now.
    pub(super) fn received(
        &mut self,
        message: &[u8],
        now: Instant,
    ) -> Result<Option<Vec<u8>>, Violation> {
        self.outstanding = self
            .outstanding
            .checked_sub(1)
            .ok_or(Violation::OverCredit)?;
        if message.len() as u64 > u64::from(self.agreed.max_receive_size) {
            return Err(Violation::TooLong);
        }
        let (header, _) =
            DataTransfer::read_from_prefix(message).map_err(|_| Violation::TooShort)?;
        if header.credits_requested == 0 {
            return Err(Violation::NoCreditsRequested);
        }
        let data = data(message, &header)?;
        let remaining = header.remaining_data_length.get();
        let total = data.len() as u64 + u64::from(remaining);
        if total > u64::from(self.settings.max_fragmented_size) {
            return Err(Violation::TooManyFragments);
        }
        self.wanted(header.credits_requested.get());
        self.granted(header.credits_granted.get())?;
        self.keepalive = Keepalive::Heard(now + self.settings.keepalive);
        self.owes_answer |= header.flags & RESPONSE_REQUESTED != 0;
        match (data, remaining) {
            ([], 0) => Ok(None),
            ([], _) => Err(Violation::Fragment),
            _ => self.reassembly.add(data, remaining),
        }
    }

    pub(super) fn send(&mut self, message: Outgoing) -> Result<(), SendError> {
        let most = self.agreed.max_fragmented_send_size as usize;
        if message.bytes.is_empty() || message.bytes.len() > most {
            return Err(SendError::Length);
        }
        self.queue.push_back(message);
        Ok(())
    }

    pub(super) fn is_drained(&self) -> bool {
        self.queue.is_empty()
    }

    /// MS-SMBD 3.1.5.1: the last credit is spent only on a message that grants some: else both ends could end up
    /// without any.
    pub(super) fn transmit(&mut self) -> Option<Transmit> {
        let asks = matches!(self.keepalive, Keepalive::Due(_));
        let urgent = asks || self.owes_answer || self.is_peer_short();
        let may = self.send_credits > 1 || self.send_credits == 1 && self.grantable() > 0;
        if !may || self.queue.is_empty() && !urgent {
            return None;
        }
        self.send_credits -= 1;
        self.owes_answer = false;
        if let Keepalive::Due(until) = self.keepalive {
            self.keepalive = Keepalive::Asked(until);
        }
        let header = DataTransfer {
            credits_requested: self.settings.send_credit_target.into(),
            credits_granted: self.grant().into(),
            flags: if asks { RESPONSE_REQUESTED } else { 0 }.into(),
            reserved: 0.into(),
            remaining_data_length: 0.into(),
            data_offset: 0.into(),
            data_length: 0.into(),
        };
        Some(self.fragment(header))
    }

    /// The next fragment behind `header`, or `header` alone.
    fn fragment(&mut self, mut header: DataTransfer) -> Transmit {
        let Some(first) = self.queue.front() else {
            return Transmit {
                bytes: header.as_bytes().to_vec(),
                invalidate: None,
            };
        };
        let rest = &first.bytes[self.gone..];
        let part = rest.len().min(self.agreed.max_send_size as usize - DATA);
        let remaining = rest.len() - part;
        header.remaining_data_length = (remaining as u32).into();
        header.data_offset = (DATA as u32).into();
        header.data_length = (part as u32).into();
        let mut bytes = header.as_bytes().to_vec();
        bytes.resize(DATA, 0);
        bytes.extend_from_slice(&rest[..part]);
        self.gone += part;
        let mut invalidate = None;
        if remaining == 0 {
            invalidate = first.invalidate;
            self.queue.pop_front();
            self.gone = 0;
        }
        Transmit { bytes, invalidate }
    }

    pub(super) fn deadline(&self) -> Instant {
        match self.keepalive {
            Keepalive::Heard(until) | Keepalive::Due(until) | Keepalive::Asked(until) => until,
        }
    }

    /// MS-SMBD 3.1.6.2. A peer that leaves us without the credit to ask is as silent as one that does not answer.
    pub(super) fn elapsed(&mut self, now: Instant) -> Result<(), Violation> {
        match self.keepalive {
            Keepalive::Heard(until) if until <= now => {
                self.keepalive = Keepalive::Due(now + self.settings.answer);
                Ok(())
            }
            Keepalive::Due(until) | Keepalive::Asked(until) if until <= now => {
                Err(Violation::Silent)
            }
            Keepalive::Heard(_) | Keepalive::Due(_) | Keepalive::Asked(_) => Ok(()),
        }
    }
}

/// The data of a message; none when its length is 0, wherever it would begin.
fn data<'a>(message: &'a [u8], header: &DataTransfer) -> Result<&'a [u8], Violation> {
    let (offset, length) = (header.data_offset.get(), header.data_length.get());
    if !offset.is_multiple_of(ALIGNMENT) {
        return Err(Violation::Unaligned);
    }
    let end = offset.checked_add(length).ok_or(Violation::Outside)?;
    if end as usize > message.len() || length != 0 && (offset as usize) < EMPTY {
        return Err(Violation::Outside);
    }
    Ok(&message[offset as usize..end as usize])
}
