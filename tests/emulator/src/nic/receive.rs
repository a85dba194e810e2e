//! Frames from the switch are indicated to protocols. NDIS-PROT-06.

use std::sync::Arc;

use softrnic::sys::*;

use super::Mac;
use super::card::Card;
use super::memory::{self, Layout};
use crate::ndis::lists::List;
use crate::ndis::lower::Lower;
use crate::ndis::protocol::{indicate, passes};

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
        let frames: Vec<&Arc<[u8]>> = frames.iter().filter(|f| !is_deaf && wanted(f)).collect();
        if is_deaf {
            inside.statistics.discards += 1;
        }
        for frame in &frames {
            inside.statistics.frames_received += 1;
            inside.statistics.bytes_received += frame.len() as u64;
        }
        let short = inside.out.len() + frames.len() > self.options.buffers;
        drop(inside);
        if frames.is_empty() {
            return;
        }
        let source = std::ptr::from_ref(self).cast_mut().cast();
        let pool = &self.machine().pool;
        let make = |frame: &&Arc<[u8]>| memory::make(pool, frame, self.layout(), source);
        let lists: Vec<List> = frames.iter().map(make).collect();
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
