//! Every figure, in tables.

use crate::Result;
use crate::figures::Figures;
use crate::format::{bytes, count, rate, ratio, time};
use crate::memory::Memory;

/// The section of the report.
pub fn section(figures: &Figures, memory: &Memory) -> Result<String> {
    let parts = [
        filter(figures)?,
        page(figures)?,
        rest_of_the_way(figures)?,
        json(figures)?,
        peers(figures)?,
        memory_table(memory),
        others(figures),
    ];
    Ok(format!("## Figures\n\n{}", parts.join("\n")))
}

fn table(title: &str, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[&str]| format!("| {} |\n", cells.join(" | "));
    let mut text = format!("### {title}\n\n");
    text += &line(head);
    text += &line(&vec!["---"; head.len()]);
    for row in rows {
        text += &line(&row.iter().map(String::as_str).collect::<Vec<_>>());
    }
    text
}

fn filter(figures: &Figures) -> Result<String> {
    let row = |what: &str, name: &str, bound: &str| {
        let (filter, read) = (figures.get(name)?, figures.get(bound)?);
        let cells = [time(filter.nanoseconds), time(filter.each()), time(read.nanoseconds)];
        let ratio = ratio(filter.nanoseconds / read.nanoseconds);
        Ok([what.into()].into_iter().chain(cells).chain([ratio]).collect())
    };
    let head = ["filter", "a document", "read bound", "ratio"];
    let by_lists = [16, 256, 50_000, 1_000_000, 16_000_000].map(|lists| {
        let [name, bound] =
            ["rolegate", "read-bound"].map(|function| format!("filter/{function}/{lists}"));
        row(&count(lists), &name, &bound)
    });
    let edges = ["none", "one", "all", "bypass"]
        .map(|edge| row(edge, &format!("filter-edges/rolegate/{edge}"), "filter-edges/read-bound"));
    let titled = |first| [&[first], &head[..]].concat();
    Ok([
        table(
            "Filter 16M documents, 5 % visible",
            &titled("lists"),
            by_lists.into_iter().collect::<Result<Vec<_>>>()?,
        ),
        "The read bound adds up the same column as `u32`.\n".into(),
        table(
            "Filter 16M documents, 50,000 lists",
            &titled("visible"),
            edges.into_iter().collect::<Result<Vec<_>>>()?,
        ),
    ]
    .join("\n"))
}

fn page(figures: &Figures) -> Result<String> {
    let mut rows = Vec::new();
    for documents in [25, 100, 1_000] {
        for (way, cold) in [("prepared", ""), ("cold", "-cold")] {
            let ours = figures.get(&format!("page/rolegate{cold}/{documents}"))?;
            let by_hand = figures.get(&format!("page/hashset{cold}/{documents}"))?;
            rows.push(vec![
                format!("{}, {way}", count(documents)),
                time(ours.nanoseconds),
                time(ours.each()),
                time(by_hand.nanoseconds),
                ratio(ours.nanoseconds / by_hand.nanoseconds),
            ]);
        }
    }
    let head = ["documents", "rolegate", "a document", "hash set by hand", "ratio"];
    Ok(table("A page of raw documents, for a user with 12 roles", &head, rows))
}

fn rest_of_the_way(figures: &Figures) -> Result<String> {
    let mut rows = Vec::new();
    for (name, what) in [
        ("parse/valid", "parse a permission"),
        ("parse/invalid", "find what is wrong with one"),
        ("compile/repeated", "compile a list, 1,000 distinct ones"),
        ("compile/distinct", "compile a list, each another"),
    ] {
        let figure = figures.get(name)?;
        rows.push(vec![what.into(), time(figure.each()), rate(figure.rate())]);
    }
    for roles in [1, 12, 200, 10_000] {
        let figure = figures.get(&format!("resolve/{roles}"))?;
        let what = format!("resolve, roles: {}; 1M lists", count(roles));
        rows.push(vec![what, time(figure.nanoseconds), String::new()]);
    }
    let by_hand = figures.get("whole/1M/hashset")?.nanoseconds;
    for (name, what) in [
        ("first", "1M raw documents to a selection, compiling"),
        ("second", "the same for the second principal"),
        ("hashset", "the same with a hash set by hand"),
    ] {
        let nanoseconds = figures.get(&format!("whole/1M/{name}"))?.nanoseconds;
        let to_hand = format!("{} of by hand", ratio(nanoseconds / by_hand));
        rows.push(vec![what.into(), time(nanoseconds), to_hand]);
    }
    Ok(table("The rest of the way", &["what", "time", ""], rows))
}

fn json(figures: &Figures) -> Result<String> {
    let mut rows = Vec::new();
    for (group, what) in [
        ("list", "a list of 200,000 documents"),
        ("ndjson", "200,000 documents as lines"),
        ("page", "a list of 25 documents"),
    ] {
        let ours = figures.get(&format!("json/{group}/rolegate"))?;
        let mut cells = vec![what.into(), time(ours.nanoseconds), time(ours.each())];
        for way in ["careful", "obvious"] {
            let theirs = figures.get(&format!("json/{group}/{way}"))?.nanoseconds;
            cells.extend([time(theirs), ratio(theirs / ours.nanoseconds)]);
        }
        rows.push(cells);
    }
    let head = [
        "raw JSON, 346 bytes a document",
        "rolegate",
        "a document",
        "`RawValue` for each document",
        "ratio",
        "`Value`",
        "ratio",
    ];
    Ok(table("JSON", &head, rows))
}

fn peers(figures: &Figures) -> Result<String> {
    let mut tables = Vec::new();
    let lists = [10, 100, 500, 1_000].map(|roles| {
        (
            format!("list/{roles}"),
            format!("List 250,000 documents, for a user with {} roles", count(roles)),
        )
    });
    let batch = ("batch/2000".to_string(), "2,000 documents, for a user with 12 roles".into());
    for (group, title) in [batch].into_iter().chain(lists) {
        let [compiled, raw] = ["compiled", "raw"]
            .map(|way| figures.get(&format!("{group}/rolegate-{way}")).map(|it| it.nanoseconds));
        let (compiled, raw) = (compiled?, raw?);
        let rows = figures.group(&group)?.into_iter().map(|(name, figure)| {
            vec![
                name.into(),
                time(figure.nanoseconds),
                time(figure.each()),
                ratio(figure.nanoseconds / compiled),
                ratio(figure.nanoseconds / raw),
            ]
        });
        let head = ["", "time", "a document", "to rolegate-compiled", "to rolegate-raw"];
        tables.push(table(&title, &head, rows));
    }
    Ok(tables.join("\n"))
}

fn memory_table(memory: &Memory) -> String {
    let rows = [
        ("a distinct list of three permissions, three roles", memory.three_roles),
        ("a distinct list of three permissions, two roles", memory.two_roles),
        ("a role, beside its text", memory.role),
        ("a document, more than 65,536 lists", memory.document),
    ];
    let rows = rows.map(|(what, weight)| vec![what.into(), bytes(weight)]);
    let note = "A table of 1M lists over 100,000 roles, after `shrink_to_fit`; what the allocator \
                adds is not counted.\n";
    [table("Memory", &["", "bytes"], rows), note.into()].join("\n")
}

/// What no table above shows: benches that came after them.
fn others(figures: &Figures) -> String {
    let rows: Vec<_> = figures
        .rest()
        .map(|(name, figure)| vec![name.into(), time(figure.nanoseconds), time(figure.each())])
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    table("Others", &["benchmark", "time", "an element"], rows)
}
