//! Which case the registry asks for.

use crate::kernel::{ObjectAttributes, UnicodeString, ZwClose, ZwOpenKey, ZwQueryValueKey};

/// Reads the string value `Case`; how many characters it has, 0 when there is none.
pub(crate) unsafe fn read(path: *const UnicodeString, out: &mut [u16; 64]) -> usize {
    const PARTIAL: i32 = 2;
    const KEY_READ: u32 = 0x20019;
    let name: [u16; 4] = [b'C' as u16, b'a' as u16, b's' as u16, b'e' as u16];
    let name = UnicodeString {
        length: 8,
        maximum: 8,
        buffer: name.as_ptr().cast_mut(),
    };
    let attributes = ObjectAttributes {
        length: 48,
        root: core::ptr::null_mut(),
        name: path,
        attributes: 0x240,
        security: core::ptr::null_mut(),
        quality: core::ptr::null_mut(),
    };
    let mut key = core::ptr::null_mut();
    let mut buffer = [0u32; 40];
    let mut needed = 0;
    // SAFETY: all buffers are as long as their lengths say.
    unsafe {
        if ZwOpenKey(&mut key, KEY_READ, &attributes) < 0 {
            return 0;
        }
        let status = ZwQueryValueKey(
            key,
            &name,
            PARTIAL,
            buffer.as_mut_ptr().cast(),
            160,
            &mut needed,
        );
        ZwClose(key);
        if status < 0 {
            return 0;
        }
        let length = (buffer[2] as usize / 2).saturating_sub(1).min(out.len());
        let text = buffer.as_ptr().add(3).cast::<u16>();
        for (index, unit) in out[..length].iter_mut().enumerate() {
            *unit = text.add(index).read();
        }
        length
    }
}
