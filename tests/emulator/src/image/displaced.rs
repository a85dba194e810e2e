//! Copies of single instructions, each followed by a jump to what comes behind the original: what a breakpoint hides
//! runs there, and the breakpoint stays where it is.

use iced_x86::{
    BlockEncoder, BlockEncoderOptions, Code, FlowControl, Instruction, InstructionBlock, Register,
};

/// No instruction is longer than 15 bytes, and the jump takes 5.
const SLOT: usize = 32;
/// Where room is looked for, on either side of the image. Addresses relative to the instruction reach two gigabytes.
const STRIDE: usize = 64 << 20;
const STRIDES: usize = 24;

/// Executable memory near an image, of as many slots as asked for; never freed: a thread may be in it.
pub(super) struct Copies {
    base: usize,
    bytes: usize,
}

impl Copies {
    /// `None` when the host has no room near `image`.
    pub(super) fn near(image: usize, size: usize, slots: usize) -> Option<Self> {
        let bytes = (slots.max(1) * SLOT).next_multiple_of(4096);
        let around = (1..=STRIDES).flat_map(|n| {
            let above = (image + size).next_multiple_of(STRIDE) + n * STRIDE;
            let below = image.next_multiple_of(STRIDE).saturating_sub(n * STRIDE);
            [above, below]
        });
        let room = |hint: usize| {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            // SAFETY: a fresh mapping, of what nobody has.
            let base = unsafe { libc::mmap(hint as *mut _, bytes, protection, flags, -1, 0) };
            (base == hint as *mut _).then_some(hint)
        };
        let base = around.into_iter().find_map(room)?;
        Some(Self { base, bytes })
    }

    /// Writes the copy of `instruction` into the slot of that number; its address. `None` for those that must run where
    /// they are: calls leave their own address, and what the kernel does in their place looks at where they are.
    pub(super) fn put(&self, slot: usize, instruction: &Instruction) -> Option<usize> {
        let plain = instruction.flow_control() == FlowControl::Next
            && !instruction.is_privileged()
            && instruction.segment_prefix() == Register::None;
        let address = self.base + slot * SLOT;
        if !plain || address + SLOT > self.base + self.bytes {
            return None;
        }
        let back = Instruction::with_branch(Code::Jmp_rel32_64, instruction.next_ip()).ok()?;
        let both = [*instruction, back];
        let block = InstructionBlock::new(&both, address as u64);
        let encoded = BlockEncoder::encode(64, block, BlockEncoderOptions::NONE).ok()?;
        let code = encoded.code_buffer;
        if code.len() > SLOT {
            return None;
        }
        // SAFETY: the slot is within the mapping, which may be written until `seal`.
        unsafe { std::ptr::copy_nonoverlapping(code.as_ptr(), address as *mut u8, code.len()) };
        Some(address)
    }

    /// From now on it can be run, and not be written.
    ///
    /// # Panics
    /// When the host refuses.
    pub(super) fn seal(&self) {
        let protection = libc::PROT_READ | libc::PROT_EXEC;
        // SAFETY: the mapping is this one's alone.
        let sealed = unsafe { libc::mprotect(self.base as *mut _, self.bytes, protection) };
        assert_eq!(sealed, 0, "copies of instructions can be run");
    }
}
