//! Frames between smoltcp and NDIS.

use std::collections::VecDeque;
use std::ops::Range;

use smoltcp::phy::{Checksum, Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;

use crate::ndis::offload::{
    Beside, IP_FAILED, IP_GOOD, IS_IPV4, IS_IPV6, MAKE_IP, MAKE_TCP, Offloads, TCP_FAILED, TCP_GOOD,
};
use crate::nic::packet::{self, HEADER, Joining, Told};

/// What came and what is to go.
#[derive(Debug, Default)]
pub(super) struct Frames {
    pub(super) received: VecDeque<Vec<u8>>,
    pub(super) to_send: Vec<Vec<u8>>,
    pub(super) mtu: usize,
    /// The last frame in which each neighbour said where it is.
    pub(super) neighbours: Vec<Vec<u8>>,
    /// What the adapter makes of what is sent, and says of what is received.
    pub(super) offloads: Offloads,
}

pub(super) struct Received(Vec<u8>);

pub(super) struct Free<'a>(&'a mut Vec<Vec<u8>>);

impl Frames {
    pub(super) fn makes_ip(&self) -> bool {
        self.offloads.send.ip4
    }

    /// Of both families: there is one switch for both.
    pub(super) fn makes_tcp(&self) -> bool {
        self.offloads.send.tcp4 && self.offloads.send.tcp6
    }

    /// A frame that came, unless a checksum of it is wrong: the adapter's word for it, or our own look.
    pub(super) fn take(&mut self, frame: Vec<u8>, beside: Beside) {
        const BAD: u32 = TCP_FAILED | IP_FAILED;
        let said = if beside.joined == 0 {
            beside.checksum
        } else {
            TCP_GOOD | IP_GOOD
        };
        let own = match said & (TCP_GOOD | IP_GOOD) {
            all if all == TCP_GOOD | IP_GOOD => 0,
            _ => packet::verdicts(&frame),
        };
        let trusted = (said & TCP_GOOD) >> 3 | (said & IP_GOOD) >> 3;
        if (said | own & !trusted) & BAD == 0 {
            if tells_of_its_sender(&frame) {
                self.neighbours
                    .retain(|known| known[SOURCE] != frame[SOURCE]);
                self.neighbours.push(frame.clone());
            }
            self.received.push_back(frame);
        }
    }

    /// What is to be sent, as the adapter takes it: large where it cuts, without the checksums that it makes.
    pub(super) fn take_to_send(&mut self) -> Vec<Told> {
        let all = std::mem::take(&mut self.to_send).into_iter();
        let [four, six] = self.offloads.large;
        let how = Joining {
            families: [four.most != 0, six.most != 0],
            equal: true,
            most: four.most.max(six.most) as usize,
        };
        let mut all = packet::join(all.map(|frame| Told::new(frame, Beside::default())), how);
        all.iter_mut().for_each(|told| self.prepare(told));
        all
    }

    fn prepare(&self, told: &mut Told) {
        let is_large = std::mem::take(&mut told.beside.joined) != 0;
        let tcp = match is_large || self.makes_tcp() {
            true => packet::leave_pseudo(&mut told.frame, is_large),
            false => None,
        };
        let is_ipv4 = packet::Places::of(&told.frame).is_some_and(|places| !places.is_ipv6);
        let ip = if self.makes_ip() && is_ipv4 {
            IS_IPV4 | MAKE_IP
        } else {
            0
        };
        told.beside = match tcp {
            Some(places) if is_large => {
                Beside::large(told.unit as u32, places.body as u32, places.is_ipv6)
            }
            Some(places) => Beside {
                checksum: if places.is_ipv6 { IS_IPV6 } else { IS_IPV4 }
                    | MAKE_TCP
                    | ip
                    | (places.body as u32) << 16,
                ..Beside::default()
            },
            None => Beside {
                checksum: ip,
                ..Beside::default()
            },
        };
    }
}

/// An Ethernet frame's source address.
const SOURCE: Range<usize> = 6..12;

/// ARP, or IPv6's neighbours (RFC 4861) asking or answering.
fn tells_of_its_sender(frame: &[u8]) -> bool {
    const ICMPV6: u8 = 58;
    match frame.get(12..14) {
        Some([0x08, 0x06]) => true,
        Some([0x86, 0xDD]) => {
            frame.get(20) == Some(&ICMPV6) && matches!(frame.get(54), Some(135 | 136))
        }
        _ => false,
    }
}

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
        // What comes is looked at before it gets here.
        let sends = |adapter: bool| {
            if adapter {
                Checksum::None
            } else {
                Checksum::Tx
            }
        };
        capabilities.checksum.ipv4 = sends(self.makes_ip());
        capabilities.checksum.tcp = sends(self.makes_tcp());
        capabilities
    }
}
