//! Makes an INF of the package from one in `inf/`: the version of `Cargo.toml` and the date of the last change go in.

use std::{fs, path::Path, process::Command};

/// What `DriverVer` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// `mm/dd/yyyy`
    pub date: String,
    /// `a.b.c.d`
    pub version: String,
}

impl Stamp {
    /// That of the tree in `root`: the version of its manifest, and the day of its last commit (or of `SOURCE_DATE_EPOCH`,
    /// if that is set), so that one state of the sources always makes one package.
    ///
    /// # Errors
    ///
    /// When the manifest has no version, or nobody knows a date.
    pub fn of(root: &Path) -> Result<Self, String> {
        let manifest = root.join("Cargo.toml");
        let text = fs::read_to_string(&manifest)
            .map_err(|error| format!("{}: {error}", manifest.display()))?;
        let version =
            version(&text).ok_or_else(|| format!("{}: no version", manifest.display()))?;
        let date = date(epoch(root)?);
        Ok(Self { date, version })
    }

    /// `text` with this stamp in its `DriverVer`.
    ///
    /// # Errors
    ///
    /// When there is not just one `DriverVer`.
    pub fn put_into(&self, text: &str) -> Result<String, String> {
        let is_it = |line: &&str| line.trim_start().starts_with("DriverVer");
        if text.lines().filter(is_it).count() != 1 {
            return Err("there must be one DriverVer".to_owned());
        }
        let stamped = |line: &str| match is_it(&line) {
            true => format!("DriverVer   = {},{}", self.date, self.version),
            false => line.to_owned(),
        };
        // Windows' tools read both ends of lines; people there expect these.
        Ok(text.lines().map(|line| stamped(line) + "\r\n").collect())
    }
}

/// The package's version in a manifest, with the fourth number that Windows wants.
fn version(manifest: &str) -> Option<String> {
    let package = manifest.split("[package]").nth(1)?;
    let line = package.lines().find(|line| line.starts_with("version"))?;
    let version = line.split('"').nth(1)?;
    let numbers: Vec<u16> = version
        .split('.')
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    (numbers.len() == 3).then(|| format!("{version}.0"))
}

/// Seconds since 1970 of the last change.
fn epoch(root: &Path) -> Result<u64, String> {
    if let Some(named) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let text = named.to_string_lossy();
        let parsed = text.parse();
        return parsed.map_err(|_| format!("SOURCE_DATE_EPOCH is {text}, no number of seconds"));
    }
    let mut git = Command::new("git");
    git.arg("-C").arg(root).args(["log", "-1", "--format=%ct"]);
    let output = git.output().map_err(|error| format!("git: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let parsed = said.trim().parse();
    parsed.map_err(|_| "no commit tells the date: set SOURCE_DATE_EPOCH to its seconds".to_owned())
}

/// `mm/dd/yyyy`, of a day in UTC.
fn date(epoch: u64) -> String {
    let mut days = epoch / 86_400;
    let mut year = 1970;
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let length = |year| if is_leap(year) { 366 } else { 365 };
    while days >= length(year) {
        days -= length(year);
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("{month:02}/{:02}/{year}", days + 1)
}

#[cfg(test)]
mod tests {
    use super::{Stamp, date, version};

    #[test]
    fn days_are_those_of_the_calendar() {
        for (epoch, day) in [
            (0, "01/01/1970"),
            (951_782_400, "02/29/2000"),
            (1_709_164_800, "02/29/2024"),
            (1_735_689_599, "12/31/2024"),
            (1_795_305_600, "11/22/2026"),
        ] {
            assert_eq!(date(epoch), day);
        }
    }

    #[test]
    fn a_version_gets_its_fourth_number() {
        let manifest =
            "[workspace]\nversion = \"9.9.9\"\n[package]\nname = \"a\"\nversion = \"1.20.3\"\n";
        assert_eq!(version(manifest).as_deref(), Some("1.20.3.0"));
        assert_eq!(version("[package]\nversion = \"1.2.3-beta\"\n"), None);
    }

    #[test]
    fn one_line_is_stamped() {
        let stamp = Stamp {
            date: "11/22/2026".to_owned(),
            version: "1.2.3.0".to_owned(),
        };
        let text = "[Version]\nDriverVer = x ; y\nClass = Net\n";
        let stamped = stamp.put_into(text).expect("one line");
        let wanted = "[Version]\r\nDriverVer   = 11/22/2026,1.2.3.0\r\nClass = Net\r\n";
        assert_eq!(stamped, wanted);
        assert!(stamp.put_into("[Version]\n").is_err());
    }
}
