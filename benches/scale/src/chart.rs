//! The chart: six panels on logarithmic axes, with the slope of each line.

use std::fmt::Write;
use std::fs;

use crate::Result;
use crate::format::{BYTES, Show, TIME};

/// The end of the name of a line that is dashed: the line of the user who sees a tenth of the lists.
pub const DASHED: &str = " (a tenth)";

/// The width of the chart, and the sizes of a panel and of the plot within it, in pixels.
const WIDTH: f64 = 1_000.0;
const PANEL: (f64, f64) = (328.0, 360.0);
const PLOT: (f64, f64) = (250.0, 210.0);
/// The place of the plot within its panel.
const LEFT: f64 = 62.0;
const TOP: f64 = 30.0;
/// The height of the text above the panels.
const TITLE: f64 = 84.0;

/// The colour of each line. A dashed line has the colour of the solid line.
const COLOURS: [(&str, &str); 9] = [
    ("filter", "#8ca0b8"),
    ("page", "#c2410c"),
    ("total", "#15803d"),
    ("resolve", "#1d4ed8"),
    ("index with table", "#c2410c"),
    ("table", "#15803d"),
    ("column", "#8ca0b8"),
    ("visibility", "#1d4ed8"),
    ("principal", "#7e22ce"),
];

/// The rows of panels: the unit, the beginning of the titles, and the function that prints a label.
const ROWS: [(&str, &str, Show); 2] = [("ns", "Time", TIME), ("bytes", "Memory", MEMORY)];

const MEMORY: Show = |value, digits| match value {
    1e9.. => BYTES(value / 1e9, digits).replace("bytes", "GB"),
    1e6.. => BYTES(value / 1e6, digits).replace("bytes", "MB"),
    1e3.. => BYTES(value / 1e3, digits).replace("bytes", "kB"),
    _ => BYTES(value, digits).replace("bytes", "B"),
};

/// A line of a panel: its points in ascending order of `x`.
struct Line<'t> {
    name: &'t str,
    points: Vec<(f64, f64)>,
}

impl Line<'_> {
    /// Returns the slope with two decimals.
    fn slope(&self) -> String {
        slope(&self.points).map_or("one point".into(), signed)
    }
}

/// Reads the points and writes the chart.
pub fn write(file: &str, svg: &str) -> Result<()> {
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    Ok(fs::write(svg, draw(&text)?)?)
}

fn draw(text: &str) -> Result<String> {
    let mut axes: Vec<&str> = Vec::new();
    for axis in text.lines().skip(1).filter_map(|row| row.split(',').next()) {
        if !axes.contains(&axis) {
            axes.push(axis);
        }
    }
    let height = TITLE + PANEL.1 * ROWS.len() as f64;
    // Its own background keeps the chart readable on a dark page.
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="11">
<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>
<text x="16" y="26" font-size="15">Time and memory against documents, lists and roles</text>
<text x="16" y="46">Logarithmic axes. In brackets, the slope of each line: 0 is constant, 1 is proportional.</text>
<text x="16" y="62">Solid: the user has 12 roles that reach ten lists, or each of its roles reaches five lists. Dashed: 12 roles that reach a tenth of the lists.</text>
"##
    );
    for (row, (unit, title, show)) in ROWS.into_iter().enumerate() {
        for (column, axis) in axes.iter().enumerate() {
            let lines = lines_of(text, axis, unit)?;
            let place = (8.0 + column as f64 * PANEL.0, TITLE + row as f64 * PANEL.1);
            writeln!(svg, r#"<g transform="translate({} {})">"#, place.0, place.1)?;
            writeln!(svg, r#"<text x="16" y="16">{title} against {axis}</text>"#)?;
            panel(&mut svg, &lines, show)?;
            writeln!(svg, "</g>")?;
        }
    }
    Ok(svg + "</svg>\n")
}

/// Returns the lines of a panel, in the order in which they were measured.
fn lines_of<'t>(text: &'t str, axis: &str, unit: &str) -> Result<Vec<Line<'t>>> {
    let mut lines: Vec<Line> = Vec::new();
    for row in text.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [of_axis, of_unit, name, x, value] = cells[..] else {
            return Err(format!("expected five cells, found `{row}`").into());
        };
        let point: (f64, f64) = (x.parse()?, value.parse()?);
        // A logarithmic axis has no place for zero, such as a visibility without memory.
        if (of_axis, of_unit) != (axis, unit) || point.1 <= 0.0 {
            continue;
        }
        match lines.iter_mut().find(|line| line.name == name) {
            Some(line) => line.points.push(point),
            None => lines.push(Line { name, points: [point].into() }),
        }
    }
    if lines.is_empty() {
        return Err(format!("no points of {axis} in {unit}").into());
    }
    Ok(lines)
}

/// A logarithmic scale over whole powers of ten.
struct Scale {
    first: f64,
    last: f64,
    pixels: f64,
}

impl Scale {
    fn new(values: impl Iterator<Item = f64> + Clone, pixels: f64) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min).log10();
        let most = values.fold(0.0, f64::max).log10();
        // The small difference keeps a rounded power of ten on its own line.
        let first = (least + 1e-9).floor();
        Self { first, last: (most - 1e-9).ceil().max(first + 1.0), pixels }
    }

    fn at(&self, value: f64) -> f64 {
        (value.log10() - self.first) / (self.last - self.first) * self.pixels
    }

    fn powers(&self) -> impl Iterator<Item = f64> {
        (self.first as i32..=self.last as i32).map(|power| 10_f64.powi(power))
    }
}

fn panel(svg: &mut String, lines: &[Line], show: Show) -> Result<()> {
    let points = lines.iter().flat_map(|line| &line.points);
    let across = Scale::new(points.clone().map(|point| point.0), PLOT.0);
    let up = Scale::new(points.map(|point| point.1), PLOT.1);
    grid(svg, &across, &up, show)?;
    for line in lines {
        let (colour, stroke) = (colour(line.name)?, stroke(line.name)?);
        let mut path = String::new();
        for (x, value) in &line.points {
            let (x, y) = (LEFT + across.at(*x), TOP + PLOT.1 - up.at(*value));
            let step = if path.is_empty() { 'M' } else { 'L' };
            write!(path, "{step}{x:.1} {y:.1}")?;
            writeln!(svg, r#"<circle cx="{x:.1}" cy="{y:.1}" r="2.2" fill="{colour}"/>"#)?;
        }
        writeln!(svg, r#"<path d="{path}" fill="none" {stroke}/>"#)?;
    }
    legend(svg, lines)
}

fn grid(svg: &mut String, across: &Scale, up: &Scale, show: Show) -> Result<()> {
    let (right, bottom) = (LEFT + PLOT.0, TOP + PLOT.1);
    for power in across.powers() {
        let (x, y, label) = (LEFT + across.at(power), bottom + 15.0, short(power as usize));
        writeln!(svg, r##"<path d="M{x:.0} {TOP}V{bottom}" stroke="#dde1e6"/>"##)?;
        writeln!(svg, r#"<text x="{x:.0}" y="{y}" text-anchor="middle">{label}</text>"#)?;
    }
    for power in up.powers() {
        let y = bottom - up.at(power);
        writeln!(svg, r##"<path d="M{LEFT} {y:.0}H{right}" stroke="#dde1e6"/>"##)?;
        let (x, y, label) = (LEFT - 6.0, y + 4.0, show(power, 1));
        writeln!(svg, r#"<text x="{x}" y="{y:.0}" text-anchor="end">{label}</text>"#)?;
    }
    Ok(())
}

/// Draws the name and the slope of each solid line, with the slope of the dashed line of the same colour.
fn legend(svg: &mut String, lines: &[Line]) -> Result<()> {
    let solid = lines.iter().filter(|line| !line.name.ends_with(DASHED));
    for (number, line) in solid.enumerate() {
        let y = TOP + PLOT.1 + 34.0 + 14.0 * number as f64;
        let dashed = lines.iter().find(|other| other.name.strip_suffix(DASHED) == Some(line.name));
        let dashed = dashed.map(|line| format!(", dashed {}", line.slope())).unwrap_or_default();
        let (x, name, slope) = (LEFT + 28.0, line.name, line.slope());
        writeln!(svg, r#"<path d="M{LEFT} {:.0}h22" {}/>"#, y - 4.0, stroke(line.name)?)?;
        writeln!(svg, r#"<text x="{x}" y="{y:.0}">{name} ({slope}{dashed})</text>"#)?;
    }
    Ok(())
}

/// Returns the colour and the dashes of a line.
fn stroke(name: &str) -> Result<String> {
    let dashes = if name.ends_with(DASHED) { r#" stroke-dasharray="5 3""# } else { "" };
    Ok(format!(r#"stroke="{}" stroke-width="1.8"{dashes}"#, colour(name)?))
}

fn colour(name: &str) -> Result<&'static str> {
    let solid = name.strip_suffix(DASHED).unwrap_or(name);
    let found = COLOURS.into_iter().find(|(line, _)| *line == solid);
    Ok(found.ok_or_else(|| format!("line `{name}` has no colour"))?.1)
}

/// Returns the exponent of the power law that fits best: the slope of the regression line by least squares of the
/// logarithms. Returns `None` if all points have the same `x`.
fn slope(points: &[(f64, f64)]) -> Option<f64> {
    let count = points.len() as f64;
    let logs = || points.iter().map(|(x, y)| (x.log10(), y.log10()));
    let (sum_x, sum_y) = logs().fold((0.0, 0.0), |sum, log| (sum.0 + log.0, sum.1 + log.1));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let spread: f64 = logs().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let joint: f64 = logs().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    (spread > 0.0).then(|| joint / spread)
}

/// Prints a slope with two decimals.
fn signed(slope: f64) -> String {
    // Zero has no sign.
    let rounded = (slope * 100.0).round() / 100.0 + 0.0;
    format!("{rounded:.2}").replace('-', "−")
}

/// Prints a power of ten, such as `10k`.
pub fn short(power: usize) -> String {
    match power {
        1_000_000.. => format!("{}M", power / 1_000_000),
        1_000.. => format!("{}k", power / 1_000),
        _ => power.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::{DASHED, draw, short, signed, slope};

    #[test]
    fn slope_is_the_exponent_of_a_power_law() {
        let law = |exponent: i32| -> Vec<(f64, f64)> {
            [10.0_f64, 100.0, 1_000.0].map(|x| (x, 3.0 * x.powi(exponent))).into()
        };
        for exponent in -1..=2 {
            let found = slope(&law(exponent)).unwrap();
            assert!((found - f64::from(exponent)).abs() < 1e-9, "{exponent}: {found}");
        }
        assert_eq!(slope(&[(10.0, 1.0)]), None);
        // Least squares, not the line through the ends, which would give 1.
        let bent = slope(&[(1.0, 1.0), (10.0, 1.0), (100.0, 1.0), (1_000.0, 1_000.0)]).unwrap();
        assert!((bent - 0.9).abs() < 1e-9, "{bent}");
    }

    #[test]
    fn number_of_an_axis_is_short() {
        assert_eq!([1, 100, 10_000, 100_000_000].map(short), ["1", "100", "10k", "100M"]);
        assert_eq!([0.004, -0.004, -0.256].map(signed), ["0.00", "0.00", "−0.26"]);
    }

    #[test]
    fn chart_refuses_missing_points_and_unknown_lines() {
        let mut points = String::from("axis,unit,line,x,value\n");
        for axis in ["documents", "lists", "roles"] {
            for (unit, line) in [("ns", "page"), ("bytes", "table")] {
                writeln!(points, "{axis},{unit},{line},10,5\n{axis},{unit},{line},100,50").unwrap();
            }
        }
        let svg = draw(&points).unwrap();
        assert_eq!((svg.matches("(1.00)").count(), svg.matches("dasharray").count()), (6, 0));
        let dashed = points
            .replace(",page,100,50\n", &format!(",page,100,50\nlists,ns,page{DASHED},10,5\n"));
        assert!(draw(&dashed).unwrap().contains("(1.00, dashed one point)"));
        assert!(draw(&points.replace("lists,ns", "lists,s")).is_err());
        assert!(draw(&points.replace(",page,", ",other,")).is_err());
        assert!(draw(&(points + "lists,ns,page,10\n")).is_err());
    }
}
