//! The kernel's `printf`: what `DbgPrint` formats.

use crate::wdm::{ANSI_STRING, UNICODE_STRING};

/// One conversion: `%[flags][width][.precision][size]type`.
#[derive(Default)]
struct Conversion {
    left: bool,
    zero: bool,
    alternate: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
    long: bool,
    wide: bool,
}

struct Arguments(*const u64);

impl Arguments {
    fn next(&mut self) -> u64 {
        // SAFETY: the caller of `format` passed as many arguments as the format names.
        unsafe {
            let value = self.0.read();
            self.0 = self.0.add(1);
            value
        }
    }
}

/// Formats `arguments` as `template` says.
///
/// # Safety
/// `template` is a terminated string and `arguments` holds what it names.
pub unsafe fn format(template: *const u8, arguments: *const u64) -> String {
    // SAFETY: as the function's.
    let template = unsafe { std::ffi::CStr::from_ptr(template.cast()) }.to_bytes();
    run(template, arguments, false)
}

/// As [`format`], with a wide template: `%s` and `%c` are wide, `%S` and `%C` are not.
///
/// # Safety
/// As [`format`].
pub unsafe fn format_wide(template: *const u16, arguments: *const u64) -> String {
    // SAFETY: as the function's.
    let units = unsafe { std::slice::from_raw_parts(template, super::wcslen(template)) };
    let template: Vec<u8> = units
        .iter()
        .map(|&unit| u8::try_from(unit).unwrap_or(b'?'))
        .collect();
    run(&template, arguments, true)
}

fn run(template: &[u8], arguments: *const u64, swapped: bool) -> String {
    let mut arguments = Arguments(arguments);
    let mut out = String::new();
    let mut rest = template;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            out.push(byte as char);
            continue;
        }
        let conversion = parse(&mut rest, &mut arguments);
        let Some((&kind, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        let kind = match (swapped, kind) {
            (true, b's') => b'S',
            (true, b'S') if !conversion.wide => b's',
            _ => kind,
        };
        out += &conversion.apply(kind, &mut arguments);
    }
    out
}

fn parse(rest: &mut &[u8], arguments: &mut Arguments) -> Conversion {
    let mut found = Conversion::default();
    while let Some(&flag) = rest.first() {
        match flag {
            b'-' => found.left = true,
            b'0' => found.zero = true,
            b'#' => found.alternate = true,
            b'+' => found.plus = true,
            b' ' => {}
            _ => break,
        }
        *rest = &rest[1..];
    }
    found.width = number(rest, arguments).unwrap_or(0);
    if rest.first() == Some(&b'.') {
        *rest = &rest[1..];
        found.precision = Some(number(rest, arguments).unwrap_or(0));
    }
    loop {
        let (length, long, wide) = match rest {
            [b'I', b'6', b'4', ..] => (3, true, false),
            [b'I', b'3', b'2', ..] => (3, false, false),
            [b'l', b'l', ..] => (2, true, true),
            [b'l', ..] => (1, false, true),
            [b'w', ..] => (1, false, true),
            [b'I' | b'z' | b'j' | b't', ..] => (1, true, false),
            [b'h', ..] => (1, false, false),
            _ => return found,
        };
        found.long |= long;
        found.wide |= wide;
        *rest = &rest[length..];
    }
}

fn number(rest: &mut &[u8], arguments: &mut Arguments) -> Option<usize> {
    if rest.first() == Some(&b'*') {
        *rest = &rest[1..];
        return Some(arguments.next() as u32 as usize);
    }
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(digits);
    *rest = after;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

impl Conversion {
    fn apply(&self, kind: u8, arguments: &mut Arguments) -> String {
        let text = match kind {
            b'%' => return "%".into(),
            b'd' | b'i' => self.signed(arguments.next()),
            b'u' => self.digits(self.unsigned(arguments.next()).to_string()),
            b'x' => self.prefixed("0x", format!("{:x}", self.unsigned(arguments.next()))),
            b'X' => self.prefixed("0X", format!("{:X}", self.unsigned(arguments.next()))),
            b'p' => format!("{:016X}", arguments.next()),
            b'c' | b'C' => String::from(arguments.next() as u8 as char),
            b's' if self.wide => wide(arguments.next()),
            b'S' => wide(arguments.next()),
            b's' => self.narrow(arguments.next()),
            b'Z' if self.wide => unicode(arguments.next()),
            b'Z' => ansi(arguments.next()),
            other => format!("%{}", other as char),
        };
        self.pad(text)
    }

    fn unsigned(&self, value: u64) -> u64 {
        if self.long {
            value
        } else {
            u64::from(value as u32)
        }
    }

    fn signed(&self, value: u64) -> String {
        let value = if self.long {
            value as i64
        } else {
            i64::from(value as i32)
        };
        let digits = self.digits(value.unsigned_abs().to_string());
        match (value < 0, self.plus) {
            (true, _) => format!("-{digits}"),
            (false, true) => format!("+{digits}"),
            (false, false) => digits,
        }
    }

    fn digits(&self, digits: String) -> String {
        format!("{digits:0>width$}", width = self.precision.unwrap_or(1))
    }

    fn prefixed(&self, prefix: &str, digits: String) -> String {
        let digits = self.digits(digits);
        if self.alternate {
            format!("{prefix}{digits}")
        } else {
            digits
        }
    }

    /// A string, up to the precision if there is one: it may then be unterminated.
    fn narrow(&self, address: u64) -> String {
        if address == 0 {
            return "(null)".into();
        }
        let most = self.precision.unwrap_or(4096);
        // SAFETY: the driver's string, read up to its end or the precision.
        let bytes = (0..most).map(|i| unsafe { (address as *const u8).add(i).read() });
        let bytes: Vec<u8> = bytes.take_while(|&b| b != 0).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn pad(&self, text: String) -> String {
        match (self.left, self.zero) {
            (true, _) => format!("{text:<width$}", width = self.width),
            (false, true) => format!("{text:0>width$}", width = self.width),
            (false, false) => format!("{text:>width$}", width = self.width),
        }
    }
}

fn wide(address: u64) -> String {
    if address == 0 {
        return "(null)".into();
    }
    // SAFETY: the driver's terminated string.
    let units = (0..4096).map(|i| unsafe { (address as *const u16).add(i).read_unaligned() });
    let units: Vec<u16> = units.take_while(|&u| u != 0).collect();
    String::from_utf16_lossy(&units)
}

fn unicode(address: u64) -> String {
    // SAFETY: the driver's counted string, or null.
    match unsafe { (address as *const UNICODE_STRING).as_ref() } {
        // SAFETY: as above.
        Some(string) => unsafe { super::text(string) },
        None => "(null)".into(),
    }
}

fn ansi(address: u64) -> String {
    // SAFETY: the driver's counted string, or null.
    unsafe {
        match (address as *const ANSI_STRING).as_ref() {
            Some(string) if string.Length != 0 => {
                let bytes = std::slice::from_raw_parts(string.Buffer, string.Length.into());
                String::from_utf8_lossy(bytes).into_owned()
            }
            Some(_) => String::new(),
            None => "(null)".into(),
        }
    }
}

#[cfg(test)]
mod tests;
