//! Frames from the switch are indicated to protocols. NDIS-PROT-06.

use std::sync::Arc;

use softrnic::sys::*;

use super::Mac;
use super::card::Card;
use super::memory::{self, Layout};
use super::packet::{self, HEADER, Joining, Told};
use crate::ndis::lists::List;
use crate::ndis::lower::Lower;
use crate::ndis::offload::{
    Beside, IP_FAILED, IP_GOOD, Offloads, Sums, TCP_FAILED, TCP_GOOD, UDP_FAILED, UDP_GOOD,
};
use crate::ndis::protocol::{indicate, passes};

/// `NDIS_HASH_TCP_IPV4`, of the Toeplitz function.
const HASHED: u32 = 0x201;
/// A tag of IEEE 802.1Q comes on top of what a frame carries.
const TAG: usize = 4;
/// Bytes of data in joined segments.
const MOST_JOINED: usize = 60_000;

/// What the NIC makes of frames that came: tags out, checksums looked at, segments joined.
fn look_at(frames: &[&Arc<[u8]>], offloads: Offloads) -> Vec<Told> {
    let each = frames.iter().map(|frame| {
        let mut frame = frame.to_vec();
        let tag = match offloads.priority || offloads.vlan {
            true => packet::take_tag(&mut frame),
            false => 0,
        };
        let checksum = packet::verdicts(&frame) & verdicts_of(&offloads.receive, &frame);
        let beside = Beside {
            checksum,
            tag,
            // As of a NIC that scales its receives for somebody else.
            hash: if offloads.receive.tcp4 { HASHED } else { 0 },
            ..Beside::default()
        };
        Told::new(frame, beside)
    });
    let how = Joining {
        families: offloads.joins,
        equal: false,
        most: MOST_JOINED,
    };
    let good = |told: &Told| told.beside.checksum & TCP_GOOD != 0;
    let mut all = Vec::new();
    for run in each
        .collect::<Vec<Told>>()
        .chunk_by(|one, next| good(one) && good(next))
    {
        all.extend(packet::join(run.iter().cloned(), how));
    }
    all
}

/// Which verdicts on a frame it gives.
fn verdicts_of(sums: &Sums, frame: &[u8]) -> u32 {
    let when = |on: bool, bits| if on { bits } else { 0 };
    let (tcp, udp) = match packet::Places::of(frame) {
        Some(places) if places.is_ipv6 => (sums.tcp6, sums.udp6),
        _ => (sums.tcp4, sums.udp4),
    };
    when(tcp, TCP_GOOD | TCP_FAILED)
        | when(udp, UDP_GOOD | UDP_FAILED)
        | when(sums.ip4, IP_GOOD | IP_FAILED)
}

impl Card {
    /// At DISPATCH_LEVEL, on the NIC's thread.
    pub(super) fn receive(&self, frames: &[Arc<[u8]>]) {
        let (filter, multicast) = (self.stack().filter(), self.stack().multicast());
        let wanted = |frame: &&Arc<[u8]>| {
            let mut to: Mac = [0; 6];
            to.copy_from_slice(&frame[..6]);
            passes(filter, &multicast, self.mac, to)
        };
        let mut inside = self.inside();
        let is_deaf = !inside.running || !inside.link || inside.gone;
        let longest = HEADER + inside.mtu as usize + TAG;
        let fits = |frame: &&Arc<[u8]>| frame.len() <= longest;
        let all = frames.iter().filter(|frame| !is_deaf && wanted(frame));
        let (frames, long): (Vec<_>, Vec<_>) = all.partition(fits);
        inside.statistics.discards += u64::from(is_deaf) + long.len() as u64;
        for frame in &frames {
            inside.statistics.frames_received += 1;
            inside.statistics.bytes_received += frame.len() as u64;
        }
        let offloads = inside.offloads;
        drop(inside);
        let told = look_at(&frames, offloads);
        let mut inside = self.inside();
        let short = inside.out.len() + told.len() > self.options.buffers;
        inside.statistics.joined +=
            told.iter().filter(|told| told.beside.joined != 0).count() as u64;
        drop(inside);
        if told.is_empty() {
            return;
        }
        let source = std::ptr::from_ref(self).cast_mut().cast();
        let pool = &self.machine().pool;
        let make = |told: &Told| {
            let list = memory::make(pool, &told.frame, self.layout(), source);
            // SAFETY: a fresh list.
            unsafe { told.beside.put(list) };
            list
        };
        let lists: Vec<List> = told.iter().map(make).collect();
        let mut flags = NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL;
        let lends = !short && !self.chance(6);
        if lends {
            let mut inside = self.inside();
            let named = lists.iter().map(|&list| (list as usize, list as usize));
            inside.out.extend(named);
        } else {
            flags |= NDIS_RECEIVE_FLAGS_RESOURCES;
        }
        indicate(self, &lists, flags);
        if !lends {
            lists
                .iter()
                .for_each(|&list| memory::release(pool, list as usize));
        }
    }

    fn layout(&self) -> Layout {
        if !self.options.varies {
            return Layout::default();
        }
        let mut inside = self.inside();
        let random = &mut inside.random;
        Layout {
            lead: *random.pick(&[0, 0, 2, 16, 64]),
            split: *random.pick(&[0, 0, 14, 34, 5]),
        }
    }

    /// Lists that were indicated are the NIC's again.
    pub(super) fn recycle(&self, lists: &[List]) {
        for &list in lists {
            let known = self.inside().out.remove(&(list as usize));
            if let Some(memory) = known {
                memory::release(&self.machine().pool, memory);
            }
        }
    }
}
