//! `Rtl…`, `DbgPrint…` and the C functions that the kernel exports.

use std::arch::naked_asm;
use std::arch::x86_64::__m128i;
use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::export::Export;
use crate::thread::enter;
use crate::wdm::{
    ANSI_STRING, BOOLEAN, DISPATCH_LEVEL, NTSTATUS, PASSIVE_LEVEL, STATUS_SUCCESS, UNICODE_STRING,
};

pub mod address;
pub mod format;
pub mod string;

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": RtlInitUnicodeString, RtlInitAnsiString, RtlCopyUnicodeString,
        RtlEqualUnicodeString, RtlCompareUnicodeString, RtlCompareMemory, RtlGetVersion,
        DbgPrint, DbgPrintEx, vDbgPrintEx, memcpy, memmove, memset, memcmp, strlen, wcslen;
};

pub unsafe extern "win64" fn RtlInitUnicodeString(
    destination: *mut UNICODE_STRING,
    source: *const u16,
) {
    let _ = enter("RtlInitUnicodeString", DISPATCH_LEVEL);
    // SAFETY: the driver passes an out parameter and a terminated string or null.
    unsafe {
        let length = if source.is_null() {
            0
        } else {
            wcslen(source) * 2
        };
        let length = length.min(usize::from(u16::MAX - 3)) as u16;
        destination.write(UNICODE_STRING {
            Length: length,
            MaximumLength: if source.is_null() { 0 } else { length + 2 },
            Buffer: source.cast_mut(),
        });
    }
}

pub unsafe extern "win64" fn RtlInitAnsiString(destination: *mut ANSI_STRING, source: *const u8) {
    let _ = enter("RtlInitAnsiString", DISPATCH_LEVEL);
    // SAFETY: the driver passes an out parameter and a terminated string or null.
    unsafe {
        let length = if source.is_null() { 0 } else { strlen(source) };
        let length = length.min(usize::from(u16::MAX - 1)) as u16;
        destination.write(ANSI_STRING {
            Length: length,
            MaximumLength: if source.is_null() { 0 } else { length + 1 },
            Buffer: source.cast_mut(),
        });
    }
}

pub unsafe extern "win64" fn RtlCopyUnicodeString(
    destination: *mut UNICODE_STRING,
    source: *const UNICODE_STRING,
) {
    let _ = enter("RtlCopyUnicodeString", DISPATCH_LEVEL);
    // SAFETY: the driver passes valid strings; source may be null.
    unsafe {
        let Some(source) = source.as_ref() else {
            (*destination).Length = 0;
            return;
        };
        let length = source.Length.min((*destination).MaximumLength & !1);
        std::ptr::copy(
            source.Buffer,
            (*destination).Buffer,
            usize::from(length / 2),
        );
        (*destination).Length = length;
        if length + 2 <= (*destination).MaximumLength {
            (*destination).Buffer.add(usize::from(length / 2)).write(0);
        }
    }
}

/// The text of a counted string.
///
/// # Safety
/// `string` is valid.
#[must_use]
pub unsafe fn text(string: *const UNICODE_STRING) -> String {
    // SAFETY: as the function's.
    unsafe {
        let string = &*string;
        if string.Length == 0 {
            return String::new();
        }
        let units = std::slice::from_raw_parts(string.Buffer, usize::from(string.Length / 2));
        String::from_utf16_lossy(units)
    }
}

pub unsafe extern "win64" fn RtlEqualUnicodeString(
    one: *const UNICODE_STRING,
    other: *const UNICODE_STRING,
    ignore_case: BOOLEAN,
) -> BOOLEAN {
    let _ = enter("RtlEqualUnicodeString", PASSIVE_LEVEL);
    // SAFETY: as documented.
    unsafe { (RtlCompareUnicodeString(one, other, ignore_case) == 0).into() }
}

pub unsafe extern "win64" fn RtlCompareUnicodeString(
    one: *const UNICODE_STRING,
    other: *const UNICODE_STRING,
    ignore_case: BOOLEAN,
) -> i32 {
    let _ = enter("RtlCompareUnicodeString", PASSIVE_LEVEL);
    // SAFETY: the driver passes valid strings.
    let (one, other) = unsafe { (text(one), text(other)) };
    let order = match ignore_case {
        0 => one.cmp(&other),
        _ => one.to_uppercase().cmp(&other.to_uppercase()),
    };
    order as i32
}

pub unsafe extern "win64" fn RtlCompareMemory(
    one: *const u8,
    other: *const u8,
    length: usize,
) -> usize {
    // SAFETY: the driver passes `length` readable bytes twice.
    unsafe {
        (0..length)
            .take_while(|&i| one.add(i).read() == other.add(i).read())
            .count()
    }
}

/// `RTL_OSVERSIONINFOW`: Windows Server 2022.
pub unsafe extern "win64" fn RtlGetVersion(version: *mut u32) -> NTSTATUS {
    let _ = enter("RtlGetVersion", PASSIVE_LEVEL);
    // SAFETY: the driver passes the structure, whose first five fields are 32 bits wide.
    unsafe {
        for (index, value) in [(1, 10), (2, 0), (3, 20348), (4, 2)] {
            version.add(index).write(value);
        }
    }
    STATUS_SUCCESS
}

/// Variable arguments: spilled to where the caller left room for them, they are an array.
#[unsafe(naked)]
pub unsafe extern "win64" fn DbgPrint(format: *const u8) -> u32 {
    naked_asm!(
        "mov [rsp + 8], rcx",
        "mov [rsp + 16], rdx",
        "mov [rsp + 24], r8",
        "mov [rsp + 32], r9",
        "lea rdx, [rsp + 16]",
        "sub rsp, 0x28",
        "call {inner}",
        "add rsp, 0x28",
        "ret",
        inner = sym print,
    )
}

#[unsafe(naked)]
pub unsafe extern "win64" fn DbgPrintEx(component: u32, level: u32, format: *const u8) -> u32 {
    naked_asm!(
        "mov [rsp + 24], r8",
        "mov [rsp + 32], r9",
        "mov rcx, r8",
        "lea rdx, [rsp + 32]",
        "sub rsp, 0x28",
        "call {inner}",
        "add rsp, 0x28",
        "ret",
        inner = sym print,
    )
}

pub unsafe extern "win64" fn vDbgPrintEx(
    _component: u32,
    _level: u32,
    format: *const u8,
    arguments: *const u64,
) -> u32 {
    // SAFETY: as documented.
    unsafe { print(format, arguments) }
}

unsafe extern "win64" fn print(format: *const u8, arguments: *const u64) -> u32 {
    let thread = crate::thread::current();
    // SAFETY: the driver passes a terminated format and the arguments it names.
    let text = unsafe { format::format(format, arguments) };
    (thread.machine.options.debug_print)(&thread.machine.options.name, text.trim_end());
    STATUS_SUCCESS as u32
}

static COUNTS_COPIES: AtomicBool = AtomicBool::new(false);
static COPIED: AtomicU64 = AtomicU64::new(0);

/// From now on the bytes are counted that images copy by calls, of all machines together.
pub fn count_copies() {
    COUNTS_COPIES.store(true, Ordering::Relaxed);
}

/// How many there were.
#[must_use]
pub fn copied() -> u64 {
    COPIED.load(Ordering::Relaxed)
}

/// The kernel's `memcpy` and `memmove` are one function, as on Windows. Copies are made inline up
/// to 64 bytes: a call on to the host's library has to save ten registers first.
pub unsafe extern "win64" fn memcpy(
    to: *mut c_void,
    from: *const c_void,
    count: usize,
) -> *mut c_void {
    if COUNTS_COPIES.load(Ordering::Relaxed) {
        COPIED.fetch_add(count as u64, Ordering::Relaxed);
    }
    // SAFETY: as documented; each branch reads everything before it writes.
    unsafe {
        match count {
            0 => {}
            1..8 => copy_few(to.cast(), from.cast(), count),
            8..=16 => copy_ends::<u64, 1>(to, from, count),
            17..=32 => copy_ends::<__m128i, 1>(to, from, count),
            33..=64 => copy_ends::<__m128i, 2>(to, from, count),
            _ => return copy_many(to, from, count),
        }
    }
    to
}

#[inline(always)]
unsafe fn copy_few(to: *mut u8, from: *const u8, count: usize) {
    // SAFETY: the caller's; 1 to 7 bytes.
    unsafe {
        if count >= 4 {
            copy_ends::<u32, 1>(to.cast(), from.cast(), count);
        } else {
            let (first, middle, last) = (
                from.read(),
                from.add(count / 2).read(),
                from.add(count - 1).read(),
            );
            to.write(first);
            to.add(count / 2).write(middle);
            to.add(count - 1).write(last);
        }
    }
}

/// Copies the first and the last `N` values of `T`, which overlap or meet in the middle.
#[inline(always)]
unsafe fn copy_ends<T: Copy, const N: usize>(to: *mut c_void, from: *const c_void, count: usize) {
    // SAFETY: the caller's; `count` is at least the size of `N` values.
    unsafe {
        let end = count - size_of::<[T; N]>();
        let first = from.cast::<[T; N]>().read_unaligned();
        let last = from.byte_add(end).cast::<[T; N]>().read_unaligned();
        to.cast::<[T; N]>().write_unaligned(first);
        to.byte_add(end).cast::<[T; N]>().write_unaligned(last);
    }
}

#[inline(never)]
unsafe extern "win64" fn copy_many(
    to: *mut c_void,
    from: *const c_void,
    count: usize,
) -> *mut c_void {
    // SAFETY: as documented.
    unsafe { libc::memmove(to, from, count) }
}

pub unsafe extern "win64" fn memmove(
    to: *mut c_void,
    from: *const c_void,
    count: usize,
) -> *mut c_void {
    // SAFETY: as documented.
    unsafe { memcpy(to, from, count) }
}

pub unsafe extern "win64" fn memset(to: *mut c_void, value: i32, count: usize) -> *mut c_void {
    // SAFETY: as documented.
    unsafe { libc::memset(to, value, count) }
}

pub unsafe extern "win64" fn memcmp(a: *const c_void, b: *const c_void, count: usize) -> i32 {
    // SAFETY: as documented.
    unsafe { libc::memcmp(a, b, count) }
}

pub unsafe extern "win64" fn strlen(text: *const u8) -> usize {
    // SAFETY: as documented.
    unsafe { libc::strlen(text.cast()) }
}

pub unsafe extern "win64" fn wcslen(text: *const u16) -> usize {
    let mut length = 0;
    // SAFETY: the driver passes a terminated string.
    while unsafe { text.add(length).read() } != 0 {
        length += 1;
    }
    length
}

#[cfg(test)]
mod tests;
