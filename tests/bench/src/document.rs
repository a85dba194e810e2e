//! `docs/performance.md` and its pictures, made of the figures of one run.

use std::{fmt::Write as _, fs, path::Path};

use crate::{plot, report, results::Results};

const INTRODUCTION: &str = "\
# Performance

Made by `cargo dev bench --write`, from its own figures (`docs/bench/results.json`); not to be changed by hand. Ratios to what
the same machine did in the same round are what counts: an absolute figure says more of the machine than of the driver.

";

/// Writes the document, its pictures and its figures below the project's folder `root`.
///
/// # Errors
///
/// When a file cannot be written.
pub fn write(results: &Results, root: &Path) -> Result<(), String> {
    let folder = root.join("docs/bench");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let json = serde_json::to_string_pretty(results).map_err(|error| error.to_string())?;
    put(&folder.join("results.json"), &(json + "\n"))?;
    let pictures = plot::draw(results, &folder)?;
    put(&root.join("docs/performance.md"), &text(results, &pictures))
}

fn text(results: &Results, pictures: &[&str]) -> String {
    let mut text = INTRODUCTION.to_owned() + &report::markdown(results);
    for picture in pictures {
        let name = picture.trim_end_matches(".svg");
        let _ = write!(text, "\n![{name}](bench/{picture})\n");
    }
    text
}

fn put(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
