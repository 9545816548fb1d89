//! The command `rolegate explain`.

use std::fmt::Write;

use rolegate::{Collection, Explanation, Principal};
use serde::Serialize;

use crate::args::ExplainArgs;
use crate::documents::{Document, Documents, Permissions, Place};
use crate::failure::{Failure, Status};
use crate::style::Style;

/// One line of the output with `--json`.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(rename = "$id")]
    id: &'a str,
    document: usize,
    line: usize,
    #[serde(flatten)]
    explanation: &'a Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

pub(crate) fn run(args: &ExplainArgs) -> Result<Status, Failure> {
    let caller = args.caller.caller(Some(args.asked.action))?;
    let collection = args.asked.collection()?;
    let documents = Documents::read(&args.input)?;
    let all = documents.all()?;
    let asked: Vec<&Document<'_>> =
        all.iter().filter(|document| document.id.as_deref() == Some(&args.id)).collect();
    if asked.is_empty() {
        let among = match all.len() {
            1 => "the input has 1 document".to_owned(),
            count => format!("the input has {count} documents"),
        };
        let message = format!("no document with the `$id` `{}`; {among}", args.id.escape_debug());
        return Err(Failure::with(&documents.name, message));
    }
    caller.tell_skipped_roles();
    let style = Style::of_stdout();
    let mut text = String::new();
    let mut status = Status::Fine;
    let mut place = Place::START;
    for document in asked {
        let (explanation, note) = explain(args, &caller.principal, collection.as_ref(), document);
        if !explanation.allowed {
            status = Status::Found;
        }
        place = documents.place(place, document.offset);
        let line = place.line;
        if args.json {
            let Document { index, .. } = *document;
            let report =
                Report { id: &args.id, document: index, line, explanation: &explanation, note };
            text += &serde_json::to_string(&report).map_err(Failure::new)?;
            text.push('\n');
        } else {
            let _ = writeln!(text, "{}:{line}: {}", documents.name, style.strong(document.name()));
            let verdict = explanation.to_string();
            let _ = if explanation.allowed {
                writeln!(text, "  {}", style.good(verdict))
            } else {
                writeln!(text, "  {}", style.bad(verdict))
            };
            if let Some(note) = note {
                let _ = writeln!(text, "  {note}");
            }
        }
    }
    crate::output::print(text.as_bytes())?;
    Ok(status)
}

/// Returns the explanation, and a note on unusable `$permissions`.
fn explain(
    args: &ExplainArgs,
    principal: &Principal,
    collection: Option<&Collection>,
    document: &Document<'_>,
) -> (Explanation, Option<&'static str>) {
    let (list, note) = match &document.permissions {
        Permissions::List(list) if list.iter().all(|element| element.text().is_some()) => {
            (list.as_slice(), None)
        }
        Permissions::Missing => (&[][..], Some("the document has no `$permissions`")),
        Permissions::List(_) | Permissions::NotAnArray(_) => (
            &[][..],
            Some("`$permissions` of the document is not an array of strings and grants nothing"),
        ),
        Permissions::NoDocument => (&[][..], Some("the document is not an object")),
    };
    let list = list.iter().filter_map(|element| Some(element.text()?.value.as_str()));
    let action = args.asked.action;
    let explanation = match collection {
        Some(collection) => collection.explain(principal, action, list),
        None => principal.explain(action, list),
    };
    (explanation, note)
}
