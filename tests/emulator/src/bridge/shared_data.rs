//! The shared user data at 0xFFFFF780_00000000, which C drivers read inline: times, tick count, version.
//! The host maps nothing there, so a read faults; it is done again, a single step, on a copy of the page that
//! the faulting thread has.

use std::cell::{Cell, UnsafeCell};

use iced_x86::{Decoder, DecoderOptions, Instruction, InstructionInfoFactory, OpAccess, Register};

use crate::clock;
use crate::ke::time::TIME_INCREMENT;
use crate::thread::current;
use crate::wdm::PAGE_SIZE;

const PAGE: usize = 0xFFFF_F780_0000_0000;
/// The trap flag: one instruction, then SIGTRAP.
const TRAP: libc::greg_t = 1 << 8;
const LONGEST: usize = 15;
/// The page as a thread sees it.
#[repr(C, align(4096))]
struct Page(UnsafeCell<[u8; PAGE_SIZE]>);

/// What the step under way has to put back.
#[derive(Clone, Copy)]
struct Step {
    register: usize,
    /// `None`: the instruction wrote the register itself.
    value: Option<libc::greg_t>,
}

thread_local! {
    static COPY: Box<Page> = Box::new(Page(UnsafeCell::new([0; PAGE_SIZE])));
    static STEP: Cell<Option<Step>> = const { Cell::new(None) };
}

/// Begins to do the read of `address` at the registers' instruction; `false` when it is something else.
///
/// # Safety
/// The registers are those of a fault in an image, on a thread of a machine.
pub(crate) unsafe fn begin(registers: &mut [libc::greg_t; 23], address: usize) -> bool {
    if address.wrapping_sub(PAGE) >= PAGE_SIZE || STEP.get().is_some() {
        return false;
    }
    let rip = registers[libc::REG_RIP as usize] as usize;
    // SAFETY: the instruction was fetched from there, and images end with more than code.
    let code = unsafe { std::slice::from_raw_parts(rip as *const u8, LONGEST) };
    let options = DecoderOptions::NONE;
    let instruction = Decoder::with_ip(64, code, rip as u64, options).decode();
    if !only_reads(&instruction) {
        return false;
    }
    let copy = fill();
    let delta = copy.wrapping_sub(PAGE) as libc::greg_t;
    match instruction.memory_base() {
        Register::None => absolute(registers, &instruction, copy + (address - PAGE)),
        base => step(registers, &instruction, base, delta),
    }
}

fn only_reads(instruction: &Instruction) -> bool {
    let mut factory = InstructionInfoFactory::new();
    let used = factory.info(instruction).used_memory();
    used.len() == 1 && used[0].access() == OpAccess::Read
}

/// `mov rax, [address]`, and narrower.
fn absolute(registers: &mut [libc::greg_t; 23], instruction: &Instruction, at: usize) -> bool {
    let rax = &mut registers[libc::REG_RAX as usize];
    // SAFETY: within the copy, which the address lies in.
    let (narrow, wide) = unsafe {
        (
            (at as *const u32).read_unaligned(),
            (at as *const u64).read_unaligned(),
        )
    };
    *rax = match instruction.op0_register() {
        Register::RAX => wide as libc::greg_t,
        Register::EAX => libc::greg_t::from(narrow),
        Register::AX => *rax & !0xFFFF | libc::greg_t::from(narrow & 0xFFFF),
        Register::AL => *rax & !0xFF | libc::greg_t::from(narrow & 0xFF),
        _ => return false,
    };
    registers[libc::REG_RIP as usize] += instruction.len() as libc::greg_t;
    true
}

/// Lets the instruction run with its base register pointing into the copy.
fn step(
    registers: &mut [libc::greg_t; 23],
    instruction: &Instruction,
    base: Register,
    delta: libc::greg_t,
) -> bool {
    let Some(register) = super::inline::register(base.number()) else {
        return false;
    };
    let mut factory = InstructionInfoFactory::new();
    let written = factory
        .info(instruction)
        .used_registers()
        .iter()
        .any(|used| {
            let writes = !matches!(used.access(), OpAccess::Read | OpAccess::CondRead);
            used.register().full_register() == base && writes
        });
    STEP.set(Some(Step {
        register,
        value: (!written).then_some(registers[register]),
    }));
    registers[register] += delta;
    registers[libc::REG_EFL as usize] |= TRAP;
    true
}

/// The step is done: `false` when none was under way.
pub(crate) fn end(registers: &mut [libc::greg_t; 23]) -> bool {
    let Some(step) = STEP.take() else {
        return false;
    };
    if let Some(value) = step.value {
        registers[step.register] = value;
    }
    registers[libc::REG_EFL as usize] &= !TRAP;
    true
}

/// Brings the calling thread's copy up to date: its address.
fn fill() -> usize {
    COPY.with(|copy| {
        let start = copy.0.get().cast::<u8>();
        // SAFETY: offsets within the page; it is this thread's.
        unsafe {
            let put = |offset: usize, value: u32| start.add(offset).cast::<u32>().write(value);
            // A KSYSTEM_TIME: the low part, and twice the high part.
            let time = |offset: usize, value: u64| {
                put(offset, value as u32);
                put(offset + 4, (value >> 32) as u32);
                put(offset + 8, (value >> 32) as u32);
            };
            let now = clock::interrupt_time();
            let tick = u64::from(TIME_INCREMENT);
            put(0x4, ((tick << 24) / 10_000) as u32);
            time(0x8, now);
            time(0x14, clock::system_time());
            put(0x260, 20348);
            put(0x264, 3);
            put(0x268, 1);
            put(0x26C, 10);
            put(0x270, 0);
            time(0x320, now / tick);
            put(0x3C0, current().machine.processor_count());
        }
        start as usize
    })
}
