//! Reads an INF: sections of lines, each `key = value, …` or `value, …`.
//!
//! As SetupAPI reads it: names of sections and keys in any case, sections of one name are one, `;` begins a comment and `\`
//! at a line's end continues it, both outside of quotes only; `""` in quotes is a quote, `%name%` stands for a string of
//! `[Strings]`, and `%%` for a percent sign. `%13%` is a folder's number and stays.

use std::collections::BTreeMap;

/// An INF, with its strings in place.
#[derive(Clone, Debug)]
pub struct Inf {
    sections: Vec<Section>,
}

/// All lines of the sections of one name.
#[derive(Clone, Debug)]
pub struct Section {
    /// As it is written first.
    pub name: String,
    /// In order.
    pub lines: Vec<Line>,
}

/// A line of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it begins, from 1.
    pub number: usize,
    /// What stands before `=`.
    pub key: Option<String>,
    /// What stands behind it, or on the line.
    pub values: Vec<String>,
}

/// `HKR, subkey, name, flags, value …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry<'a> {
    /// `HKR`
    pub root: &'a str,
    /// Below the root; may be empty.
    pub key: &'a str,
    /// The value's name.
    pub name: &'a str,
    /// The value's type and how it is written.
    pub flags: u32,
    /// The value.
    pub value: &'a [String],
}

impl Inf {
    /// Reads `text`.
    ///
    /// # Errors
    ///
    /// A line for each thing that SetupAPI would not understand.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut sections = split(text, &mut problems);
        let strings: BTreeMap<String, String> = named(&sections, "Strings")
            .into_iter()
            .flat_map(|section| &section.lines)
            .filter_map(|line| Some((line.key.as_ref()?.to_lowercase(), line.values.join(","))))
            .collect();
        for section in &mut sections {
            if section.name.eq_ignore_ascii_case("Strings") {
                continue;
            }
            for line in &mut section.lines {
                for text in line.values.iter_mut().chain(&mut line.key) {
                    match substituted(text, &strings) {
                        Ok(done) => *text = done,
                        Err(name) => problems
                            .push(format!("line {}: %{name}% is in no [Strings]", line.number)),
                    }
                }
            }
        }
        if problems.is_empty() {
            Ok(Self { sections })
        } else {
            Err(problems)
        }
    }

    /// The section `name`.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Section> {
        named(&self.sections, name)
    }

    /// All sections.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The values of each line with `key` in `section`.
    pub fn all<'a>(&'a self, section: &str, key: &str) -> impl Iterator<Item = &'a [String]> {
        let lines = self.section(section).into_iter().flat_map(|it| &it.lines);
        let is_it = move |line: &&Line| {
            let there = line.key.as_deref();
            there.is_some_and(|there| there.eq_ignore_ascii_case(key))
        };
        let found: Vec<&[String]> = lines.filter(is_it).map(|line| &line.values[..]).collect();
        found.into_iter()
    }

    /// The first value of the first line with `key` in `section`.
    #[must_use]
    pub fn value(&self, section: &str, key: &str) -> Option<&str> {
        let values = self.all(section, key).next()?;
        values.first().map(String::as_str)
    }

    /// What the sections that `AddReg` names in `section` write.
    #[must_use]
    pub fn registry(&self, section: &str) -> Vec<Registry<'_>> {
        let named = self.all(section, "AddReg").flatten();
        let sections = named.filter_map(|name| self.section(name));
        sections
            .flat_map(|section| &section.lines)
            .map(registry)
            .collect()
    }
}

fn named<'a>(sections: &'a [Section], name: &str) -> Option<&'a Section> {
    sections
        .iter()
        .find(|section| section.name.eq_ignore_ascii_case(name))
}

fn registry(line: &Line) -> Registry<'_> {
    let part = |index: usize| line.values.get(index).map_or("", String::as_str);
    Registry {
        root: part(0),
        key: part(1),
        name: part(2),
        flags: number(part(3)).unwrap_or(0),
        value: line.values.get(4..).unwrap_or(&[]),
    }
}

/// A number as INFs write them: decimal, or hexadecimal behind `0x`.
#[must_use]
pub fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// Sections with their lines, before strings are put in.
fn split(text: &str, problems: &mut Vec<String>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut current: Option<usize> = None;
    for (number, line) in joined(text) {
        if let Some(name) = line.strip_prefix('[') {
            let Some(name) = name.strip_suffix(']') else {
                problems.push(format!(
                    "line {number}: {line}: no end of the section's name"
                ));
                continue;
            };
            let is_it = |section: &Section| section.name.eq_ignore_ascii_case(name);
            current = Some(sections.iter().position(is_it).unwrap_or_else(|| {
                sections.push(Section {
                    name: name.to_owned(),
                    lines: Vec::new(),
                });
                sections.len() - 1
            }));
            continue;
        }
        match (current, parts(&line)) {
            (Some(current), Some((key, values))) => sections[current].lines.push(Line {
                number,
                key,
                values,
            }),
            (None, _) => problems.push(format!("line {number}: {line}: in no section")),
            (_, None) => problems.push(format!("line {number}: {line}: quotes do not end")),
        }
    }
    sections
}

/// Lines without comments, those continued joined, those left empty left out; numbered from 1.
fn joined(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut continues = false;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let mut line = without_comment(line).trim();
        let goes_on = line.ends_with('\\') && quotes(line).is_multiple_of(2);
        line = line.strip_suffix('\\').filter(|_| goes_on).unwrap_or(line);
        match lines.last_mut().filter(|_| continues) {
            Some((_, before)) => before.push_str(line),
            None => lines.push((index + 1, line.to_owned())),
        }
        continues = goes_on;
    }
    lines.retain(|(_, line)| !line.is_empty());
    lines
}

fn quotes(text: &str) -> usize {
    text.matches('"').count()
}

fn without_comment(line: &str) -> &str {
    let is_outside = |at: &usize| quotes(&line[..*at]).is_multiple_of(2);
    let comment = line.match_indices(';').map(|(at, _)| at).find(is_outside);
    &line[..comment.unwrap_or(line.len())]
}

/// `key = value, "a value"`: the key, if there is one, and the values.
fn parts(line: &str) -> Option<(Option<String>, Vec<String>)> {
    let mut key = None;
    let mut values = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let is_first = values.len() == 1;
        let value = values.last_mut()?;
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                value.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => values.push(String::new()),
            '=' if !quoted && key.is_none() && is_first => {
                key = Some(values.pop()?.trim().to_owned());
                values.push(String::new());
            }
            c if c.is_whitespace() && !quoted && value.is_empty() => {}
            c => value.push(c),
        }
    }
    let trimmed = values.iter().map(|value| value.trim_end().to_owned());
    (!quoted).then(|| (key, trimmed.collect()))
}

/// Puts strings in; the name of one that is not there is the error.
fn substituted(text: &str, strings: &BTreeMap<String, String>) -> Result<String, String> {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        let Some((name, behind)) = behind.split_once('%') else {
            return Err(behind.to_owned());
        };
        done.push_str(before);
        match name {
            "" => done.push('%'),
            name if name.bytes().all(|byte| byte.is_ascii_digit()) => {
                done.push_str(&format!("%{name}%"));
            }
            name => match strings.get(&name.to_lowercase()) {
                Some(string) => done.push_str(string),
                None => return Err(name.to_owned()),
            },
        }
        rest = behind;
    }
    Ok(done + rest)
}

#[cfg(test)]
mod tests {
    use super::Inf;

    #[test]
    fn lines_are_read_as_setupapi_does() {
        let text = "\u{feff}; about\r\n[One]\r\nA = %x%, \"b;, \"\"c\"\"\" ; so\nplain\n[two]\nHKR,, N, 0x10001, \\\n  7\n\
                    [ONE]\nb = %13%\\f, \"%%d%%\"\n[Strings]\nX = \"the x\"\n";
        let inf = Inf::parse(text).expect("well formed");
        let first: Vec<_> = inf.all("one", "a").collect();
        assert_eq!(first, [["the x", "b;, \"c\""]]);
        assert_eq!(
            inf.section("One").expect("there").lines[1].values,
            ["plain"]
        );
        let two = &inf.section("TWO").expect("there").lines[0];
        assert_eq!(two.values, ["HKR", "", "N", "0x10001", "7"]);
        let last: Vec<_> = inf.all("one", "B").collect();
        assert_eq!(last, [["%13%\\f", "%d%"]]);
    }

    #[test]
    fn what_setupapi_would_not_understand_is_named() {
        let wrong = "A = 1\n[One\nB = %none%\n[Two]\nC = \"open\nD = %none%\n";
        let said = Inf::parse(wrong).expect_err("four mistakes").join("\n");
        for part in ["line 1", "line 2", "line 5", "%none%"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
