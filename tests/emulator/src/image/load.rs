//! Mapping: headers and sections at their addresses, relocations, the security cookie, the
//! control-flow guard pointers and table, imports, and last each section's protection.

use std::mem::offset_of;

use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{ImageOptionalHeader as _, PeFile64};

use super::guard::{self, SLOT_SIZE};
use super::messages::{self, Messages};
use super::{LoadError, bind};
use crate::wdm::PAGE_SIZE;

/// What became of a file.
pub(super) struct Mapped {
    pub(super) size: usize,
    pub(super) entry: usize,
    pub(super) code: Vec<(usize, usize)>,
    pub(super) names: Vec<(usize, String)>,
    pub(super) functions: (u32, u32),
    pub(super) messages: Messages,
}

pub(super) fn format(why: impl std::fmt::Display) -> LoadError {
    LoadError::Format(why.to_string())
}

/// The memory of one image while it is being made; nothing in it runs yet.
pub(super) struct Memory {
    base: usize,
    size: usize,
}

impl Memory {
    /// The bytes at `offset`.
    pub(super) fn bytes(&mut self, offset: usize, length: usize) -> Result<&mut [u8], LoadError> {
        if offset.checked_add(length).is_none_or(|end| end > self.size) {
            return Err(format("a header points outside the image"));
        }
        // SAFETY: within the mapping that this value owns; `&mut self` keeps it exclusive.
        Ok(unsafe { std::slice::from_raw_parts_mut((self.base + offset) as *mut u8, length) })
    }

    pub(super) fn read_u32(&mut self, offset: usize) -> Result<u32, LoadError> {
        let mut value = [0; 4];
        value.copy_from_slice(self.bytes(offset, 4)?);
        Ok(u32::from_le_bytes(value))
    }

    pub(super) fn read_u64(&mut self, offset: usize) -> Result<u64, LoadError> {
        let mut value = [0; 8];
        value.copy_from_slice(self.bytes(offset, 8)?);
        Ok(u64::from_le_bytes(value))
    }

    pub(super) fn write_u64(&mut self, offset: usize, value: u64) -> Result<(), LoadError> {
        self.bytes(offset, 8)?.copy_from_slice(&value.to_le_bytes());
        Ok(())
    }
}

/// Where an image without relocations has to lie.
pub(super) fn fixed_base(file: &[u8]) -> Result<Option<usize>, LoadError> {
    let pe = PeFile64::parse(file).map_err(format)?;
    let directory = pe.data_directory(pe::IMAGE_DIRECTORY_ENTRY_BASERELOC);
    let relocates = directory.is_some_and(|found| found.virtual_address.get(LE) != 0);
    let base = pe.nt_headers().optional_header.image_base() as usize;
    Ok((!relocates).then_some(base))
}

/// Maps `file` at `base`, a slot of the image region or the image's own.
pub(super) fn map(file: &[u8], base: usize) -> Result<Mapped, LoadError> {
    let pe = PeFile64::parse(file).map_err(format)?;
    let optional = &pe.nt_headers().optional_header;
    if pe.nt_headers().file_header.machine.get(LE) != pe::IMAGE_FILE_MACHINE_AMD64 {
        return Err(format("not for x64"));
    }
    if optional.subsystem.get(LE) != pe::IMAGE_SUBSYSTEM_NATIVE {
        return Err(format("its subsystem is not native"));
    }
    let size = optional.size_of_image.get(LE) as usize;
    let alignment = optional.section_alignment.get(LE) as usize;
    if size > SLOT_SIZE || !alignment.is_multiple_of(PAGE_SIZE) {
        return Err(format("too large, or its sections are not page-aligned"));
    }
    protect(base, size, libc::PROT_READ | libc::PROT_WRITE)?;
    let mut memory = Memory { base, size };
    copy(&pe, file, &mut memory)?;
    relocate(&pe, &mut memory)?;
    configure(&pe, &mut memory)?;
    bind::imports(&pe, &mut memory)?;
    let mapped = Mapped {
        size,
        entry: optional.address_of_entry_point.get(LE) as usize,
        code: code(&pe)?,
        names: names(&pe),
        functions: functions(&pe),
        messages: messages::of(&pe)?,
    };
    seal(&pe, base)?;
    Ok(mapped)
}

/// Nothing of the slot is accessible or kept any more.
pub(super) fn unmap(base: usize) {
    // SAFETY: replaces the slot's own pages by inaccessible ones.
    unsafe {
        libc::mmap(
            base as *mut _,
            SLOT_SIZE,
            libc::PROT_NONE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED,
            -1,
            0,
        );
    }
}

fn protect(at: usize, size: usize, protection: i32) -> Result<(), LoadError> {
    // SAFETY: the range lies in the image's slot.
    match unsafe { libc::mprotect(at as *mut _, size, protection) } {
        0 => Ok(()),
        _ => Err(LoadError::Memory),
    }
}

fn copy(pe: &PeFile64<'_>, file: &[u8], memory: &mut Memory) -> Result<(), LoadError> {
    let headers = pe.nt_headers().optional_header.size_of_headers.get(LE) as usize;
    let source = file
        .get(..headers)
        .ok_or_else(|| format("truncated headers"))?;
    memory.bytes(0, headers)?.copy_from_slice(source);
    for section in pe.section_table().iter() {
        let data = section.pe_data(file).map_err(format)?;
        let used = data.len().min(section.virtual_size.get(LE).max(1) as usize);
        let at = section.virtual_address.get(LE) as usize;
        memory.bytes(at, used)?.copy_from_slice(&data[..used]);
    }
    Ok(())
}

fn relocate(pe: &PeFile64<'_>, memory: &mut Memory) -> Result<(), LoadError> {
    let delta = (memory.base as u64).wrapping_sub(pe.nt_headers().optional_header.image_base());
    let blocks = pe
        .data_directories()
        .relocation_blocks(pe.data(), &pe.section_table());
    // Without relocations it lies where it wants to.
    let Some(mut blocks) = blocks.map_err(format)? else {
        return Ok(());
    };
    while let Some(block) = blocks.next().map_err(format)? {
        for relocation in block {
            let at = relocation.virtual_address as usize;
            match relocation.typ {
                pe::IMAGE_REL_BASED_ABSOLUTE => {}
                pe::IMAGE_REL_BASED_DIR64 => {
                    let value = memory.read_u64(at)?.wrapping_add(delta);
                    memory.write_u64(at, value)?;
                }
                other => return Err(format(format_args!("relocation type {other}"))),
            }
        }
    }
    Ok(())
}

/// The load configuration: security cookie and control-flow guard.
fn configure(pe: &PeFile64<'_>, memory: &mut Memory) -> Result<(), LoadError> {
    type Config = pe::ImageLoadConfigDirectory64;
    let directory = pe.data_directory(pe::IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG);
    let at = directory.map_or(0, |d| d.virtual_address.get(LE) as usize);
    let length = if at == 0 {
        0
    } else {
        memory.read_u32(at)? as usize
    };
    let mut field = |offset: usize| match length >= offset + 8 {
        true => memory.read_u64(at + offset),
        false => Ok(0),
    };
    let cookie = field(offset_of!(Config, security_cookie))?;
    let check = field(offset_of!(Config, guard_cf_check_function_pointer))?;
    let dispatch = field(offset_of!(Config, guard_cf_dispatch_function_pointer))?;
    let table = field(offset_of!(Config, guard_cf_function_table))?;
    let count = field(offset_of!(Config, guard_cf_function_count))?;
    let flags = match length >= offset_of!(Config, guard_flags) + 4 {
        true => memory.read_u32(at + offset_of!(Config, guard_flags))?,
        false => 0,
    };
    let base = memory.base as u64;
    if cookie != 0 {
        memory.write_u64((cookie - base) as usize, new_cookie())?;
    }
    if check != 0 {
        memory.write_u64(
            (check - base) as usize,
            crate::bridge::cfg_check as *const () as u64,
        )?;
    }
    if dispatch != 0 {
        let target = crate::bridge::cfg_dispatch as *const () as u64;
        memory.write_u64((dispatch - base) as usize, target)?;
    }
    if flags & pe::IMAGE_GUARD_CF_FUNCTION_TABLE_PRESENT != 0 && table != 0 {
        let extra = (flags & pe::IMAGE_GUARD_CF_FUNCTION_TABLE_SIZE_MASK)
            >> pe::IMAGE_GUARD_CF_FUNCTION_TABLE_SIZE_SHIFT;
        for index in 0..count as usize {
            let entry = (table - base) as usize + index * (4 + extra as usize);
            guard::allow(memory.base + memory.read_u32(entry)? as usize);
        }
    }
    Ok(())
}

/// A cookie as Windows makes them: unpredictable, the upper 16 bits clear.
fn new_cookie() -> u64 {
    let mut bytes = [0u8; 8];
    // SAFETY: an out buffer of the given length.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), 8, 0) };
    u64::from_le_bytes(bytes) >> 16 | 1
}

fn code(pe: &PeFile64<'_>) -> Result<Vec<(usize, usize)>, LoadError> {
    let mut code = Vec::new();
    for section in pe.section_table().iter() {
        let flags = section.characteristics.get(LE);
        let at = section.virtual_address.get(LE) as usize;
        if flags & pe::IMAGE_SCN_MEM_EXECUTE != 0 {
            if flags & pe::IMAGE_SCN_MEM_WRITE != 0 {
                return Err(format("a section is both writable and executable"));
            }
            code.push((at, at + section.virtual_size.get(LE) as usize));
        }
    }
    Ok(code)
}

fn names(pe: &PeFile64<'_>) -> Vec<(usize, String)> {
    let exports = pe.export_table().ok().flatten();
    let exports = exports
        .and_then(|table| table.exports().ok())
        .unwrap_or_default();
    let mut names: Vec<_> = exports
        .iter()
        .filter_map(|e| match (e.name, e.target) {
            (Some(name), object::read::pe::ExportTarget::Address(at)) => {
                Some((at as usize, String::from_utf8_lossy(name).into_owned()))
            }
            _ => None,
        })
        .collect();
    names.sort();
    names
}

/// Where the table of functions with unwind data is, and how many entries it has.
fn functions(pe: &PeFile64<'_>) -> (u32, u32) {
    let directory = pe.data_directory(pe::IMAGE_DIRECTORY_ENTRY_EXCEPTION);
    directory.map_or((0, 0), |d| (d.virtual_address.get(LE), d.size.get(LE) / 12))
}

/// Gives every page its final protection.
fn seal(pe: &PeFile64<'_>, base: usize) -> Result<(), LoadError> {
    let headers = pe.nt_headers().optional_header.size_of_headers.get(LE) as usize;
    protect(base, headers, libc::PROT_READ)?;
    for section in pe.section_table().iter() {
        let flags = section.characteristics.get(LE);
        let bit = |flag, protection| if flags & flag != 0 { protection } else { 0 };
        let protection = bit(pe::IMAGE_SCN_MEM_READ, libc::PROT_READ)
            | bit(pe::IMAGE_SCN_MEM_WRITE, libc::PROT_WRITE)
            | bit(pe::IMAGE_SCN_MEM_EXECUTE, libc::PROT_EXEC);
        let at = base + section.virtual_address.get(LE) as usize;
        protect(at, section.virtual_size.get(LE) as usize, protection)?;
    }
    Ok(())
}
