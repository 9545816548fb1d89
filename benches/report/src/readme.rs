//! The figures that the README quotes.

use crate::Result;
use crate::figures::Figures;
use crate::format::{ratio, time};

const FROM: &str = "<!-- benches/run.sh writes from here -->";
const TO: &str = "<!-- to here -->";

/// The README with its figures made anew.
pub fn quote(readme: &str, figures: &Figures) -> Result<String> {
    let parts = readme.split_once(FROM).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(TO)?;
        Some((before, after))
    });
    let (before, after) = parts.ok_or("the README does not say where its figures are")?;
    Ok(format!("{before}{FROM}\n{}{TO}{after}", quoted(figures)?))
}

fn quoted(figures: &Figures) -> Result<String> {
    let filter = figures.get("filter/rolegate/50000")?;
    let bound = figures.get("filter/read-bound/50000")?;
    let page = figures.get("page/rolegate/25")?;
    let by_hand = figures.get("page/hashset/25")?;
    let compiled = figures.get("batch/2000/rolegate-compiled")?;
    let raw = figures.get("batch/2000/rolegate-raw")?;
    let cedar = figures.get("batch/2000/cedar")?;
    let list = figures.get("list/500/rolegate-compiled")?;
    let sqlite = figures.get("list/500/sqlite")?;
    let json = figures.get("json/list/rolegate")?;
    let tree = figures.get("json/list/obvious")?;
    Ok(format!(
        "| | rolegate | against | ratio |\n\
         | --- | --- | --- | --- |\n\
         | filter 16M documents, 50,000 distinct lists | {} | {}, merely to read the column as `u32` | {} |\n\
         | filter a page of 25 raw documents | {} | {}, a hash set by hand | {} |\n\
         | decide on a document, compiled | {} | {}, Cedar | 1 : {} |\n\
         | decide on a document, raw strings | {} | {}, Cedar | 1 : {} |\n\
         | list what a user with 500 roles sees of 250,000 | {} | {}, SQLite | 1 : {} |\n\
         | filter a document of 346 bytes as raw JSON | {} | {}, by way of `serde_json::Value` | 1 : {} |\n",
        time(filter.nanoseconds),
        time(bound.nanoseconds),
        ratio(filter.nanoseconds / bound.nanoseconds),
        time(page.nanoseconds),
        time(by_hand.nanoseconds),
        ratio(page.nanoseconds / by_hand.nanoseconds),
        time(compiled.each()),
        time(cedar.each()),
        ratio(cedar.nanoseconds / compiled.nanoseconds).trim_end_matches(" ×"),
        time(raw.each()),
        time(cedar.each()),
        ratio(cedar.nanoseconds / raw.nanoseconds).trim_end_matches(" ×"),
        time(list.nanoseconds),
        time(sqlite.nanoseconds),
        ratio(sqlite.nanoseconds / list.nanoseconds).trim_end_matches(" ×"),
        time(json.each()),
        time(tree.each()),
        ratio(tree.nanoseconds / json.nanoseconds).trim_end_matches(" ×"),
    ))
}
