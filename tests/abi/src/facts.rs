//! The fact tables, read from `facts/`.

use std::collections::BTreeMap;

/// What the headers say of a type or a field.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    pub offset: usize,
    pub size: usize,
    pub align: usize,
}

/// What the headers say of a function: `arguments` and `returns` in bytes.
#[derive(Clone, Debug)]
pub struct Signature {
    pub arguments: Vec<usize>,
    pub returns: usize,
}

const STRUCTS: &str = include_str!("../facts/structs.tsv");
const CONSTANTS: &str = include_str!("../facts/constants.tsv");
const FUNCTIONS: &str = include_str!("../facts/functions.tsv");
const GUIDS: &str = include_str!("../facts/guids.tsv");

/// Every type's fields by path; the type itself has the empty path.
#[must_use]
pub fn structs() -> BTreeMap<&'static str, BTreeMap<&'static str, Fact>> {
    let mut table: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for [owner, path, offset, size, align] in rows(STRUCTS) {
        let fact = Fact {
            offset: number(offset),
            size: number(size),
            align: number(align),
        };
        table.entry(owner).or_default().insert(path, fact);
    }
    table
}

/// Constants with their size in bytes; the value is masked to that size.
#[must_use]
pub fn constants() -> BTreeMap<&'static str, (u64, usize)> {
    rows(CONSTANTS)
        .map(|[name, value, size]| {
            let digits = value.trim_start_matches("0x");
            let value = u64::from_str_radix(digits, 16).expect("a hexadecimal value");
            (name, (value, number(size)))
        })
        .collect()
}

/// Imports and function types.
#[must_use]
pub fn functions() -> BTreeMap<&'static str, Signature> {
    rows(FUNCTIONS)
        .map(|[name, arguments, returns]| {
            let arguments = arguments.split(',').filter(|size| !size.is_empty());
            let arguments = arguments.map(number).collect();
            (
                name,
                Signature {
                    arguments,
                    returns: number(returns),
                },
            )
        })
        .collect()
}

/// Interface and extension identifiers, as text.
#[must_use]
pub fn guids() -> BTreeMap<&'static str, &'static str> {
    rows(GUIDS).map(|[name, guid]| (name, guid)).collect()
}

fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().skip(1).map(|line| {
        let cells: Vec<_> = line.split('\t').collect();
        cells
            .try_into()
            .unwrap_or_else(|_| panic!("a row of {N} cells: {line}"))
    })
}

fn number(cell: &str) -> usize {
    if cell.is_empty() {
        0
    } else {
        cell.parse().expect("a number")
    }
}
