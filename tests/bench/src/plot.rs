//! The ratios as pictures: a bar a point and contender, 1.0 is plain TCP.

use std::path::Path;

use plotters::prelude::*;

use crate::{
    point::Unit,
    reference::PLAIN,
    results::Results,
    rounds::{Role, Row},
};

const WIDTH: u32 = 1000;
const BAR: u32 = 14;
const MARGIN: u32 = 60;
/// Room for the names.
const LABELS: u32 = 380;

/// What a picture shows: its file's name, its caption, and the units of its points.
const PICTURES: &[(&str, &str, &[Unit])] = &[
    ("times.svg", "speed of one operation", &[Unit::Microseconds]),
    (
        "rates.svg",
        "rate of many operations",
        &[Unit::MebibytesPerSecond, Unit::PerSecond],
    ),
];

/// Draws every picture into `folder`, and gives the names of the files.
///
/// # Errors
///
/// When a file cannot be written.
pub fn draw(results: &Results, folder: &Path) -> Result<Vec<&'static str>, String> {
    let mut files = Vec::new();
    for (file, caption, units) in PICTURES {
        let rows = results.rows.iter();
        let wanted = rows.filter(|row| units.contains(&row.point.unit));
        let bars: Vec<Bar> = wanted.flat_map(bars).collect();
        if bars.is_empty() {
            continue;
        }
        let to = folder.join(file);
        let area = (WIDTH, MARGIN * 2 + BAR * bars.len() as u32);
        let area = SVGBackend::new(&to, area).into_drawing_area();
        let drawn = render(&area, &bars, caption);
        drawn.map_err(|error| format!("{}: {error}", to.display()))?;
        files.push(*file);
    }
    Ok(files)
}

#[derive(Debug, PartialEq)]
struct Bar {
    label: String,
    /// To plain TCP; larger is better.
    ratio: f64,
    role: Role,
}

/// Everybody's at a point but plain TCP's own.
fn bars(row: &Row) -> Vec<Bar> {
    let others = row.series.iter().filter(|one| one.contender != PLAIN);
    let bars = others.filter_map(|one| {
        let ratio = row.ratio(&one.contender, PLAIN)?.median;
        let better = if row.point.unit.smaller_is_better() {
            1.0 / ratio
        } else {
            ratio
        };
        Some(Bar {
            label: format!("{} ({})", row.point.name, one.contender),
            ratio: better,
            role: one.role,
        })
    });
    bars.collect()
}

fn color(role: Role) -> RGBColor {
    match role {
        Role::Ours => RGBColor(31, 119, 180),
        Role::Reference => RGBColor(127, 127, 127),
        Role::Peer => RGBColor(255, 127, 14),
    }
}

fn render(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    bars: &[Bar],
    caption: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let widest = bars.iter().map(|bar| bar.ratio).fold(1.2, f64::max) * 1.05;
    area.fill(&WHITE)?;
    let caption =
        format!("{caption}, to plain TCP = 1; softrnic blue, framed TCP grey, peers orange");
    let mut chart = ChartBuilder::on(area)
        .caption(caption, ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(LABELS)
        .build_cartesian_2d(0.0..widest, 0.0..bars.len() as f64)?;
    let label = |at: &f64| {
        let index = bars.len().checked_sub(1 + at.floor() as usize);
        index
            .and_then(|index| bars.get(index))
            .map_or(String::new(), |bar| bar.label.clone())
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_labels(bars.len() + 1)
        .y_label_formatter(&label)
        .x_desc("median of the ratios of each round; larger is better")
        .draw()?;
    for (index, bar) in bars.iter().enumerate() {
        let bottom = (bars.len() - 1 - index) as f64;
        let corners = [(0.0, bottom + 0.15), (bar.ratio, bottom + 0.85)];
        chart.draw_series([Rectangle::new(corners, color(bar.role).filled())])?;
    }
    let one = vec![(1.0, 0.0), (1.0, bars.len() as f64)];
    chart.draw_series([PathElement::new(one, BLACK)])?;
    area.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::bars;
    use crate::{
        point::{Point, Verb},
        rounds::{Role, Row, Series},
    };

    #[test]
    fn bars_are_longer_for_what_is_faster() {
        let series = |contender: &str, role, figure| Series {
            contender: contender.to_owned(),
            role,
            rounds: vec![figure],
        };
        let row = Row {
            point: Point::time(Verb::Send, 64),
            series: vec![
                series("TCP", Role::Reference, 5.0),
                series("softrnic", Role::Ours, 10.0),
            ],
            missing: Vec::new(),
        };
        let drawn = bars(&row);
        assert_eq!(drawn.len(), 1);
        assert_eq!((drawn[0].ratio, drawn[0].role), (0.5, Role::Ours));
    }
}
