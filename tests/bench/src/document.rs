//! `docs/performance.md` and its pictures, made of the figures of one run.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use serde::Deserialize;

use crate::{plot, point::bytes, report, results::Results};

const INTRODUCTION: &str = "\
# Performance

Made by `cargo dev bench --write`, from its own figures (`docs/bench/results.json`); not to be changed by hand. Ratios to what
the same machine did in the same round are what counts: an absolute figure says more of the machine than of the driver.

";

/// What `cargo dev interop --only speed/ --json` printed last.
const SIW: &str = "docs/bench/siw.json";
const BESIDE_SIW: &str = "
## Beside soft-iWARP

RDMA writes with CRC, 16 outstanding, softrnic and Linux's `siw` in a guest, as `cargo dev interop --only speed/ --json` told them
last (`docs/bench/siw.json`). The guest's processor is emulated where there is no other: figures to compare with each other,
and with no other table.

";

/// The part of it that is shown.
#[derive(Deserialize)]
struct Siw {
    peer: String,
    figures: BTreeMap<String, String>,
}

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
    let mut text = text(results, &pictures);
    if let Ok(siw) = fs::read_to_string(root.join(SIW)) {
        let siw = serde_json::from_str(&siw).map_err(|error| format!("{SIW}: {error}"))?;
        text += &beside(&siw);
    }
    put(&root.join("docs/performance.md"), &text)
}

fn beside(siw: &Siw) -> String {
    const WAYS: [&str; 3] = ["softrnic-to-siw", "siw-to-softrnic", "siw-to-siw"];
    let mut text = BESIDE_SIW.to_owned() + &format!("Peer: {}.\n\n| writes of |", siw.peer);
    for way in WAYS {
        let _ = write!(text, " {} |", way.replace('-', " "));
    }
    text += "\n|---|---|---|---|\n";
    for size in [64 << 10, 1 << 20] {
        let figure = |way| siw.figures.get(&format!("speed/{way}/{size}"));
        let figures = WAYS.map(|way| figure(way).map_or("–", String::as_str));
        let _ = writeln!(text, "| {} | {} |", bytes(size), figures.join(" | "));
    }
    text
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

#[cfg(test)]
mod tests {
    use super::{Siw, beside};

    #[test]
    fn figures_of_siw_stand_beside_each_other() {
        let printed = r#"{"cases":2,"peer":"siw of Linux 6.1","figures":{"speed/siw-to-siw/65536":"8.06 MB/s",
                          "speed/softrnic-to-siw/65536":"16.05 MB/s","rping/ipv4":"other"}}"#;
        let siw: Siw = serde_json::from_str(printed).expect("of interop");
        let text = beside(&siw);
        assert!(
            text.contains("\n| 64 KiB | 16.05 MB/s | – | 8.06 MB/s |\n"),
            "{text}"
        );
    }
}
