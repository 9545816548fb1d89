//! The chart: time per document of the batch, rolegate and its peers, on a logarithmic scale.

use std::fmt::Write;

use crate::Result;
use crate::figures::Figures;
use crate::format::{RATIO, TIME};

/// The left end of the bars, to the right of the names.
const LEFT: f64 = 160.0;
/// The width of the axis. The figure of the longest bar is to the right of the axis.
const WIDTH: f64 = 550.0;

/// Returns the chart as SVG.
pub fn draw(figures: &Figures) -> Result<String> {
    let mut names = figures.names("batch/2000/");
    // A caller cannot prepare the visibility of every user.
    names.retain(|name| !name.ends_with("/rolegate-filter"));
    let times = names
        .iter()
        .map(|name| Ok(figures.get(name)?.each().median()))
        .collect::<Result<Vec<_>>>()?;
    let [shortest, .., longest] = times[..] else { return Err("the chart needs two bars".into()) };
    let (first, last) = ((shortest / 2.0).log10().floor(), longest.log10().ceil());
    let width = |time: f64| (time.log10() - first) / (last - first) * WIDTH;
    // Each bar takes 26 pixels.
    let bottom = 64 + 26 * names.len();
    let height = bottom + 36;
    // Its own background keeps the chart readable on a dark page.
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="860" height="{height}" font-family="sans-serif" font-size="11">
<rect width="860" height="{height}" fill="#ffffff"/>
<text x="16" y="26" font-size="15">Time to decide on one document</text>
<text x="16" y="50">2,000 documents, a user with 12 roles; logarithmic scale; in brackets, divided by the time of rolegate-compiled</text>
"##
    );
    let powers = (0..30).map(|power| 10f64.powf(first + f64::from(power)));
    for power in powers.take_while(|power| power.log10() <= last + 0.5) {
        let (x, y, label) = (LEFT + width(power), bottom + 20, TIME(power, 1));
        writeln!(svg, r##"<path d="M{x:.0} 64V{bottom}" stroke="#dde1e6"/>"##)?;
        writeln!(svg, r#"<text x="{x:.0}" y="{y}" text-anchor="middle">{label}</text>"#)?;
    }
    for (row, (name, time)) in names.iter().zip(times).enumerate() {
        let (_, short) = name.rsplit_once('/').ok_or("a benchmark without a group")?;
        let fill = if short.starts_with("rolegate") { "#c2410c" } else { "#8ca0b8" };
        let (top, middle, width) = (68 + 26 * row, 81 + 26 * row, width(time));
        let ratio = RATIO(figures.ratio(name, "batch/2000/rolegate-compiled")?.smallest(), 2);
        let (left, right, time) = (LEFT - 10.0, LEFT + width + 8.0, TIME(time, 2));
        writeln!(
            svg,
            r#"<rect x="{LEFT}" y="{top}" width="{width:.0}" height="18" fill="{fill}"/>"#
        )?;
        writeln!(svg, r#"<text x="{left}" y="{middle}" text-anchor="end">{short}</text>"#)?;
        writeln!(svg, r#"<text x="{right:.0}" y="{middle}">{time} ({ratio})</text>"#)?;
    }
    Ok(svg + "</svg>\n")
}
