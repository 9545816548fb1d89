//! `rolegate lint`.

use std::fmt::Write;

use rolegate::{ActionSet, Permission};

use crate::args::LintArgs;
use crate::documents::{Document, Documents, Permissions, Place, Text};
use crate::failure::{Failure, Status};
use crate::style::Style;

pub(crate) fn run(args: &LintArgs) -> Result<Status, Failure> {
    let documents = Documents::read(&args.input)?;
    let all = documents.all()?;
    let mut lint = Lint {
        documents: &documents,
        style: Style::of_stdout(),
        start: Place::START,
        text: String::new(),
        found: 0,
    };
    for document in &all {
        lint.document(document);
    }
    let Lint { mut text, found, .. } = lint;
    let count = match found {
        0 => "no problems".to_owned(),
        1 => "1 problem".to_owned(),
        found => format!("{found} problems"),
    };
    let among = if all.len() == 1 { "1 document" } else { &format!("{} documents", all.len()) };
    let _ = writeln!(text, "{}: {count} in {among}", documents.name);
    crate::print(text.as_bytes())?;
    Ok(if found == 0 { Status::Fine } else { Status::Found })
}

/// What has been found.
struct Lint<'d> {
    documents: &'d Documents,
    style: Style,
    /// Where the document begins that is looked at.
    start: Place,
    text: String,
    found: usize,
}

/// A permission that can be read.
struct Seen<'a> {
    index: usize,
    permission: Permission<'a>,
}

impl Lint<'_> {
    fn document(&mut self, document: &Document<'_>) {
        self.start = self.documents.place(self.start, document.offset);
        let name = document.name();
        match &document.permissions {
            Permissions::NoDocument => {
                self.problem(
                    document.offset,
                    "expected a document, found no object; only keys see it",
                );
            }
            Permissions::Missing => {
                self.problem(
                    document.offset,
                    &format!("{name}: expected `$permissions`, found none; only keys see it"),
                );
            }
            &Permissions::Malformed(offset) => {
                self.problem(
                    offset,
                    &format!("{name}: expected an array of strings, found something else; only keys see it"),
                );
            }
            Permissions::List(list) => self.list(document, &name, list),
        }
    }

    fn list(&mut self, document: &Document<'_>, name: &str, list: &[Text<'_>]) {
        let mut seen: Vec<Seen<'_>> = Vec::new();
        for (index, text) in list.iter().enumerate() {
            match Permission::parse(&text.value) {
                Ok(permission) => {
                    self.useless(name, index, text, &permission, &seen);
                    seen.push(Seen { index, permission });
                }
                Err(error) => {
                    let place = text.offset_of(error.span().start);
                    self.problem(place, &format!("{name}: permission {index} is malformed"));
                    for line in error.caret(&text.value).to_string().lines() {
                        let _ = writeln!(self.text, "    {line}");
                    }
                }
            }
        }
        let good_for = |seen: &Seen<'_>| !of_documents(&seen.permission).is_empty();
        if !seen.iter().any(good_for) {
            self.problem(
                document.offset,
                &format!("{name}: its permissions grant nothing to anybody; only keys see it"),
            );
        }
    }

    /// Reports a permission that could as well be left out.
    fn useless(
        &mut self,
        name: &str,
        index: usize,
        text: &Text<'_>,
        permission: &Permission<'_>,
        seen: &[Seen<'_>],
    ) {
        let actions = of_documents(permission);
        let before = seen.iter().find(|before| before.permission == *permission);
        let covering = seen.iter().find(|before| {
            before.permission.role() == permission.role()
                && of_documents(&before.permission).union(actions)
                    == of_documents(&before.permission)
        });
        let why = if let Some(before) = before {
            format!("the same as permission {}", before.index)
        } else if actions.is_empty() {
            "create means nothing on a document".to_owned()
        } else if let Some(before) = covering {
            format!("permission {}, {}, grants it already", before.index, before.permission)
        } else {
            return;
        };
        self.problem(
            text.offset,
            &format!("{name}: permission {index}, {permission}, is useless: {why}; leave it out"),
        );
    }

    fn problem(&mut self, offset: usize, message: &str) {
        self.found += 1;
        let Place { line, column, .. } = self.documents.place(self.start, offset);
        let place = format!("{}:{line}:{column}", self.documents.name);
        let (place, message) = (self.style.strong(place), self.style.bad(message));
        let _ = writeln!(self.text, "{place}: {message}");
    }
}

/// What a permission grants on a document.
fn of_documents(permission: &Permission<'_>) -> ActionSet {
    permission.actions().intersection(ActionSet::DOCUMENT)
}
