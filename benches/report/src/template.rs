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

use std::fmt::Write;

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
    let show = |words: &[&str]| measure(words, figures).map(|(value, show)| show(value, 2));
    match *words {
        ["met"] => Ok("{met}".into()),
        ["at-most", limit, ref words @ ..] => {
            target("at most", limit, f64::le, measure(words, figures)?)
        }
        ["at-least", limit, ref words @ ..] => {
            target("at least", limit, f64::ge, measure(words, figures)?)
        }
        ["row", ours, ref others @ ..] => {
            let mut row = format!("{} | {}", show(&["time", ours])?, show(&["each", ours])?);
            for other in others {
                write!(row, " | {} | {}", show(&["time", other])?, show(&["ratio", other, ours])?)?;
            }
            Ok(row)
        }
        ["group", group] => {
            let [compiled, raw] = ["compiled", "raw"].map(|way| format!("{group}rolegate-{way}"));
            let mut rows = Vec::new();
            for name in figures.names(group) {
                let times = expand(&["row", name], figures)?;
                let [compiled, raw] = [&compiled, &raw].map(|ours| show(&["ratio", name, ours]));
                rows.push(format!(
                    "| {} | {times} | {} | {} |",
                    &name[group.len()..],
                    compiled?,
                    raw?
                ));
            }
            Ok(rows.join("\n"))
        }
        _ => show(words),
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
    let (_, after) = rest.split_once(TO).ok_or("README.md has no marker behind the figures")?;
    Ok(format!("{before}{FROM}{table}{TO}{after}"))
}
