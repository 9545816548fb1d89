//! `rolegate explain`.

use std::fmt::Write;

use rolegate::{Collection, Explanation, Principal};
use serde::Serialize;

use crate::args::ExplainArgs;
use crate::documents::{Document, Documents, Permissions, Place};
use crate::failure::{Failure, Status};
use crate::style::Style;

/// What is printed with `--json`.
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
    let principal = args.who.principal(Some(args.asked.action))?;
    let collection = args.asked.collection()?;
    let documents = Documents::read(&args.input)?;
    let all = documents.all()?;
    let asked: Vec<&Document<'_>> =
        all.iter().filter(|document| document.id.as_deref() == Some(&args.id)).collect();
    if asked.is_empty() {
        let among = match all.len() {
            1 => "one document".to_owned(),
            count => format!("{count} documents"),
        };
        let message =
            format!("expected a document with the `$id` `{}`, found none among {among}", args.id);
        return Err(Failure::with(&documents.name, message));
    }
    let style = Style::of_stdout();
    let mut text = String::new();
    let mut status = Status::Fine;
    let mut place = Place::START;
    for document in asked {
        let (explanation, note) = explain(args, &principal, collection.as_ref(), document);
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
    crate::print(text.as_bytes())?;
    Ok(status)
}

/// The explanation, and what it does not say.
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
            Some("the document's `$permissions` is no array of strings: none of it counts"),
        ),
        Permissions::NoDocument => (&[][..], Some("it is no object")),
    };
    let list = list.iter().filter_map(|element| Some(element.text()?.value.as_str()));
    let action = args.asked.action;
    let explanation = match collection {
        Some(collection) => collection.explain(principal, action, list),
        None => principal.explain(action, list),
    };
    (explanation, note)
}
