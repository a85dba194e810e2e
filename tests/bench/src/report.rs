//! The table for people and the object for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{machine::Network, rounds::Row};

const LEGEND: &str = "
medians; ratios are the median of each round's own. TCP: the bytes alone (64 B rate: one call a
message). framed TCP: with MPA framing, and CRC32C computed and checked. softrnic: sends complete
when the peer's TCP has acknowledged them; hand-over: when TCP has taken them.
";

/// What was measured, on what, and against whom.
pub struct Report<'a> {
    /// The points.
    pub rows: &'a [Row],
    /// Every contender's name, the references first.
    pub contenders: &'a [String],
    /// How many of them are references.
    pub references: usize,
    /// The network.
    pub network: &'a Network,
    /// SHA-256 of the image measured.
    pub image_sha256: &'a str,
}

impl Report<'_> {
    fn ours(&self) -> &[String] {
        self.contenders.get(self.references..).unwrap_or_default()
    }

    fn theirs(&self) -> &[String] {
        self.contenders.get(..self.references).unwrap_or_default()
    }

    /// A row a point: every median, then every ratio of ours to a reference.
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = format!("{:<28}{:>6}", "", "");
        for name in self.contenders {
            let _ = write!(table, "{name:>12}");
        }
        for (ours, theirs) in self.pairs() {
            let _ = write!(table, "{:>24}", format!("{ours} / {theirs}"));
        }
        table.push('\n');
        for row in self.rows {
            let _ = write!(
                table,
                "{:<28}{:>6}",
                row.point.name,
                row.point.unit.symbol()
            );
            for name in self.contenders {
                let _ = write!(table, "{:>12}", row.median(name).map_or("–".into(), number));
            }
            for (ours, theirs) in self.pairs() {
                let ratio = row.ratio(ours, theirs);
                let _ = write!(
                    table,
                    "{:>24}",
                    ratio.map_or("–".into(), |r| format!("{r:.2}"))
                );
            }
            table.push('\n');
        }
        for (row, why) in self.missing() {
            let _ = writeln!(table, "not measured: {}: {why}", row.point.name);
        }
        table + LEGEND
    }

    fn missing(&self) -> impl Iterator<Item = (&Row, &str)> {
        let rows = self.rows.iter();
        rows.filter_map(|row| Some((row, row.missing.as_deref()?)))
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let ours = self.ours().iter();
        ours.flat_map(|ours| self.theirs().iter().map(move |theirs| (&**ours, &**theirs)))
    }

    /// One object with every figure.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "image_sha256": self.image_sha256,
            "network": {
                "private": self.network.private,
                "congestion_control": self.network.congestion_control,
            },
            "contenders": self.contenders,
            "points": self.rows.iter().map(|row| self.point(row)).collect::<Vec<_>>(),
        })
    }

    fn point(&self, row: &Row) -> Value {
        let results = row.results.iter().map(|(name, rounds)| {
            (
                name.clone(),
                json!({ "median": row.median(name), "rounds": rounds }),
            )
        });
        let ratios = self.pairs().filter_map(|(ours, theirs)| {
            Some((
                format!("{ours} / {theirs}"),
                json!(row.ratio(ours, theirs)?),
            ))
        });
        json!({
            "name": row.point.name,
            "size": row.point.size,
            "window": row.point.window,
            "unit": row.point.unit.symbol(),
            "better": if row.point.unit.smaller_is_better() { "smaller" } else { "larger" },
            "results": results.collect::<serde_json::Map<_, _>>(),
            "ratios": ratios.collect::<serde_json::Map<_, _>>(),
            "missing": row.missing,
        })
    }
}

fn number(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
