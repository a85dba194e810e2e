//! Entries of the system's event log, for what an administrator must act on. What is of interest only
//! beside other things goes to [`trace`](super::trace), what only a developer looks for to [`log`](super::log).
//!
//! Through the kernel, not through NDIS (docs/decisions/event-log.md). An entry belongs to the driver,
//! which is its source in the log, and names the adapter by its interface index.
//!
//! All may be called at <= DISPATCH_LEVEL, with no lock held. An entry for which there is no memory is
//! lost, and nothing else with it; entries are numbered, so that a gap in the numbers tells.

#[expect(
    dead_code,
    reason = "the build script makes a message table of the texts"
)]
mod messages;

use core::{
    fmt::{self, Write},
    ptr,
    sync::atomic::{AtomicPtr, Ordering},
};

use wdk_sys::{
    DRIVER_OBJECT, IO_ERROR_LOG_PACKET, LARGE_INTEGER, NTSTATUS,
    ntddk::{IoAllocateErrorLogEntry, IoWriteErrorLogEntry},
};

pub(crate) use self::messages::*;
use super::{
    SpinLock,
    clock::{self, Ticks},
};

/// `ERROR_LOG_MAXIMUM_SIZE`, which has no declaration that is not a macro.
const LARGEST: usize = 240;
/// UTF-16 units of strings, with the zero behind each.
const ROOM: usize = (LARGEST - size_of::<IO_ERROR_LOG_PACKET>()) / size_of::<u16>();

/// Nothing that comes over the wire makes an entry; what is wrong with the machine may make them
/// again and again. So many within an hour, and no more.
const MOST: u32 = 64;
const HOUR: Ticks = Ticks(36_000_000_000);

/// Whose entries they are; null while none can be made.
static SOURCE: AtomicPtr<DRIVER_OBJECT> = AtomicPtr::new(ptr::null_mut());
static WRITTEN: SpinLock<Written> = SpinLock::new(Written {
    number: 0,
    since: Ticks(0),
    count: 0,
});

struct Written {
    /// Of the last entry, lost ones counted.
    number: u32,
    since: Ticks,
    /// Since then.
    count: u32,
}

impl Written {
    /// The number of the next entry, and whether it may be written.
    fn next(&mut self, now: Ticks) -> (u32, bool) {
        self.number = self.number.wrapping_add(1);
        if self.count == 0 || now.since(self.since) >= HOUR {
            self.since = now;
            self.count = 0;
        }
        self.count = self.count.saturating_add(1);
        (self.number, self.count <= MOST)
    }
}

/// Until this is dropped, entries have a source. One at a time, from load to unload.
pub(crate) struct Source(());

impl Source {
    /// # Safety
    /// `driver` is the driver's own object.
    pub(crate) unsafe fn open(driver: *mut DRIVER_OBJECT) -> Self {
        SOURCE.store(driver, Ordering::Release);
        Self(())
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        SOURCE.store(ptr::null_mut(), Ordering::Release);
    }
}

/// Writes an entry. What has no room of the strings is cut.
#[inline(never)]
pub(crate) fn write(message: &Message, strings: &[&dyn fmt::Display]) {
    let now = clock::now();
    let (number, may_be) = WRITTEN.lock().next(now);
    let source = SOURCE.load(Ordering::Acquire);
    if may_be && !source.is_null() {
        write_entry(source, message, number, &Strings::new(strings));
    }
}

fn write_entry(source: *mut DRIVER_OBJECT, message: &Message, number: u32, strings: &Strings) {
    let units = strings.units.get(..strings.len).unwrap_or_default();
    let size = size_of::<IO_ERROR_LOG_PACKET>() + size_of_val(units);
    let Ok(size) = u8::try_from(size) else {
        return;
    };
    // SAFETY: the driver's own object; `ROOM` keeps the size within the limit.
    let entry = unsafe { IoAllocateErrorLogEntry(source.cast(), size) };
    if entry.is_null() {
        return;
    }
    let packet = IO_ERROR_LOG_PACKET {
        NumberOfStrings: strings.count,
        StringOffset: size_of::<IO_ERROR_LOG_PACKET>() as u16,
        ErrorCode: message.code() as NTSTATUS,
        UniqueErrorValue: message.id.into(),
        SequenceNumber: number,
        ..NOTHING
    };
    // SAFETY: the entry is ours until it is written, has `size` bytes and lies as pool does; the
    // packet comes first, then the strings. It is written once.
    unsafe {
        let packet_at = entry.cast::<IO_ERROR_LOG_PACKET>();
        packet_at.write(packet);
        let strings_at = packet_at.add(1).cast::<u16>();
        ptr::copy_nonoverlapping(units.as_ptr(), strings_at, units.len());
        IoWriteErrorLogEntry(entry);
    }
}

const NOTHING: IO_ERROR_LOG_PACKET = IO_ERROR_LOG_PACKET {
    MajorFunctionCode: 0,
    RetryCount: 0,
    DumpDataSize: 0,
    NumberOfStrings: 0,
    StringOffset: 0,
    EventCategory: 0,
    ErrorCode: 0,
    UniqueErrorValue: 0,
    FinalStatus: 0,
    SequenceNumber: 0,
    IoControlCode: 0,
    DeviceOffset: LARGE_INTEGER { QuadPart: 0 },
    DumpData: [0],
};

/// Strings one after the other, each with a zero behind it.
///
/// # Invariants
/// `len + kept <= ROOM`, and the units from `len` on are zero.
struct Strings {
    units: [u16; ROOM],
    len: usize,
    /// Room that is not to be written to: the zeros of this string and of those after it.
    kept: usize,
    count: u16,
}

impl Strings {
    fn new(strings: &[&dyn fmt::Display]) -> Self {
        let mut made = Self {
            units: [0; ROOM],
            len: 0,
            kept: strings.len().min(ROOM),
            count: 0,
        };
        for string in strings.iter().take(ROOM) {
            // Formatting into it cannot fail.
            let _ = write!(made, "{string}");
            made.kept -= 1;
            made.len += 1;
            made.count += 1;
        }
        made
    }
}

impl Write for Strings {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.units.iter_mut().take(ROOM - self.kept).skip(self.len);
        for (slot, unit) in room.zip(text.encode_utf16()) {
            *slot = unit;
            self.len += 1;
        }
        Ok(())
    }
}
