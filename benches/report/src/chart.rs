//! The chart: time per document of the batch, rolegate and its peers.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::Result;
use crate::figures::Figures;
use crate::format::{ratio, time};

const WIDTH: u32 = 860;
const BAR: u32 = 26;
const TOP: u32 = 64;
const BOTTOM: u32 = 36;
/// For the names.
const LEFT: u32 = 160;
/// For the figures behind the longest bar.
const RIGHT: u32 = 150;

// A background of its own, so that it can be read on a dark page too.
const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
const INK: RGBColor = RGBColor(0x1f, 0x23, 0x28);
const PALE_INK: RGBColor = RGBColor(0x59, 0x63, 0x6e);
const GRID: RGBColor = RGBColor(0xdd, 0xe1, 0xe6);
const OURS: RGBColor = RGBColor(0xc2, 0x41, 0x0c);
const THEIRS: RGBColor = RGBColor(0x8c, 0xa0, 0xb8);

/// The chart as SVG.
pub fn draw(figures: &Figures) -> Result<String> {
    let mut bars = figures.group("batch/2000")?;
    // Preparing more than the caller can is no way of its own to filter a batch.
    bars.retain(|(name, _)| *name != "rolegate-filter");
    let compiled = figures.get("batch/2000/rolegate-compiled")?.each();
    let shortest = bars.iter().map(|(_, figure)| figure.each()).fold(f64::MAX, f64::min);
    let longest = bars.iter().map(|(_, figure)| figure.each()).fold(0.0, f64::max);
    let range = 10f64.powf((shortest / 2.0).log10().floor())..10f64.powf(longest.log10().ceil());

    let count = u32::try_from(bars.len())?;
    let height = TOP + BAR * count + BOTTOM;
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        root.fill(&PAPER)?;
        let text = |size: u32, ink: &RGBColor, at: HPos| {
            let font = ("system-ui, 'Segoe UI', Helvetica, Arial, sans-serif", size);
            font.into_font().color(ink).pos(Pos::new(at, VPos::Center))
        };
        let left = i32::try_from(LEFT)?;
        root.draw_text("Time to decide on one document", &text(19, &INK, HPos::Left), (16, 22))?;
        root.draw_text(
            "2,000 documents, a user with 12 roles; logarithmic scale; in brackets, to rolegate-compiled",
            &text(13, &PALE_INK, HPos::Left),
            (16, 46),
        )?;
        let mut chart = ChartBuilder::on(&root)
            .margin_top(TOP)
            .margin_left(LEFT)
            .margin_right(RIGHT)
            .x_label_area_size(BOTTOM)
            .build_cartesian_2d(range.clone().log_scale(), f64::from(count)..0.0)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_labels(12)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .axis_style(GRID)
            .x_label_style(text(13, &PALE_INK, HPos::Center))
            .x_label_formatter(&|nanoseconds| time(*nanoseconds).replace(".0", ""))
            .draw()?;
        for (row, (name, figure)) in (0..).map(f64::from).zip(&bars) {
            let each = figure.each();
            let ours = name.starts_with("rolegate");
            let corners = [(range.start, row + 0.16), (each, row + 0.84)];
            let color = if ours { OURS } else { THEIRS };
            chart.draw_series([Rectangle::new(corners, color.filled())])?;
            let (end, middle) = chart.backend_coord(&(each, row + 0.5));
            root.draw_text(name, &text(14, &INK, HPos::Right), (left - 10, middle))?;
            let ink = if ours { &OURS } else { &INK };
            let label = match *name {
                "rolegate-compiled" => time(each),
                _ => format!("{}  ({})", time(each), ratio(each / compiled)),
            };
            root.draw_text(&label, &text(13, ink, HPos::Left), (end + 8, middle))?;
        }
        root.present()?;
    }
    Ok(svg)
}
