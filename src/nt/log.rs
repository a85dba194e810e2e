//! Lines for a kernel debugger: [`log!`] in debug builds, nothing at all in release builds; [`notice!`]
//! in every build, for what an administrator would look for.

use core::fmt::{self, Write};

use wdk_sys::ntddk::DbgPrintEx;

/// `DPFLTR_IHVNETWORK_ID`.
const COMPONENT: u32 = 79;
/// `DPFLTR_INFO_LEVEL`.
const LEVEL: u32 = 3;
const LINE: usize = 240;

/// `log!("text {value}")`. Callable at any level.
macro_rules! log {
    ($($arguments:tt)*) => {
        if cfg!(debug_assertions) {
            $crate::nt::log::write(format_args!($($arguments)*));
        }
    };
}
pub(crate) use log;

/// `notice!("text {value}")`: rare, and caused from outside. Callable at any level.
macro_rules! notice {
    ($($arguments:tt)*) => {
        $crate::nt::log::write(format_args!($($arguments)*))
    };
}
pub(crate) use notice;

/// Prints one line, cut at 240 bytes.
pub(crate) fn write(arguments: fmt::Arguments<'_>) {
    let mut line = Line {
        bytes: [0; LINE + 1],
        len: 0,
    };
    // Formatting into a `Line` cannot fail.
    let _ = line.write_fmt(arguments);
    // SAFETY: the format takes one string, which ends with a zero: `len` <= LINE < the array's.
    unsafe {
        DbgPrintEx(
            COMPONENT,
            LEVEL,
            c"softrnic: %s\n".as_ptr().cast(),
            line.bytes.as_ptr(),
        )
    };
}

struct Line {
    bytes: [u8; LINE + 1],
    len: usize,
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for &byte in text.as_bytes() {
            if self.len >= LINE {
                break;
            }
            if let Some(slot) = self.bytes.get_mut(self.len) {
                *slot = byte;
                self.len += 1;
            }
        }
        Ok(())
    }
}
