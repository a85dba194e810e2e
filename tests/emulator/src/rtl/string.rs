//! The C library's strings, as the kernel exports them.

use std::cmp::Ordering;

use super::format;
use crate::export::Export;

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": _vsnprintf, _vsnwprintf, strcmp, strncmp, _stricmp, strcpy, strncpy, wcscmp,
        wcsncmp, _wcsicmp, wcscpy, wcsncpy;
};

/// One unit of a string: 8 or 16 bits.
trait Unit: Copy + Default + Eq + Into<u32> {}

impl Unit for u8 {}
impl Unit for u16 {}

/// Writes at most `count` units, and the end if there is room; how many there are, or -1 for more.
unsafe fn put<T: Copy>(units: &[T], end: T, to: *mut T, count: usize) -> i32 {
    let fits = units.len().min(count);
    // SAFETY: the driver's buffer has `count` units.
    unsafe {
        std::ptr::copy_nonoverlapping(units.as_ptr(), to, fits);
        if units.len() < count {
            to.add(fits).write(end);
        }
    }
    if units.len() > count {
        -1
    } else {
        units.len() as i32
    }
}

pub unsafe extern "win64" fn _vsnprintf(
    to: *mut u8,
    count: usize,
    template: *const u8,
    arguments: *const u64,
) -> i32 {
    // SAFETY: a terminated template with its arguments, and the buffer.
    unsafe { put(format::format(template, arguments).as_bytes(), 0, to, count) }
}

pub unsafe extern "win64" fn _vsnwprintf(
    to: *mut u16,
    count: usize,
    template: *const u16,
    arguments: *const u64,
) -> i32 {
    // SAFETY: as above.
    unsafe {
        let text = format::format_wide(template, arguments);
        put(&text.encode_utf16().collect::<Vec<_>>(), 0, to, count)
    }
}

/// Compares up to the end or `most` units, each changed by `fold`.
unsafe fn compare<T: Unit>(
    one: *const T,
    other: *const T,
    most: usize,
    fold: impl Fn(u32) -> u32,
) -> i32 {
    for at in 0..most {
        // SAFETY: neither string has ended before.
        let (a, b) = unsafe { (one.add(at).read(), other.add(at).read()) };
        match fold(a.into()).cmp(&fold(b.into())) {
            Ordering::Less => return -1,
            Ordering::Greater => return 1,
            Ordering::Equal if a == T::default() => return 0,
            Ordering::Equal => {}
        }
    }
    0
}

fn lower(unit: u32) -> u32 {
    match unit {
        0x41..=0x5A => unit + 0x20,
        other => other,
    }
}

/// Copies up to the end; with `most`, exactly so many units, the rest of them zero.
unsafe fn copy<T: Unit>(to: *mut T, from: *const T, most: Option<usize>) -> *mut T {
    let mut ended = false;
    for at in 0..most.unwrap_or(usize::MAX) {
        // SAFETY: the driver's buffers are long enough; the source is not read behind its end.
        unsafe {
            let unit = if ended {
                T::default()
            } else {
                from.add(at).read()
            };
            to.add(at).write(unit);
            ended |= unit == T::default();
        }
        if ended && most.is_none() {
            break;
        }
    }
    to
}

/// The functions of one kind of string.
macro_rules! strings {
    ($unit:ty: $cmp:ident, $ncmp:ident, $icmp:ident, $cpy:ident, $ncpy:ident) => {
        pub unsafe extern "win64" fn $cmp(one: *const $unit, other: *const $unit) -> i32 {
            // SAFETY: terminated strings.
            unsafe { compare(one, other, usize::MAX, |unit| unit) }
        }

        pub unsafe extern "win64" fn $ncmp(
            one: *const $unit,
            other: *const $unit,
            most: usize,
        ) -> i32 {
            // SAFETY: strings that are terminated or have `most` units.
            unsafe { compare(one, other, most, |unit| unit) }
        }

        pub unsafe extern "win64" fn $icmp(one: *const $unit, other: *const $unit) -> i32 {
            // SAFETY: terminated strings.
            unsafe { compare(one, other, usize::MAX, lower) }
        }

        pub unsafe extern "win64" fn $cpy(to: *mut $unit, from: *const $unit) -> *mut $unit {
            // SAFETY: a terminated string, and room for it.
            unsafe { copy(to, from, None) }
        }

        pub unsafe extern "win64" fn $ncpy(
            to: *mut $unit,
            from: *const $unit,
            most: usize,
        ) -> *mut $unit {
            // SAFETY: room for `most` units.
            unsafe { copy(to, from, Some(most)) }
        }
    };
}

strings!(u8: strcmp, strncmp, _stricmp, strcpy, strncpy);
strings!(u16: wcscmp, wcsncmp, _wcsicmp, wcscpy, wcsncpy);

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().chain([0]).collect()
    }

    #[test]
    fn formatting_says_when_there_is_no_room() {
        let mut buffer = [b'.'; 8];
        let arguments = [42u64, 7];
        let (to, values) = (buffer.as_mut_ptr(), arguments.as_ptr());
        // SAFETY: terminated templates, their arguments, and a buffer of eight bytes.
        unsafe {
            assert_eq!(_vsnprintf(to, 8, c"%d-%u".as_ptr().cast(), values), 4);
            assert_eq!(&buffer, b"42-7\0...");
            assert_eq!(_vsnprintf(to, 4, c"%d-%u".as_ptr().cast(), values), 4);
            assert_eq!(_vsnprintf(to, 3, c"%u+%u".as_ptr().cast(), values), -1);
            assert_eq!(&buffer, b"42+7\0...");
        }
    }

    #[test]
    fn wide_templates_take_wide_strings() {
        let mut buffer = [0u16; 16];
        let (name, narrow) = (wide("abc"), c"xyz");
        let arguments = [
            name.as_ptr() as u64,
            narrow.as_ptr() as u64,
            u64::from(b'!'),
        ];
        let template = wide("%s %S%c");
        // SAFETY: as above.
        let length = unsafe {
            _vsnwprintf(
                buffer.as_mut_ptr(),
                16,
                template.as_ptr(),
                arguments.as_ptr(),
            )
        };
        assert_eq!(length, 8);
        assert_eq!(buffer[..9], wide("abc xyz!"));
    }

    #[test]
    fn strings_are_compared_and_copied() {
        let mut buffer = [9u8; 6];
        let text = |text: &'static std::ffi::CStr| text.as_ptr().cast::<u8>();
        // SAFETY: terminated strings, and room for them.
        unsafe {
            assert_eq!(strcmp(text(c"abc"), text(c"abd")), -1);
            assert_eq!(strncmp(text(c"abc"), text(c"abd"), 2), 0);
            assert_eq!(_stricmp(text(c"aBc"), text(c"AbC")), 0);
            assert_eq!(wcscmp(wide("b").as_ptr(), wide("a").as_ptr()), 1);
            assert_eq!(_wcsicmp(wide("B").as_ptr(), wide("b").as_ptr()), 0);
            strncpy(buffer.as_mut_ptr(), text(c"ab"), 4);
            assert_eq!(buffer, [b'a', b'b', 0, 0, 9, 9]);
            strcpy(buffer.as_mut_ptr(), text(c"xyz"));
            assert_eq!(buffer, [b'x', b'y', b'z', 0, 9, 9]);
        }
    }
}
