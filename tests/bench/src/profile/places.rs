//! Which function and layer of the driver an instruction belongs to, from the image's PDB.

use std::{fs::File, path::Path};

use pdb_addr2line::{Context, ContextPdbData, TypeFormatterFlags, pdb::PDB};

/// Between the folder of the build and the sources, in paths that the compiler was given.
const SOURCES: &str = "/../../src/";
/// What no source of the driver's is responsible for.
const OTHERS: &str = "core";

/// Where an instruction comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The innermost function of the driver's.
    pub(super) function: String,
    /// That function's layer, or `core`.
    pub(super) layer: String,
}

/// Gives `tell` a way to ask for the place of an offset of the image whose PDB is at `path`.
///
/// # Errors
///
/// When the PDB cannot be read.
pub(super) fn with_places<T>(
    path: &Path,
    tell: impl FnOnce(&dyn Fn(u64) -> Place) -> T,
) -> Result<T, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| failed(&error))?;
    let pdb = PDB::open(file).map_err(|error| failed(&error))?;
    let contents = ContextPdbData::try_from_pdb(pdb).map_err(|error| failed(&error))?;
    let flags = TypeFormatterFlags::default() | TypeFormatterFlags::NO_ARGUMENTS;
    let context = contents.make_context_with_formatter_flags(flags);
    let context = context.map_err(|error| failed(&error))?;
    Ok(tell(&|offset| place(&context, offset)))
}

fn place(context: &Context<'_, '_>, offset: u64) -> Place {
    let found = u32::try_from(offset).map(|offset| context.find_frames(offset));
    let frames = found.ok().and_then(|found| found.ok().flatten());
    let frames = frames.map(|found| found.frames).unwrap_or_default();
    for frame in &frames {
        let file = frame.file.as_deref().unwrap_or_default();
        if let Some(layer) = layer(file) {
            let function = frame.function.as_deref().map(brief);
            return Place {
                function: function.unwrap_or_default(),
                layer,
            };
        }
    }
    let outermost = frames.last().and_then(|frame| frame.function.as_deref());
    Place {
        function: outermost.map(brief).unwrap_or_default(),
        layer: OTHERS.to_owned(),
    }
}

/// `softrnic::a::B<C>::d` is `a::B::d`.
fn brief(function: &str) -> String {
    let mut depth = 0_usize;
    let outside = |letter: &char| {
        let before = depth;
        match letter {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before == 0 && depth == 0
    };
    let short: String = function.chars().filter(outside).collect();
    short.trim_start_matches("softrnic::").to_owned()
}

/// The folder below `src`, or the file if there is none.
fn layer(file: &str) -> Option<String> {
    let (_, path) = file.split_once(SOURCES)?;
    let first = path.split('/').next()?;
    Some(first.trim_end_matches(".rs").to_owned())
}

#[cfg(test)]
mod tests {
    use super::{brief, layer};

    #[test]
    fn a_function_is_named_without_what_it_is_generic_over() {
        let long = "softrnic::transport::Core<softrnic::ndk::Link<a> >::tell<b>";
        assert_eq!(brief(long), "transport::Core::tell");
        assert_eq!(brief("memcpy"), "memcpy");
    }

    #[test]
    fn a_layer_is_a_folder_or_a_file_of_the_sources() {
        let file = "/x/tests/image/../../src/ndk/dispatch/qp.rs";
        assert_eq!(layer(file).as_deref(), Some("ndk"));
        let file = "/x/tests/image/../../src/crc32c.rs";
        assert_eq!(layer(file).as_deref(), Some("crc32c"));
        assert_eq!(layer("/rustc/1/library/core/src/mem.rs"), None);
    }
}
