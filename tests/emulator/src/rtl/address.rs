//! `RtlIpv4…` and `RtlIpv6…`: IP addresses as text. Ports are in network byte order throughout.

use std::net::{Ipv4Addr, Ipv6Addr};

use softrnic::sys::{IN_ADDR, IN6_ADDR};

use super::wcslen;
use crate::export::Export;
use crate::thread::enter;
use crate::wdm::{BOOLEAN, DISPATCH_LEVEL, NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS};

pub const EXPORTS: &[Export] = crate::exports! {
    "ntoskrnl.exe": RtlIpv4StringToAddressW, RtlIpv4StringToAddressExW, RtlIpv6StringToAddressW,
        RtlIpv6StringToAddressExW, RtlIpv4AddressToStringExW, RtlIpv6AddressToStringExW;
};

/// The text of a terminated string.
unsafe fn read(string: *const u16) -> Option<String> {
    if string.is_null() {
        return None;
    }
    // SAFETY: the driver passes a terminated string.
    String::from_utf16(unsafe { std::slice::from_raw_parts(string, wcslen(string)) }).ok()
}

/// A number in C's notation: decimal, octal after `0`, hexadecimal after `0x`.
fn number(text: &str, decimal_only: bool) -> Option<u32> {
    let (digits, base) = match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (&text[1..], 8),
        None => (text, 10),
    };
    if !digits.starts_with(|c: char| c.is_ascii_hexdigit()) || (decimal_only && base != 10) {
        return None;
    }
    u32::from_str_radix(digits, base).ok()
}

/// One to four parts, the last of which fills what is left; exactly four decimal ones if `strict`.
fn v4(text: &str, strict: bool) -> Option<Ipv4Addr> {
    let parts: Option<Vec<u32>> = text.split('.').map(|part| number(part, strict)).collect();
    let parts = parts?;
    if parts.len() > 4 || (strict && parts.len() != 4) {
        return None;
    }
    let (last, first) = parts.split_last()?;
    let room = 8 * (4 - first.len() as u32);
    if first.iter().any(|part| *part > 255) || u64::from(*last) >= 1 << room {
        return None;
    }
    let high = first
        .iter()
        .enumerate()
        .fold(0, |sum, (at, part)| sum | part << (24 - 8 * at));
    Some(Ipv4Addr::from(high | last))
}

/// A port: not zero-length, at most 65535.
fn port(text: &str) -> Option<u16> {
    number(text, false)?.try_into().ok()
}

/// The longest beginning of `text` that `parse` takes, and how many units it has.
fn prefix<T>(text: &str, allowed: &str, parse: impl Fn(&str) -> Option<T>) -> Option<(T, usize)> {
    let end = text
        .find(|c: char| !c.is_ascii_hexdigit() && !allowed.contains(c))
        .unwrap_or(text.len());
    (1..=end)
        .rev()
        .find_map(|length| parse(&text[..length]).map(|found| (found, length)))
}

/// The terminator is where the address ends.
pub unsafe extern "win64" fn RtlIpv4StringToAddressW(
    string: *const u16,
    strict: BOOLEAN,
    terminator: *mut *const u16,
    address: *mut IN_ADDR,
) -> NTSTATUS {
    let _ = enter("RtlIpv4StringToAddressW", DISPATCH_LEVEL);
    // SAFETY: the driver passes a terminated string and out parameters.
    unsafe {
        let parse = |text: &str| v4(text, strict != 0);
        let found = read(string).and_then(|text| prefix(&text, ".xX", parse));
        let Some((ip, length)) = found else {
            terminator.write(string);
            return STATUS_INVALID_PARAMETER;
        };
        terminator.write(string.add(length));
        (*address).S_un_b = ip.octets();
    }
    STATUS_SUCCESS
}

/// `address[:port]`; nothing may follow.
pub unsafe extern "win64" fn RtlIpv4StringToAddressExW(
    string: *const u16,
    strict: BOOLEAN,
    address: *mut IN_ADDR,
    place: *mut u16,
) -> NTSTATUS {
    let _ = enter("RtlIpv4StringToAddressExW", DISPATCH_LEVEL);
    // SAFETY: the driver passes a terminated string.
    let Some(text) = (unsafe { read(string) }) else {
        return STATUS_INVALID_PARAMETER;
    };
    let (ip, number) = match text.split_once(':') {
        Some((ip, number)) => (ip, port(number)),
        None => (text.as_str(), Some(0)),
    };
    let (Some(ip), Some(number), false) = (v4(ip, strict != 0), number, place.is_null()) else {
        return STATUS_INVALID_PARAMETER;
    };
    // SAFETY: the driver passes out parameters.
    unsafe {
        (*address).S_un_b = ip.octets();
        place.write(number.to_be());
    }
    STATUS_SUCCESS
}

/// The terminator is where the address ends.
pub unsafe extern "win64" fn RtlIpv6StringToAddressW(
    string: *const u16,
    terminator: *mut *const u16,
    address: *mut IN6_ADDR,
) -> NTSTATUS {
    let _ = enter("RtlIpv6StringToAddressW", DISPATCH_LEVEL);
    // SAFETY: the driver passes a terminated string and out parameters.
    unsafe {
        let parse = |text: &str| text.parse::<Ipv6Addr>().ok();
        let found = read(string).and_then(|text| prefix(&text, ":.", parse));
        let Some((ip, length)) = found else {
            terminator.write(string);
            return STATUS_INVALID_PARAMETER;
        };
        terminator.write(string.add(length));
        (*address).Byte = ip.octets();
    }
    STATUS_SUCCESS
}

/// `address[%scope]` or `[address[%scope]]:port`; nothing may follow.
pub unsafe extern "win64" fn RtlIpv6StringToAddressExW(
    string: *const u16,
    address: *mut IN6_ADDR,
    scope: *mut u32,
    place: *mut u16,
) -> NTSTATUS {
    let _ = enter("RtlIpv6StringToAddressExW", DISPATCH_LEVEL);
    // SAFETY: the driver passes a terminated string.
    let parsed = unsafe { read(string) }.and_then(|text| v6_with_all(&text));
    let (Some((ip, zone, number)), false, false) = (parsed, scope.is_null(), place.is_null())
    else {
        return STATUS_INVALID_PARAMETER;
    };
    // SAFETY: the driver passes out parameters.
    unsafe {
        (*address).Byte = ip.octets();
        scope.write(zone);
        place.write(number.to_be());
    }
    STATUS_SUCCESS
}

/// Address, scope and port.
fn v6_with_all(text: &str) -> Option<(Ipv6Addr, u32, u16)> {
    let (inside, number) = match text.strip_prefix('[') {
        None => (text, 0),
        Some(rest) => match rest.split_once(']')? {
            (inside, "") => (inside, 0),
            (inside, after) => (inside, port(after.strip_prefix(':')?)?),
        },
    };
    let (ip, zone) = match inside.split_once('%') {
        Some((ip, zone)) => (ip, zone.parse().ok()?),
        None => (inside, 0),
    };
    Some((ip.parse().ok()?, zone, number))
}

/// Writes `text` and its end; when there is no room, how long it would be.
unsafe fn write(text: &str, to: *mut u16, length: *mut u32) -> NTSTATUS {
    let units: Vec<u16> = text.encode_utf16().chain([0]).collect();
    // SAFETY: the driver passes a buffer of `*length` characters.
    unsafe {
        let room = length.read() as usize;
        length.write(units.len() as u32);
        if to.is_null() || room < units.len() {
            return STATUS_INVALID_PARAMETER;
        }
        std::ptr::copy_nonoverlapping(units.as_ptr(), to, units.len());
    }
    STATUS_SUCCESS
}

/// `address[:port]`: no port when it is zero.
pub unsafe extern "win64" fn RtlIpv4AddressToStringExW(
    address: *const IN_ADDR,
    place: u16,
    to: *mut u16,
    length: *mut u32,
) -> NTSTATUS {
    let _ = enter("RtlIpv4AddressToStringExW", DISPATCH_LEVEL);
    // SAFETY: the driver passes an address and a buffer.
    unsafe {
        let ip = Ipv4Addr::from((*address).S_un_b);
        let text = match u16::from_be(place) {
            0 => ip.to_string(),
            number => format!("{ip}:{number}"),
        };
        write(&text, to, length)
    }
}

/// `address[%scope]`, in brackets and with the port when that is not zero.
pub unsafe extern "win64" fn RtlIpv6AddressToStringExW(
    address: *const IN6_ADDR,
    scope: u32,
    place: u16,
    to: *mut u16,
    length: *mut u32,
) -> NTSTATUS {
    let _ = enter("RtlIpv6AddressToStringExW", DISPATCH_LEVEL);
    // SAFETY: the driver passes an address and a buffer.
    unsafe {
        let ip = Ipv6Addr::from((*address).Byte);
        let zone = match scope {
            0 => String::new(),
            scope => format!("%{scope}"),
        };
        let text = match u16::from_be(place) {
            0 => format!("{ip}{zone}"),
            number => format!("[{ip}{zone}]:{number}"),
        };
        write(&text, to, length)
    }
}

#[cfg(test)]
mod tests;
