//! Driver images: PE32+ files mapped as the Windows loader maps them.

mod bind;
pub mod coverage;
mod displaced;
pub mod guard;
mod lines;
mod load;
mod messages;
pub mod preemption;
pub mod reached;
pub mod steps;
mod symbols;
mod unwind;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use guard::{image_at, is_target, unloaded_at};
pub use unwind::Point;

/// A mapped image.
#[derive(Debug)]
pub struct Image {
    pub name: String,
    pub path: PathBuf,
    pub base: usize,
    pub size: usize,
    pub entry: usize,
    slot: usize,
    /// Executable ranges, as offsets from the base.
    code: Vec<(usize, usize)>,
    /// Named addresses (exports), as offsets, sorted.
    names: Vec<(usize, String)>,
    /// The table of functions with unwind data: offset and number of entries.
    functions: (u32, u32),
    messages: messages::Messages,
}

/// Why an image could not be loaded.
#[derive(Debug)]
pub enum LoadError {
    Read(std::io::Error),
    /// Not a PE32+ x64 image that a kernel would load, and why.
    Format(String),
    /// Imports that the kernel doesn't export: every one of them.
    Imports(Vec<String>),
    Memory,
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(error) => write!(f, "the image cannot be read: {error}"),
            Self::Format(why) => write!(f, "not an image the kernel loads: {why}"),
            Self::Imports(names) => write!(f, "unknown imports: {}", names.join(", ")),
            Self::Memory => write!(f, "no room for another image"),
        }
    }
}

impl std::error::Error for LoadError {}

impl Image {
    /// Maps the file and binds its imports.
    pub fn load(path: &Path, name: &str) -> Result<Arc<Self>, LoadError> {
        let bytes = std::fs::read(path).map_err(LoadError::Read)?;
        let fixed = load::fixed_base(&bytes)?;
        let (slot, base) = guard::take_slot(fixed).ok_or(LoadError::Memory)?;
        match load::map(&bytes, base) {
            Ok(mapped) => {
                let image = Arc::new(Self {
                    name: name.into(),
                    path: path.into(),
                    base,
                    size: mapped.size,
                    entry: base + mapped.entry,
                    slot,
                    code: mapped.code,
                    names: mapped.names,
                    functions: mapped.functions,
                    messages: mapped.messages,
                });
                guard::publish(slot, Arc::as_ptr(&image));
                Ok(image)
            }
            Err(error) => {
                load::unmap(base);
                guard::return_slot(slot, name);
                Err(error)
            }
        }
    }

    /// Whether the address is in an executable section.
    #[must_use]
    pub fn is_code(&self, address: usize) -> bool {
        let offset = address.wrapping_sub(self.base);
        self.code
            .iter()
            .any(|&(start, end)| (start..end).contains(&offset))
    }

    /// `image+offset function (file:line)` of a return address; inlined functions come first.
    #[must_use]
    pub fn describe(&self, address: usize) -> String {
        let offset = address - self.base;
        let places = symbols::places(&self.path, offset.saturating_sub(1));
        if places.is_empty() {
            return format!("{}+{offset:#x} {}", self.name, self.function(address));
        }
        let text = |p: symbols::Place| match p.line.is_empty() {
            true => p.function,
            false => format!("{} ({})", p.function, p.line),
        };
        let places: Vec<String> = places.into_iter().map(text).collect();
        format!("{}+{offset:#x} {}", self.name, places.join(", in "))
    }

    /// The function that a return address is in.
    #[must_use]
    pub fn function(&self, address: usize) -> String {
        let offset = address - self.base;
        let places = symbols::places(&self.path, offset.saturating_sub(1));
        let own = places.iter().find(|p| !p.function.starts_with("core::"));
        if let Some(place) = own.or(places.first()) {
            return place.function.clone();
        }
        let after = self.names.partition_point(|(start, _)| *start <= offset);
        match after.checked_sub(1) {
            Some(at) => self.names[at].1.clone(),
            None => format!("{}+{offset:#x}", self.name),
        }
    }

    /// The text of its message table for a code.
    #[must_use]
    pub fn message(&self, code: u32) -> Option<&str> {
        self.messages.get(&code).map(String::as_str)
    }

    /// Its message table: codes with their texts, in the codes' order.
    pub fn messages(&self) -> impl Iterator<Item = (u32, &str)> {
        self.messages
            .iter()
            .map(|(code, text)| (*code, text.as_str()))
    }

    /// The address of an exported name.
    #[must_use]
    pub fn export(&self, name: &str) -> Option<usize> {
        self.names
            .iter()
            .find(|(_, n)| n == name)
            .map(|(offset, _)| self.base + offset)
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        load::unmap(self.base);
        guard::return_slot(self.slot, &self.name);
    }
}
