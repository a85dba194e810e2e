//! Copying a whole file, over all channels of a session at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::client::Share;
use crate::channel::{Access, ChannelError, Mapped};

/// Requests of a channel under way at most.
const DEPTH: usize = 2;

/// Which way a file is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client's memory into the session's file.
    Up,
    /// From the session's file into the client's memory.
    Down,
}

/// What was copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// Requests it took.
    pub requests: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Copies all of `memory` in pieces as large as the ends agreed on, each over whichever channel is free. `progress` is told
/// of every piece that was copied.
///
/// # Errors
/// Why a channel failed; the others stop after what they have under way.
pub fn copy(
    shares: &mut [Share],
    memory: &Mapped,
    direction: Direction,
    progress: &(impl Fn(usize) + Sync),
) -> Result<Copied, ChannelError> {
    let next = AtomicUsize::new(0);
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = shares
            .iter_mut()
            .map(|share| {
                let next = &next;
                scope.spawn(move || {
                    let machine = share.channel().adapter().machine();
                    let _attached = machine.attach();
                    let copied = one_channel(share, memory, direction, next, progress);
                    if copied.is_err() {
                        next.store(memory.buffer().len(), Ordering::Relaxed);
                    }
                    copied
                })
            })
            .collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| thread.join().expect("no panic");
        threads.into_iter().map(join).collect()
    });
    results.into_iter().try_fold(Copied::default(), |sum, one| {
        let one: Copied = one?;
        Ok(Copied {
            requests: sum.requests + one.requests,
            bytes: sum.bytes + one.bytes,
        })
    })
}

fn one_channel(
    share: &mut Share,
    memory: &Mapped,
    direction: Direction,
    next: &AtomicUsize,
    progress: &impl Fn(usize),
) -> Result<Copied, ChannelError> {
    let access = match direction {
        Direction::Up => Access::Read,
        Direction::Down => Access::Write,
    };
    let (end, piece) = (
        memory.buffer().len(),
        share.channel().agreed().max_read_write_size as usize,
    );
    let mut copied = Copied::default();
    loop {
        let at = next.fetch_add(piece, Ordering::Relaxed);
        if at < end {
            share.transfer(memory, (at, piece.min(end - at)), access)?;
        } else if share.unanswered() == 0 {
            return Ok(copied);
        }
        if at >= end || share.unanswered() == DEPTH {
            let bytes = share.answer()?.length;
            copied.requests += 1;
            copied.bytes += bytes;
            progress(bytes as usize);
        }
    }
}
