//! Where we deliberately say something else than the reference on malformed or unexpanded lists.
//!
//! The rule holds for every case of every folder: what we allow the reference allows too, but for
//! `write` in a stored list, which the reference expands only when a list is saved; and what the
//! reference allows and we do not, it allows through a malformed permission. The differences in the
//! vectors of this repository are named one by one, with their reasons, in
//! `tests/data/differences.json`.

use std::collections::BTreeMap;

use rolegate::{Action, Permission};

use super::folder;
use crate::support::oracle;

/// A verdict that is compared: ours and the reference's.
#[derive(Clone, Copy)]
pub struct Verdicts {
    pub ours: bool,
    pub reference: bool,
}

/// What was asked: an action, by a holder of these roles, of the lists that count for it.
pub struct Question<'a> {
    pub action: Action,
    pub bypass: bool,
    pub roles: &'a [String],
    pub lists: Vec<&'a [String]>,
}

impl Question<'_> {
    fn texts(&self) -> impl Iterator<Item = &str> {
        self.lists.iter().copied().flatten().map(String::as_str)
    }

    /// Through which of the texts the reference allows it: `Document::getPermissionsByType` takes
    /// the strings that begin with the action, drops `action(`, `)`, `"` and spaces wherever they
    /// stand, and looks for what is left among the roles.
    fn lax(&self) -> impl Iterator<Item = &str> {
        let opening = format!("{}(", self.action);
        self.texts().filter(move |text| {
            let role = text.replace(&opening, "").replace([')', '"', ' '], "");
            text.starts_with(self.action.as_str()) && self.roles.contains(&role)
        })
    }

    /// Whether we would allow it if these texts were not there.
    fn allowed_without(&self, left_out: impl Fn(&str) -> bool) -> bool {
        let roles: Vec<&str> = self.roles.iter().map(String::as_str).collect();
        let texts: Vec<&str> = self.texts().filter(|text| !left_out(text)).collect();
        self.bypass || oracle::allows(&roles, self.action, &texts)
    }
}

/// Cases in which we differ, by name, with the reason for each.
#[derive(Default)]
pub struct Differences {
    found: BTreeMap<String, String>,
}

impl Differences {
    /// Compares one verdict. The reference's is also held against what its code does, so that a
    /// wrong verdict is noticed even where the rule would let it through.
    pub fn compare(
        &mut self,
        name: &str,
        Verdicts { ours, reference }: Verdicts,
        question: &Question<'_>,
    ) -> Result<(), String> {
        let lax = question.bypass || question.lax().next().is_some();
        if lax != reference {
            return Err(format!("{name}: the reference's code says {lax}, the case {reference}"));
        }
        let reason = match (ours, reference) {
            (true, true) | (false, false) => return Ok(()),
            (false, true) => {
                let malformed = |text: &&str| Permission::parse(text).is_err();
                let text = question.lax().find(malformed);
                let text =
                    text.ok_or(format!("{name}: denied, through no malformed permission"))?;
                let kind = Permission::parse(text).unwrap_err().kind();
                format!("{text:?} is malformed ({kind:?}) and grants nothing")
            }
            (true, false) => {
                let is_write = |text: &str| text.starts_with("write(");
                if question.action == Action::Read || question.allowed_without(is_write) {
                    return Err(format!("{name}: allowed, and not only through write"));
                }
                let text = question.texts().find(|text| {
                    is_write(text) && question.allowed_without(|other| other != *text)
                });
                let text = text.ok_or(format!("{name}: allowed through nothing"))?;
                format!("{text:?}: write is expanded when evaluated")
            }
        };
        self.found.insert(name.to_owned(), reason);
        Ok(())
    }

    /// Prints the count, and holds the differences against the named ones.
    pub fn finish(self, file: &str) {
        println!("conformance {file}: {} differences", self.found.len());
        if !folder().1 {
            return;
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/differences.json");
        let text = std::fs::read_to_string(path).unwrap();
        let named: BTreeMap<String, BTreeMap<String, String>> =
            serde_json::from_str(&text).unwrap();
        let named = named.get(file).cloned().unwrap_or_default();
        let found = serde_json::to_string_pretty(&self.found).unwrap();
        assert!(self.found == named, "{path} should say of {file}: {found}");
    }
}
