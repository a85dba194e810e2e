//! The report for people: the same text on a terminal and in `docs/performance.md`.

use std::fmt::Write as _;

use crate::{
    explain,
    point::Unit,
    profile,
    results::Results,
    rounds::{Role, Row},
    statistics::Spread,
    targets::{self, Verdict},
};

const LEGEND: &str = "\
Figures are medians of the rounds; a ratio is the median of each round's own ratio, with the least and the most of the rounds.
A time is the least of the medians of ten parts of its measurement (of UCX, which tells one of all, of three runs), and up to 4 KiB of three
such in each round, taken in turns: a neighbour on the same hardware slows whole stretches by half, of whoever is being measured.
No connection begins with what an earlier one between the same addresses came to (`tcp_no_metrics_save`).
`TCP`: the bytes alone (8 and 64 B, and reads: one call a message). `framed TCP`: with MPA framing, and CRC32C computed and
checked: the ideal iWARP. `WSK` and those behind it: the same by the least driver, through the interface that every driver has.
`softrnic`: a send completes when the peer's TCP has acknowledged it, as on Windows; `hand-over`: when TCP has taken it, as the
peers complete theirs. No peer computes a CRC: `no CRC` has it negotiated off. A write that is timed has an empty send behind
it, as NDK tells nobody of a write; the peers look at the memory instead.
";

/// The whole report, in Markdown.
#[must_use]
pub fn markdown(results: &Results) -> String {
    let mut text = head(results);
    text += "\n## Targets\n\n";
    text += &verdicts(&targets::judge(&results.rows));
    text += &explain::markdown(&results.rows);
    text += "\n## Figures\n\n";
    text += LEGEND;
    for unit in units(&results.rows) {
        let rows = results.rows.iter().filter(|row| row.point.unit == unit);
        text += &figures(&rows.collect::<Vec<_>>(), unit);
    }
    text += &missing(results);
    text += &profile::report(&results.profile);
    text
}

fn head(results: &Results) -> String {
    let network = &results.network;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "Measured on {} by `{}`: {} rounds of {} s a figure, contenders in turn, each turn in another order.",
        results.date, results.command, results.rounds, results.seconds
    );
    let _ = writeln!(text, "Machine: {}.", results.machine);
    let whose = if network.private {
        "a network namespace of its own"
    } else {
        "the host's network"
    };
    let _ = writeln!(text, "Network: {whose}, {}.", network.congestion_control);
    let _ = writeln!(
        text,
        "Image: SHA-256 {}. Verifier: {}.",
        results.image_sha256, results.verifier
    );
    if let Some(doubt) = network.doubt() {
        let _ = writeln!(text, "\n**Take care:** {doubt}.");
    }
    text
}

/// A line a limit: both ways of completing sends beside each other.
fn verdicts(all: &[Verdict]) -> String {
    let mut text =
        "| row | point | ours | against | target | ratio | |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    for one in all {
        let met = if one.met() { "met" } else { "**not met**" };
        text += &line(one, &spread(&one.ratio), met);
    }
    let met = all.iter().filter(|one| one.met()).count();
    let _ = writeln!(text, "\n{met} of {} met.", all.len());
    text
}

/// A line of a table of limits: which one, the ratio, and what is said of it.
pub(crate) fn line(one: &Verdict, ratio: &str, said: &str) -> String {
    let Verdict {
        row,
        point,
        ours,
        against,
        at,
        ..
    } = one;
    let sign = if one.at_most { "≤" } else { "≥" };
    format!("| {row} | {point} | {ours} | {against} | {sign} {at} | {ratio} | {said} |\n")
}

fn units(rows: &[Row]) -> Vec<Unit> {
    let mut units = Vec::new();
    for row in rows {
        if !units.contains(&row.point.unit) {
            units.push(row.point.unit);
        }
    }
    units
}

/// A table of points with the same unit: those who have figures there, references first, ours last.
fn figures(rows: &[&Row], unit: Unit) -> String {
    let mut names: Vec<(Role, &str)> = Vec::new();
    for one in rows.iter().flat_map(|row| &row.series) {
        let name = (one.role, one.contender.as_str());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by_key(|(role, _)| match role {
        Role::Reference => 0,
        Role::Peer => 1,
        Role::Ours => 2,
    });
    let mut text = format!("\n| {} |", unit.symbol());
    for (_, name) in &names {
        let _ = write!(text, " {name} |");
    }
    text += "\n|---|";
    text += &"---|".repeat(names.len());
    for row in rows {
        let _ = write!(text, "\n| {} |", row.point.name);
        for (_, name) in &names {
            let figure = row.of(name).and_then(Spread::of);
            let _ = write!(
                text,
                " {} |",
                figure.map_or("–".to_owned(), |it| number(it.median))
            );
        }
    }
    text + "\n"
}

fn missing(results: &Results) -> String {
    let of_points = results.rows.iter().flat_map(|row| {
        let at = |why: &str| format!("{}: {why}", row.point.name);
        row.missing
            .iter()
            .map(move |one| (&one.contender, at(&one.why)))
    });
    let everywhere = results
        .missing
        .iter()
        .map(|one| (&one.contender, one.why.clone()));
    let mut text = String::new();
    for (who, why) in everywhere.chain(of_points) {
        let _ = writeln!(text, "- {who}: {}", why.trim().replace('\n', " "));
    }
    if text.is_empty() {
        return text;
    }
    format!("\n## Not measured\n\n{text}")
}

fn spread(ratio: &Spread) -> String {
    format!(
        "{} ({}–{})",
        number(ratio.median),
        number(ratio.least),
        number(ratio.most)
    )
}

/// With as many digits as mean something.
pub(crate) fn number(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests;
