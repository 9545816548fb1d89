//! The command `rolegate lint`.

use std::collections::HashMap;
use std::fmt::Write;

use rolegate::{ActionSet, Permission};

use crate::args::LintArgs;
use crate::documents::{Document, Documents, Element, Permissions, Place};
use crate::failure::{Failure, Status};
use crate::style::Style;

pub(crate) fn run(args: &LintArgs) -> Result<Status, Failure> {
    let documents = Documents::read(&args.input)?;
    let all = documents.all()?;
    let mut lint = Lint {
        documents: &documents,
        style: Style::of_stdout(),
        start: Place::START,
        last: Place::START,
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
    crate::output::print(text.as_bytes())?;
    Ok(if found == 0 { Status::Fine } else { Status::Found })
}

/// The state of one run, with the problems so far.
struct Lint<'d> {
    documents: &'d Documents,
    style: Style,
    /// The start of the current document.
    start: Place,
    /// The place of the last problem.
    last: Place,
    text: String,
    found: usize,
}

impl Lint<'_> {
    fn document(&mut self, document: &Document<'_>) {
        self.start = self.documents.place(self.start, document.offset);
        self.last = self.start;
        let name = document.name();
        match &document.permissions {
            Permissions::NoDocument => {
                self.problem(document.offset, "not an object; only keys see it");
            }
            Permissions::Missing => {
                self.problem(
                    document.offset,
                    &format!("{name} has no `$permissions`; only keys see it"),
                );
            }
            &Permissions::NotAnArray(offset) => {
                self.problem(
                    offset,
                    &format!("{name}: `$permissions` is not an array of strings; only keys see it"),
                );
            }
            Permissions::List(list) => self.list(document, &name, list),
        }
    }

    fn list(&mut self, document: &Document<'_>, name: &str, list: &[Element<'_>]) {
        let grants = Grants::of(list);
        for (index, element) in list.iter().enumerate() {
            let text = match element {
                Element::Text(text) => text,
                &Element::Other(offset) => {
                    let message = format!(
                        "{name}: permission {index} is not a string; the whole list grants nothing"
                    );
                    self.problem(offset, &message);
                    continue;
                }
            };
            match Permission::parse(&text.value) {
                Ok(permission) => {
                    if let Some(why) = grants.useless(index, &permission) {
                        let message = format!(
                            "{name}: permission {index}, {permission}, is useless: {why}; leave it out"
                        );
                        self.problem(text.offset, &message);
                    }
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
        if !grants.any {
            self.problem(
                document.offset,
                &format!("{name}: its permissions grant nothing; only keys see it"),
            );
        }
    }

    fn problem(&mut self, offset: usize, message: &str) {
        self.found += 1;
        let from = if self.last.offset <= offset { self.last } else { self.start };
        self.last = self.documents.place(from, offset);
        let Place { line, column, .. } = self.last;
        let place = format!("{}:{line}:{column}", self.documents.name);
        let (place, message) = (self.style.strong(place), self.style.bad(message));
        let _ = writeln!(self.text, "{place}: {message}");
    }
}

/// The grants of a document's permissions.
#[derive(Default)]
struct Grants<'a> {
    /// The first position of each permission.
    first: HashMap<&'a str, usize>,
    /// The first position of `write` for each role.
    writes: HashMap<String, usize>,
    /// `true` if the list grants an action to a role.
    any: bool,
}

impl<'a> Grants<'a> {
    fn of(list: &'a [Element<'_>]) -> Self {
        let mut grants = Self::default();
        let texts = list.iter().enumerate();
        for (index, text) in texts.filter_map(|(index, element)| Some((index, element.text()?))) {
            let Ok(permission) = Permission::parse(&text.value) else { continue };
            grants.first.entry(&text.value).or_insert(index);
            grants.any |= !of_documents(&permission).is_empty();
            if permission.actions() == ActionSet::WRITE {
                grants.writes.entry(permission.role().to_string()).or_insert(index);
            }
        }
        grants.any &= list.iter().all(|element| element.text().is_some());
        grants
    }

    /// Returns the reason why a permission is useless, or `None` if it is useful.
    fn useless(&self, index: usize, permission: &Permission<'_>) -> Option<String> {
        if let Some(first) = self.first.get(permission.as_str()).filter(|first| **first < index) {
            return Some(format!("the same as permission {first}"));
        }
        let actions = of_documents(permission);
        if actions.is_empty() {
            return Some("create means nothing on a document".to_owned());
        }
        let write = *self.writes.get(permission.role().as_str())?;
        let covered = write != index && actions.union(ActionSet::WRITE) == ActionSet::WRITE;
        covered.then(|| {
            format!("permission {write}, write(\"{}\"), grants it already", permission.role())
        })
    }
}

/// Returns the actions that a permission grants on a document.
fn of_documents(permission: &Permission<'_>) -> ActionSet {
    permission.actions().intersection(ActionSet::DOCUMENT)
}
