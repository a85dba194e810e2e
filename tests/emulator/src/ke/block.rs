//! The processor block that C drivers read through GS: the fields of `KPCR` and `KPRCB` that inline
//! functions of the kernel's headers know. Each thread has one of its own, and takes the number of its
//! processor along.

use std::cell::UnsafeCell;

/// Offsets, in 64-bit words.
const SELF: usize = 0x18 / 8;
const CURRENT_PRCB: usize = 0x20 / 8;
const PRCB: usize = 0x180 / 8;
pub(crate) const CURRENT_THREAD: usize = 0x188;
/// The upper half of this word is `KPRCB.Number`, at 0x1A4.
const NUMBER: usize = 0x1A0 / 8;
/// Not the kernel's: where the image that runs left its stack pointer when it called out last.
pub(crate) const LEFT: usize = 0x800;
/// Not the kernel's: an image that calls out with its stack pointer below this has never been so deep.
pub(crate) const FLOOR: usize = 0x808;
const WORDS: usize = FLOOR / 8 + 1;

const ARCH_SET_GS: libc::c_long = 0x1001;

/// A thread's block.
///
/// # Invariants
/// Only the host thread that is attached as the block's thread writes it.
pub(crate) struct ProcessorBlock(UnsafeCell<[u64; WORDS]>);

impl ProcessorBlock {
    pub(crate) fn new(processor: u32) -> Self {
        let mut words = [0; WORDS];
        words[NUMBER] = u64::from(processor) << 32;
        Self(UnsafeCell::new(words))
    }

    /// The number of the processor.
    #[inline]
    pub(crate) fn get(&self) -> u32 {
        // SAFETY: within the block; nobody writes at the same time.
        unsafe { (self.0.get().cast::<u64>().add(NUMBER).read() >> 32) as u32 }
    }

    /// The thread is on that processor from now on.
    #[inline]
    pub(crate) fn set(&self, processor: u32) {
        let words = self.0.get().cast::<u64>();
        // SAFETY: within the block; the caller is the block's thread.
        unsafe {
            words.add(NUMBER).write(u64::from(processor) << 32);
            // `LegacyNumber` at 0x184.
            words.add(PRCB).write(u64::from(processor) << 32);
        }
    }

    /// [`LEFT`], [`FLOOR`].
    #[inline]
    pub(crate) fn stack(&self) -> (usize, usize) {
        let words = self.0.get().cast::<usize>();
        // SAFETY: within the block; the caller is the block's thread. The bridge writes them too.
        unsafe {
            (
                words.add(LEFT / 8).read_volatile(),
                words.add(FLOOR / 8).read_volatile(),
            )
        }
    }

    /// Sets [`LEFT`] and [`FLOOR`].
    #[inline]
    pub(crate) fn set_stack(&self, (left, floor): (usize, usize)) {
        let words = self.0.get().cast::<usize>();
        // SAFETY: as above.
        unsafe {
            words.add(LEFT / 8).write_volatile(left);
            words.add(FLOOR / 8).write_volatile(floor);
        }
    }

    /// GS of the calling host thread points at the block of `thread` from now on.
    pub(crate) fn install(&self, thread: usize) {
        let words = self.0.get().cast::<u64>();
        // SAFETY: within the block, which lives as long as its thread: for good.
        unsafe {
            words.add(SELF).write(words as u64);
            words.add(CURRENT_PRCB).write(words.add(PRCB) as u64);
            words.add(CURRENT_THREAD / 8).write(thread as u64);
            self.set(self.get());
            libc::syscall(libc::SYS_arch_prctl, ARCH_SET_GS, words);
        }
    }
}

/// GS points at nothing: the calling host thread is no thread of a machine.
pub(crate) fn uninstall() {
    // SAFETY: nothing of the host's uses GS.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_SET_GS, 0usize) };
}
