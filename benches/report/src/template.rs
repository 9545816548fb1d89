//! Templates: Markdown with placeholders in braces.
//!
//! | placeholder | is replaced by |
//! | --- | --- |
//! | `{time NAME}`, `{each NAME}`, `{rate NAME}` | the time of an iteration or of an element; elements a second |
//! | `{bytes NAME}` | the bytes of an element |
//! | `{ratio OTHER OURS}` | the time of `OTHER` divided by that of `OURS` |
//! | `{row OURS OTHER...}` | cells: time, time of an element, and the time and ratio of each `OTHER` |
//! | `{group PREFIX}` | rows: the benchmarks whose names begin with it, and their ratios to two ways of rolegate |
//! | `{at-most LIMIT ...}`, `{at-least LIMIT ...}` | cells: the target, the median of the runs, the worst run, the verdict by the median |
//! | `{met}` | the number of targets that are met, of all targets |
//!
//! A time is the median of the runs. A ratio is the smallest of the runs, but a target is compared with the median.

use crate::Result;
use crate::figures::{Figures, Runs};
use crate::format::{BYTES, RATE, RATIO, Show, TIME, round};

/// Replaces every placeholder.
pub fn fill(template: &str, figures: &Figures) -> Result<String> {
    let mut parts = template.split('{');
    let mut text = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (placeholder, rest) = part.split_once('}').ok_or("missing } in a template")?;
        text += &expand(&placeholder.split(' ').collect::<Vec<_>>(), figures)?;
        text += rest;
    }
    let [met, missed] =
        [" | met |", " | **missed** |"].map(|verdict| text.matches(verdict).count());
    Ok(text.replace("{met}", &format!("{met} of {}", met + missed)))
}

fn expand(words: &[&str], figures: &Figures) -> Result<String> {
    match *words {
        ["met"] => Ok("{met}".into()),
        ["at-most", limit, ref words @ ..] => {
            let (runs, show) = measure(words, figures)?;
            target("at most", limit, f64::le, [runs.median(), runs.largest()], show)
        }
        ["at-least", limit, ref words @ ..] => {
            let (runs, show) = measure(words, figures)?;
            target("at least", limit, f64::ge, [runs.median(), runs.smallest()], show)
        }
        ["row", ours, ref others @ ..] => {
            let other = |other| format!(" | {{time {other}}} | {{ratio {other} {ours}}}");
            let others: String = others.iter().map(other).collect();
            fill(&format!("{{time {ours}}} | {{each {ours}}}{others}"), figures)
        }
        ["group", group] => {
            let ways = ["compiled", "raw"].map(|way| format!("{group}rolegate-{way}"));
            let row = |name: &str| {
                let ratios =
                    ways.each_ref().map(|way| format!("{{ratio {name} {way}}}")).join(" | ");
                format!("| {} | {{row {name}}} | {ratios} |", &name[group.len()..])
            };
            let rows: Vec<_> = figures.names(group).into_iter().map(row).collect();
            fill(&rows.join("\n"), figures)
        }
        ["ratio", ..] => measure(words, figures).map(|(runs, show)| show(runs.smallest(), 2)),
        _ => measure(words, figures).map(|(runs, show)| show(runs.median(), 2)),
    }
}

/// Returns a figure and the function that prints it.
fn measure(words: &[&str], figures: &Figures) -> Result<(Runs, Show)> {
    Ok(match *words {
        ["time", name] => (figures.get(name)?.time(), TIME),
        ["bytes", name] => (figures.get(name)?.each(), BYTES),
        ["each", name] => (figures.get(name)?.each(), TIME),
        ["rate", name] => (figures.get(name)?.rate(), RATE),
        ["ratio", other, ours] => (figures.ratio(other, ours)?, RATIO),
        _ => return Err(format!("unknown placeholder {{{}}}", words.join(" ")).into()),
    })
}

/// Returns the cells of a target. The median decides.
fn target(
    side: &str,
    limit: &str,
    meets: fn(&f64, &f64) -> bool,
    [median, worst]: [f64; 2],
    show: Show,
) -> Result<String> {
    let limit = limit.parse()?;
    let met = meets(&median, &limit);
    // Two digits can round a figure to the other side of the limit.
    let shown = |value: f64| {
        let same_side = meets(&round(value, 2), &limit) == meets(&value, &limit);
        show(value, if same_side { 2 } else { 3 })
    };
    let verdict = if met { "met" } else { "**missed**" };
    let [limit, median, worst] = [show(limit, 2), shown(median), shown(worst)];
    Ok(format!("{side} {limit} | {median} | {worst} | {verdict}"))
}

/// Replaces the text between the two markers of README.md.
pub fn quote(readme: &str, table: &str) -> Result<String> {
    const FROM: &str = "<!-- benches/run.sh writes from here -->\n";
    const TO: &str = "<!-- to here -->";
    let (before, rest) =
        readme.split_once(FROM).ok_or("README.md has no marker for the figures")?;
    let (_, after) = rest.split_once(TO).ok_or("README.md has no marker after the figures")?;
    Ok(format!("{before}{FROM}{table}{TO}{after}"))
}

#[cfg(test)]
mod tests {
    use super::fill;
    use crate::figures::Figures;

    /// Returns figures of three runs, with two elements in each iteration.
    fn figures() -> Figures {
        let mut figures = Figures::default();
        for (ours, other) in [(20.0, 600.0), (10.0, 99.6), (30.0, 400.0)] {
            figures.insert("g/rolegate-raw", ours, 2.0);
            figures.insert("g/other", other, 2.0);
        }
        figures
    }

    #[test]
    fn placeholder_takes_median_time_and_smallest_ratio_of_runs() {
        let filled = |template| fill(template, &figures());
        assert_eq!(
            filled("{row g/rolegate-raw g/other}").unwrap(),
            "20 ns | 10 ns | 400 ns | 10 ×"
        );
        assert_eq!(filled("{rate g/rolegate-raw}").unwrap(), "100 M/s");
        assert!(filled("{time g/absent}").is_err());
    }

    #[test]
    fn target_shows_median_and_worst_run_and_is_judged_by_the_median() {
        for (target, cells) in [
            ("at-least 13 ratio g/other g/rolegate-raw", "at least 13 × | 13 × | 10 × | met"),
            (
                "at-least 14 ratio g/other g/rolegate-raw",
                "at least 14 × | 13 × | 10 × | **missed**",
            ),
            ("at-most 20 time g/rolegate-raw", "at most 20 ns | 20 ns | 30 ns | met"),
            ("at-most 9.9 each g/rolegate-raw", "at most 9.9 ns | 10 ns | 15 ns | **missed**"),
            ("at-least 1e8 rate g/rolegate-raw", "at least 100 M/s | 100 M/s | 67 M/s | met"),
        ] {
            let met = u8::from(!cells.contains("missed"));
            let filled = fill(&format!("{{met}} | {{{target}}} |"), &figures()).unwrap();
            assert_eq!(filled, format!("{met} of 1 | {cells} |"), "{target}");
        }
    }

    #[test]
    fn figure_at_the_limit_has_digits_that_show_its_side() {
        let cells = fill("{at-least 10 ratio g/other g/rolegate-raw}", &figures()).unwrap();
        assert_eq!(cells, "at least 10 × | 13 × | 9.96 × | met");
    }
}
