//! What was to be reached, and whether it was.

use crate::Result;
use crate::figures::Figures;
use crate::format::{Quantity, round};
use crate::memory::Memory;

/// A figure that was to be reached.
struct Target {
    what: String,
    limit: Limit,
    quantity: Quantity,
    measured: f64,
}

/// The side of a number on which to be.
#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Limit {
    fn is_met_by(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }
}

impl Target {
    fn row(&self) -> String {
        let (side, number) = match self.limit {
            Limit::AtMost(number) => ("at most", number),
            Limit::AtLeast(number) => ("at least", number),
        };
        let met = self.limit.is_met_by(self.measured);
        // A third digit where two would tell another story.
        let digits = if self.limit.is_met_by(round(self.measured, 2)) == met { 2 } else { 3 };
        format!(
            "| {} | {side} {} | {} | {} |\n",
            self.what,
            self.quantity.show(number, 2),
            self.quantity.show(self.measured, digits),
            if met { "met" } else { "**missed**" },
        )
    }
}

/// The section of the report.
pub fn section(figures: &Figures, memory: &Memory) -> Result<String> {
    let mut targets = against_the_machine(figures)?;
    targets.extend(on_raw_strings(figures)?);
    targets.extend(on_json(figures)?);
    targets.extend(against_peers(figures)?);
    targets.extend(of_memory(memory));
    let met = targets.iter().filter(|target| target.limit.is_met_by(target.measured)).count();
    let mut text = format!("## Targets\n\n{met} of {} are met.\n\n", targets.len());
    text += "| what | target | measured | |\n| --- | --- | --- | --- |\n";
    text.extend(targets.iter().map(Target::row));
    Ok(text)
}

fn against_the_machine(figures: &Figures) -> Result<Vec<Target>> {
    let read = |lists: u32| {
        figures.ratio(&format!("filter/rolegate/{lists}"), &format!("filter/read-bound/{lists}"))
    };
    let mut targets = vec![
        at_most("filter, 16 lists, to the read bound", 2.0, read(16)?),
        at_most("filter, 256 lists, to the read bound", 2.0, read(256)?),
        at_most("filter, 50,000 lists, to the read bound", 4.0, read(50_000)?),
        at_most("filter, 16M lists, to the read bound", 10.0, read(16_000_000)?),
    ];
    for (name, what) in
        [("none", "nothing"), ("one", "one list"), ("all", "every list"), ("bypass", "everything")]
    {
        let ratio =
            figures.ratio(&format!("filter-edges/rolegate/{name}"), "filter-edges/read-bound")?;
        targets.push(at_most(format!("filter, {what} visible, to the read bound"), 1.2, ratio));
    }
    Ok(targets)
}

fn on_raw_strings(figures: &Figures) -> Result<Vec<Target>> {
    let time = |what: &str, limit, measured| Target {
        what: what.into(),
        limit: Limit::AtMost(limit),
        quantity: Quantity::Time,
        measured,
    };
    let rate = |what: &str, limit, measured| Target {
        what: what.into(),
        limit: Limit::AtLeast(limit),
        quantity: Quantity::Rate,
        measured,
    };
    Ok(vec![
        at_most(
            "page of 25, prepared, to the hand-written loop",
            0.25,
            figures.ratio("page/rolegate/25", "page/hashset/25")?,
        ),
        time(
            "page of 25, cold: from the user to the result",
            3_000.0,
            figures.get("page/rolegate-cold/25")?.nanoseconds,
        ),
        time("parse of a valid permission", 40.0, figures.get("parse/valid")?.each()),
        rate("compile, repeated lists", 20e6, figures.get("compile/repeated")?.rate()),
        rate("compile, distinct lists", 3e6, figures.get("compile/distinct")?.rate()),
        time("resolve, 12 roles, 1M lists", 50_000.0, figures.get("resolve/12")?.nanoseconds),
        at_most(
            "verify a JWT, to jsonwebtoken",
            2.0,
            figures.ratio("identity/jwt/rolegate/usual", "identity/jwt/jsonwebtoken/usual")?,
        ),
        time(
            "principal of a user with 50 memberships",
            20_000.0,
            figures.get("identity/principal-50")?.nanoseconds,
        ),
    ])
}

fn on_json(figures: &Figures) -> Result<Vec<Target>> {
    let mut targets = Vec::new();
    for (group, what) in [
        ("list", "a list of 200,000 documents"),
        ("ndjson", "200,000 documents as lines"),
        ("page", "a list of 25 documents"),
    ] {
        for (way, limit) in [("obvious", 10.0), ("careful", 1.5)] {
            let (theirs, ours) = (format!("json/{group}/{way}"), format!("json/{group}/rolegate"));
            let what = format!("JSON, {what}: the {way} way, to rolegate");
            targets.push(at_least(what, limit, figures.ratio(&theirs, &ours)?));
        }
    }
    Ok(targets)
}

fn against_peers(figures: &Figures) -> Result<Vec<Target>> {
    let mut targets = Vec::new();
    for peer in ["cedar", "oso", "casbin", "regorus", "regorus-batch"] {
        let raw = if peer == "regorus-batch" { 30.0 } else { 100.0 };
        for (way, limit) in [("compiled", 1_000.0), ("raw", raw)] {
            let (theirs, ours) =
                (format!("batch/2000/{peer}"), format!("batch/2000/rolegate-{way}"));
            let what = format!("{peer}, 2,000 documents, to rolegate-{way}");
            targets.push(at_least(what, limit, figures.ratio(&theirs, &ours)?));
        }
    }
    // In Appwrite's own layout, as the target has it; the tables show the covering index too.
    targets.push(at_least(
        "sqlite, listing 250,000 documents, 500 roles, to rolegate-compiled",
        50.0,
        figures.ratio("list/500/sqlite", "list/500/rolegate-compiled")?,
    ));
    Ok(targets)
}

fn of_memory(memory: &Memory) -> Vec<Target> {
    let bytes = |what: &str, limit, measured| Target {
        what: what.into(),
        limit: Limit::AtMost(limit),
        quantity: Quantity::Bytes,
        measured,
    };
    vec![
        bytes("memory of a document", 4.0, memory.document),
        bytes("memory of a list of three permissions, three roles", 32.0, memory.three_roles),
        bytes("memory of a list of three permissions, two roles", 32.0, memory.two_roles),
    ]
}

fn at_most(what: impl Into<String>, limit: f64, measured: f64) -> Target {
    Target { what: what.into(), limit: Limit::AtMost(limit), quantity: Quantity::Ratio, measured }
}

fn at_least(what: impl Into<String>, limit: f64, measured: f64) -> Target {
    Target { limit: Limit::AtLeast(limit), ..at_most(what, limit, measured) }
}
