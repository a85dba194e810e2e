//! Imports: each slot of the import address tables gets the address of the kernel's function.

use object::LittleEndian as LE;
use object::pe;
use object::read::pe::{Import, PeFile64};

use super::LoadError;
use super::load::Memory;
use crate::bridge::exits;
use crate::export;

/// Binds every import, or fails naming all that are unknown.
pub(super) fn imports(pe: &PeFile64<'_>, memory: &mut Memory) -> Result<(), LoadError> {
    let format = |e: object::Error| LoadError::Format(e.to_string());
    let Some(table) = pe.import_table().map_err(format)? else {
        return Ok(());
    };
    let mut unknown = Vec::new();
    let mut descriptors = table.descriptors().map_err(format)?;
    while let Some(descriptor) = descriptors.next().map_err(format)? {
        let module = table.name(descriptor.name.get(LE)).map_err(format)?;
        let module = String::from_utf8_lossy(module).into_owned();
        let lookup = match descriptor.original_first_thunk.get(LE) {
            0 => descriptor.first_thunk.get(LE),
            at => at,
        };
        let mut thunks = table.thunks(lookup).map_err(format)?;
        let mut slot = descriptor.first_thunk.get(LE) as usize;
        while let Some(thunk) = thunks.next::<pe::ImageNtHeaders64>().map_err(format)? {
            match table
                .import::<pe::ImageNtHeaders64>(thunk)
                .map_err(format)?
            {
                Import::Name(_, name) => {
                    let name = String::from_utf8_lossy(name).into_owned();
                    match export::find(&module, &name) {
                        Some(export) => memory.write_u64(slot, exits::to(export) as u64)?,
                        None => unknown.push(format!("{module}!{name}")),
                    }
                }
                Import::Ordinal(number) => unknown.push(format!("{module}!#{number}")),
            }
            slot += 8;
        }
    }
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(LoadError::Imports(unknown)),
    }
}
