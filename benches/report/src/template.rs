//! Templates: Markdown with placeholders in braces.
//!
//! | placeholder | is replaced by |
//! | --- | --- |
//! | `{time NAME}`, `{each NAME}`, `{rate NAME}` | the time of an iteration or of an element; elements a second |
//! | `{bytes NAME}` | the bytes of an element |
//! | `{ratio OTHER OURS}` | the time of `OTHER` divided by that of `OURS` |
//! | `{row OURS OTHER...}` | cells: time, time of an element, and the time and ratio of each `OTHER` |
//! | `{group PREFIX}` | rows: the benchmarks whose names begin with it, and their ratios to two ways of rolegate |
//! | `{at-most LIMIT ...}`, `{at-least LIMIT ...}` | cells: the target, the figure, the verdict |
//! | `{met}` | the number of targets that are met, of all targets |

use crate::Result;
use crate::figures::Figures;
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
            target("at most", limit, f64::le, measure(words, figures)?)
        }
        ["at-least", limit, ref words @ ..] => {
            target("at least", limit, f64::ge, measure(words, figures)?)
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
        _ => measure(words, figures).map(|(value, show)| show(value, 2)),
    }
}

/// Returns a figure and the function that prints it.
fn measure(words: &[&str], figures: &Figures) -> Result<(f64, Show)> {
    Ok(match *words {
        ["time", name] => (figures.get(name)?.time(), TIME),
        ["bytes", name] => (figures.get(name)?.each(), BYTES),
        ["each", name] => (figures.get(name)?.each(), TIME),
        ["rate", name] => (1e9 / figures.get(name)?.each(), RATE),
        ["ratio", other, ours] => (figures.ratio(other, ours)?, RATIO),
        _ => return Err(format!("unknown placeholder {{{}}}", words.join(" ")).into()),
    })
}

fn target(
    side: &str,
    limit: &str,
    meets: fn(&f64, &f64) -> bool,
    (value, show): (f64, Show),
) -> Result<String> {
    let limit = limit.parse()?;
    let met = meets(&value, &limit);
    // Two digits can round a figure to the other side of the limit.
    let digits = if meets(&round(value, 2), &limit) == met { 2 } else { 3 };
    let verdict = if met { "met" } else { "**missed**" };
    Ok(format!("{side} {} | {} | {verdict}", show(limit, 2), show(value, digits)))
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

    #[test]
    fn placeholder_takes_median_time_and_smallest_ratio_of_runs() {
        let mut figures = Figures::default();
        for (ours, other) in [(20.0, 600.0), (10.0, 99.6), (30.0, 400.0)] {
            figures.insert("g/rolegate-raw", ours, 2.0);
            figures.insert("g/other", other, 2.0);
        }
        let filled = |template| fill(template, &figures);
        assert_eq!(
            filled("{row g/rolegate-raw g/other}").unwrap(),
            "20 ns | 10 ns | 400 ns | 10 ×"
        );
        let met = "{met} | {at-least 9 ratio g/other g/rolegate-raw} |";
        assert_eq!(filled(met).unwrap(), "1 of 1 | at least 9.0 × | 10 × | met |");
        let missed = "{met} | {at-least 10 ratio g/other g/rolegate-raw} |";
        assert_eq!(filled(missed).unwrap(), "0 of 1 | at least 10 × | 9.96 × | **missed** |");
        assert!(filled("{time g/absent}").is_err());
    }
}
