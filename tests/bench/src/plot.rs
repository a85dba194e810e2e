//! The ratios as a picture: a bar a point and contender, 1.0 is the reference.

use std::path::Path;

use plotters::prelude::*;

use crate::{report::Report, rounds::Row};

const WIDTH: u32 = 1000;
const BAR: u32 = 18;
const MARGIN: u32 = 60;

/// Draws how `report`'s contenders compare with the reference named `reference`, always so that
/// more is better.
///
/// # Errors
///
/// When the file cannot be written.
pub fn draw(report: &Report<'_>, reference: &str, to: &Path) -> Result<(), String> {
    let bars = bars(report, reference);
    let height = MARGIN * 2 + BAR * bars.len().max(1) as u32;
    let area = SVGBackend::new(to, (WIDTH, height)).into_drawing_area();
    render(&area, &bars, reference).map_err(|error| format!("{}: {error}", to.display()))
}

struct Bar {
    label: String,
    ratio: f64,
    series: usize,
}

fn bars(report: &Report<'_>, reference: &str) -> Vec<Bar> {
    let ours = report.contenders.iter().skip(report.references).enumerate();
    let of_row = |row: &Row| {
        let bars = ours.clone().filter_map(|(series, name)| {
            let ratio = row.ratio(name, reference)?;
            let ratio = if row.point.unit.smaller_is_better() {
                1.0 / ratio
            } else {
                ratio
            };
            Some(Bar {
                label: format!("{} ({name})", row.point.name),
                ratio,
                series,
            })
        });
        bars.collect::<Vec<_>>()
    };
    report.rows.iter().flat_map(of_row).collect()
}

fn render(
    area: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>,
    bars: &[Bar],
    reference: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let widest = bars.iter().map(|bar| bar.ratio).fold(1.2, f64::max) * 1.05;
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(area)
        .caption(
            format!("relative to {reference}, larger is better"),
            ("sans-serif", 18),
        )
        .margin(10)
        .x_label_area_size(30)
        .y_label_area_size(330)
        .build_cartesian_2d(0.0..widest, 0.0..bars.len().max(1) as f64)?;
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
        .x_desc("median of the ratios of each round")
        .draw()?;
    for (index, bar) in bars.iter().enumerate() {
        let bottom = (bars.len() - 1 - index) as f64;
        let color = Palette99::pick(bar.series).filled();
        let corners = [(0.0, bottom + 0.15), (bar.ratio, bottom + 0.85)];
        chart.draw_series([Rectangle::new(corners, color)])?;
    }
    chart.draw_series([PathElement::new(
        vec![(1.0, 0.0), (1.0, bars.len() as f64)],
        BLACK,
    )])?;
    area.present()?;
    Ok(())
}
