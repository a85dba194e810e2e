//! Frames between smoltcp and NDIS.

use std::collections::VecDeque;

use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

/// Bytes of an Ethernet header.
const HEADER: usize = 14;

/// What came and what is to go.
#[derive(Debug, Default)]
pub(super) struct Frames {
    pub(super) received: VecDeque<Vec<u8>>,
    pub(super) to_send: Vec<Vec<u8>>,
    pub(super) mtu: usize,
}

pub(super) struct Received(Vec<u8>);

pub(super) struct Free<'a>(&'a mut Vec<Vec<u8>>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Free<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, f: F) -> R {
        let mut frame = vec![0; length];
        let result = f(&mut frame);
        self.0.push(frame);
        result
    }
}

impl Device for Frames {
    type RxToken<'a> = Received;
    type TxToken<'a> = Free<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received, Free<'_>)> {
        let frame = self.received.pop_front()?;
        Some((Received(frame), Free(&mut self.to_send)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Free<'_>> {
        Some(Free(&mut self.to_send))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = self.mtu + HEADER;
        capabilities
    }
}
