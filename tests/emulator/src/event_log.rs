//! `IoAllocateErrorLogEntry` and the like: entries of the system's event log, each with its text, which is taken from
//! the message table of the driver's image as Event Viewer does it.

use std::collections::BTreeMap;
use std::fmt;
use std::ptr::null_mut;

use crate::export::Export;
use crate::image::image_at;
use crate::pool::{KERNEL, Request};
use crate::sched;
use crate::sync::Mutex;
use crate::thread::enter;
use crate::verifier::violation;
use crate::wdm::{DEVICE_OBJECT, DISPATCH_LEVEL, DRIVER_OBJECT, NTSTATUS, PVOID};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": IoAllocateErrorLogEntry, IoFreeErrorLogEntry, IoWriteErrorLogEntry;
};

const TAG: u32 = u32::from_le_bytes(*b"IoEr");
const DEVICE_OBJECT_TYPE: i16 = 3;
const DRIVER_OBJECT_TYPE: i16 = 4;
/// The largest entry that a driver may ask for.
pub const ERROR_LOG_MAXIMUM_SIZE: usize = 240;

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct IO_ERROR_LOG_PACKET {
    pub MajorFunctionCode: u8,
    pub RetryCount: u8,
    pub DumpDataSize: u16,
    pub NumberOfStrings: u16,
    pub StringOffset: u16,
    pub EventCategory: u16,
    pub ErrorCode: NTSTATUS,
    pub UniqueErrorValue: u32,
    pub FinalStatus: NTSTATUS,
    pub SequenceNumber: u32,
    pub IoControlCode: u32,
    pub DeviceOffset: i64,
    pub DumpData: [u32; 1],
}

const _: () = assert!(size_of::<IO_ERROR_LOG_PACKET>() == 48);
/// Where the dump data begins.
const DUMP_DATA: usize = std::mem::offset_of!(IO_ERROR_LOG_PACKET, DumpData);

/// What Event Viewer shows as the level: the two highest bits of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    Success,
    Informational,
    Warning,
    Error,
}

/// An entry as Event Viewer shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The driver's name.
    pub source: String,
    pub code: u32,
    /// What the driver numbers its entries with.
    pub sequence: u32,
    pub strings: Vec<String>,
    /// Of the message table, with the strings in their places; `None` when the image has no such message.
    pub text: Option<String>,
}

impl Entry {
    /// The event's ID.
    #[must_use]
    pub fn id(&self) -> u16 {
        self.code as u16
    }

    #[must_use]
    pub fn severity(&self) -> Severity {
        match self.code >> 30 {
            0 => Severity::Success,
            1 => Severity::Informational,
            2 => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} {}: ", self.source, self.severity(), self.id())?;
        match &self.text {
            Some(text) => f.write_str(text),
            None => write!(f, "no text for {:#010x}: {:?}", self.code, self.strings),
        }
    }
}

/// Where entries go beside the log.
type Sink = Box<dyn Fn(&Entry) + Send + Sync>;

/// The event log of one machine.
#[derive(Default)]
pub struct EventLog {
    written: Mutex<Vec<Entry>>,
    sink: Mutex<Option<Sink>>,
    /// Entries that drivers have, by their addresses.
    lent: Mutex<BTreeMap<usize, Lent>>,
    failing: Mutex<usize>,
}

#[derive(Clone, Copy)]
struct Lent {
    driver: usize,
    size: usize,
}

impl EventLog {
    /// What was written so far, in order.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.written.lock().clone()
    }

    /// Gives each entry from now on to `sink`, too.
    pub fn follow(&self, sink: impl Fn(&Entry) + Send + Sync + 'static) {
        *self.sink.lock() = Some(Box::new(sink));
    }

    /// There is no memory for the next `count` entries.
    pub fn fail(&self, count: usize) {
        *self.failing.lock() = count;
    }

    fn fails_now(&self) -> bool {
        let mut failing = self.failing.lock();
        let fails = *failing != 0;
        *failing -= usize::from(fails);
        fails
    }

    /// How many entries this driver has neither written nor freed.
    pub(crate) fn left_by(&self, driver: usize) -> usize {
        let lent = self.lent.lock();
        lent.values().filter(|it| it.driver == driver).count()
    }

    /// Ends a driver's having an entry.
    fn take_back(&self, entry: PVOID, function: &str) -> Lent {
        let lent = self.lent.lock().remove(&(entry as usize));
        lent.unwrap_or_else(|| {
            violation(
                "VERIF-LOG-ENTRY",
                &format!("{function} on what is no entry, or was written or freed before"),
            )
        })
    }

    fn write(&self, entry: Entry) {
        if let Some(sink) = self.sink.lock().as_ref() {
            sink(&entry);
        }
        self.written.lock().push(entry);
    }
}

/// <= DISPATCH_LEVEL. Null when there is no memory, and for an object that is neither a driver nor a device.
pub unsafe extern "win64" fn IoAllocateErrorLogEntry(object: PVOID, size: u8) -> PVOID {
    let machine = enter("IoAllocateErrorLogEntry", DISPATCH_LEVEL).machine;
    let size = usize::from(size);
    if !(size_of::<IO_ERROR_LOG_PACKET>()..=ERROR_LOG_MAXIMUM_SIZE).contains(&size) {
        let text = format!("an entry of {size} bytes: from 48 to {ERROR_LOG_MAXIMUM_SIZE} may be");
        violation("VERIF-LOG-ENTRY", &text);
    }
    // SAFETY: both begin with their type.
    let driver = match unsafe { object.cast::<i16>().read() } {
        DRIVER_OBJECT_TYPE => object.cast::<DRIVER_OBJECT>(),
        // SAFETY: its type says so.
        DEVICE_OBJECT_TYPE => unsafe { (*object.cast::<DEVICE_OBJECT>()).DriverObject },
        _ => return null_mut(),
    };
    if machine.event_log.fails_now() || sched::fails("IoAllocateErrorLogEntry") {
        return null_mut();
    }
    // Not the driver's memory: the log has its own.
    let request = Request {
        size,
        tag: TAG,
        caller: KERNEL,
        zeroed: true,
    };
    let entry = machine.pool.allocate(request);
    if !entry.is_null() {
        let driver = driver as usize;
        let lent = Lent { driver, size };
        machine.event_log.lent.lock().insert(entry as usize, lent);
    }
    entry.cast()
}

/// Of an entry that is not to be written.
pub unsafe extern "win64" fn IoFreeErrorLogEntry(entry: PVOID) {
    let machine = enter("IoFreeErrorLogEntry", DISPATCH_LEVEL).machine;
    machine.event_log.take_back(entry, "IoFreeErrorLogEntry");
    machine.pool.free(entry as usize, TAG, KERNEL);
}

/// <= DISPATCH_LEVEL. The entry is freed.
pub unsafe extern "win64" fn IoWriteErrorLogEntry(entry: PVOID) {
    let machine = enter("IoWriteErrorLogEntry", DISPATCH_LEVEL).machine;
    let lent = machine.event_log.take_back(entry, "IoWriteErrorLogEntry");
    // SAFETY: the entry has so many bytes, which the driver has no more; its packet comes first.
    let (bytes, packet) = unsafe {
        (
            std::slice::from_raw_parts(entry.cast::<u8>(), lent.size),
            entry.cast::<IO_ERROR_LOG_PACKET>().read(),
        )
    };
    let read = read(lent.driver as *const DRIVER_OBJECT, &packet, bytes);
    machine.pool.free(entry as usize, TAG, KERNEL);
    match read {
        Ok(entry) => machine.event_log.write(entry),
        Err(why) => violation("VERIF-LOG-STRINGS", why),
    }
}

fn read(
    driver: *const DRIVER_OBJECT,
    packet: &IO_ERROR_LOG_PACKET,
    bytes: &[u8],
) -> Result<Entry, &'static str> {
    let code = packet.ErrorCode as u32;
    let strings = strings(packet, bytes)?;
    // SAFETY: the driver is loaded: it has just called.
    let (name, start) = unsafe { ((*driver).DriverName, (*driver).DriverStart as usize) };
    // SAFETY: a counted string of the driver object's.
    let name = unsafe { std::slice::from_raw_parts(name.Buffer, usize::from(name.Length) / 2) };
    let name = String::from_utf16_lossy(name);
    let template = image_at(start).and_then(|image| image.message(code));
    Ok(Entry {
        source: name.rsplit('\\').next().unwrap_or_default().to_owned(),
        code,
        sequence: packet.SequenceNumber,
        text: template.map(|template| fill(template, &strings)),
        strings,
    })
}

/// The strings of an entry, or why they cannot be read.
fn strings(packet: &IO_ERROR_LOG_PACKET, bytes: &[u8]) -> Result<Vec<String>, &'static str> {
    let dump = usize::from(packet.DumpDataSize);
    let (mut at, count) = (usize::from(packet.StringOffset), packet.NumberOfStrings);
    if !dump.is_multiple_of(4) {
        return Err("DumpDataSize is no multiple of 4");
    }
    if DUMP_DATA + dump > bytes.len() {
        return Err("the dump data is longer than the entry");
    }
    if count != 0 && (at < DUMP_DATA + dump || !at.is_multiple_of(2)) {
        return Err("StringOffset is within the packet or its data, or odd");
    }
    let mut strings = Vec::new();
    for _ in 0..count {
        let rest = bytes.get(at..).unwrap_or_default().chunks_exact(2);
        let units = rest.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        let units: Vec<u16> = units.collect();
        let end = units.iter().position(|unit| *unit == 0);
        let end = end.ok_or("a string has no end within the entry")?;
        strings.push(String::from_utf16_lossy(&units[..end]));
        at += 2 * (end + 1);
    }
    Ok(strings)
}

/// `%2` is the first string; `%1` is the device's name, which an entry of a driver object has none of. What has no string
/// stays.
fn fill(template: &str, strings: &[String]) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('%') {
        text += before;
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        let (number, behind) = after.split_at(digits);
        rest = behind;
        match number.parse::<usize>() {
            Ok(1) => {}
            Ok(number) if (2..strings.len() + 2).contains(&number) => text += &strings[number - 2],
            _ if after.starts_with('%') => {
                text.push('%');
                rest = &after[1..];
            }
            _ => text += &format!("%{number}"),
        }
    }
    text + rest
}

#[cfg(test)]
mod tests;
