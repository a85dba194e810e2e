//! The lines of source that an image was made of, from the PDB beside it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use pdb_addr2line::pdb::{
    AddressMap, Error, FallibleIterator, IdIndex, Inlinee, LineInfo, LineProgram, ModuleInfo, PDB,
    PdbInternalSectionOffset, StringTable, Symbol, SymbolData,
};

/// Gives `each` the offset in the image at `path` where a line's code begins, the file and the number of the line; those
/// of inlined functions too when `inlined`.
///
/// # Errors
/// When there is no PDB beside the image, or it cannot be read.
pub(super) fn each(
    path: &Path,
    inlined: bool,
    mut each: impl FnMut(usize, &str, u32),
) -> Result<(), Error> {
    let mut pdb = PDB::open(File::open(path.with_extension("pdb"))?)?;
    let (map, strings) = (pdb.address_map()?, pdb.string_table()?);
    let information = pdb.debug_information()?;
    let mut modules = information.modules()?;
    while let Some(module) = modules.next()? {
        if let Some(module) = pdb.module_info(&module)? {
            let module = Module::of(&module, inlined)?;
            module.each(&map, &strings, &mut each)?;
        }
    }
    Ok(())
}

/// What the linker was given at once.
struct Module<'a, 's> {
    information: &'a ModuleInfo<'s>,
    program: LineProgram<'a>,
    inlinees: BTreeMap<IdIndex, Inlinee<'a>>,
}

impl<'a, 's> Module<'a, 's> {
    fn of(information: &'a ModuleInfo<'s>, inlined: bool) -> Result<Self, Error> {
        let mut inlinees = BTreeMap::new();
        let mut all = information.inlinees()?;
        while let Some(inlinee) = all.next()?.filter(|_| inlined) {
            inlinees.insert(inlinee.index(), inlinee);
        }
        Ok(Self {
            information,
            program: information.line_program()?,
            inlinees,
        })
    }

    fn each(
        &self,
        map: &AddressMap<'_>,
        strings: &StringTable<'_>,
        each: &mut impl FnMut(usize, &str, u32),
    ) -> Result<(), Error> {
        let mut symbols = self.information.symbols()?;
        let mut procedure = None;
        while let Some(symbol) = symbols.next()? {
            for line in self.lines(&symbol, &mut procedure)? {
                let file = self.program.get_file_info(line.file_index)?;
                if let Some(offset) = line.offset.to_rva(map) {
                    let file = strings.get(file.name)?.to_string();
                    each(offset.0 as usize, &file, line.line_start);
                }
            }
        }
        Ok(())
    }

    /// Those of a procedure, or of what was inlined into it: such symbols follow it.
    fn lines(
        &self,
        symbol: &Symbol<'_>,
        procedure: &mut Option<PdbInternalSectionOffset>,
    ) -> Result<Vec<LineInfo>, Error> {
        match symbol.parse() {
            Ok(SymbolData::Procedure(found)) => {
                *procedure = Some(found.offset);
                self.program.lines_for_symbol(found.offset).collect()
            }
            Ok(SymbolData::InlineSite(site)) => {
                let inlinee = self.inlinees.get(&site.inlinee);
                let lines = inlinee.zip(*procedure);
                lines.map_or(Ok(Vec::new()), |(inlinee, within)| {
                    inlinee.lines(within, &site).collect()
                })
            }
            _ => Ok(Vec::new()),
        }
    }
}
