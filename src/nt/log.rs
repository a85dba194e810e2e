//! Lines for a kernel debugger: [`log!`] in debug builds, nothing at all in release builds; [`notice!`]
//! in every build, for what an administrator would look for.

use core::fmt::{self, Write};

use wdk_sys::ntddk::DbgPrintEx;

/// `DPFLTR_IHVNETWORK_ID`.
const COMPONENT: u32 = 79;
/// `DPFLTR_INFO_LEVEL`.
const LEVEL: u32 = 3;
const LINE: usize = 241;

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
    let line = Text::<LINE>::new(arguments);
    // SAFETY: the format takes one string, and a `Text` ends with a zero.
    unsafe {
        DbgPrintEx(
            COMPONENT,
            LEVEL,
            c"softrnic: %s\n".as_ptr().cast(),
            line.bytes.as_ptr(),
        )
    };
}

/// Text on the stack, of less than `N` bytes and then a zero; what is longer is cut.
///
/// # Invariants
/// `len < N`, and the bytes from there on are zero.
pub(super) struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    pub(super) fn new(arguments: fmt::Arguments<'_>) -> Self {
        let mut text = Self {
            bytes: [0; N],
            len: 0,
        };
        // Formatting into a `Text` cannot fail.
        let _ = text.write_fmt(arguments);
        text
    }
}

impl<const N: usize> AsRef<[u8]> for Text<N> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl<const N: usize> Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.iter_mut().take(N - 1).skip(self.len);
        for (slot, &byte) in room.zip(text.as_bytes()) {
            *slot = byte;
            self.len += 1;
        }
        Ok(())
    }
}
