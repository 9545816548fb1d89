//! Deliberate differences from Appwrite on malformed or unexpanded lists.
//!
//! Two rules hold for every case of every folder.
//!
//! - If this library allows an action, Appwrite allows it too. The exception is `write` in a stored list, which
//!   Appwrite expands only when the list is saved.
//! - If only Appwrite allows an action, the reason is a malformed permission.
//!
//! `tests/data/differences.json` names each difference in the vectors of this repository, with its
//! reason.

use std::collections::BTreeMap;

use rolegate::{Action, Permission};

use super::folder;
use crate::support::oracle;

/// Our verdict and Appwrite's.
#[derive(Clone, Copy)]
pub struct Verdicts {
    pub ours: bool,
    pub appwrite: bool,
}

/// A question: do the lists that count allow this action to a holder of these roles?
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

    /// Returns the texts through which Appwrite allows the action. `Document::getPermissionsByType`
    /// takes the strings that begin with the action and removes every `action(`, `)`, `"` and space.
    /// The rest must be one of the roles.
    fn lax(&self) -> impl Iterator<Item = &str> {
        let opening = format!("{}(", self.action);
        self.texts().filter(move |text| {
            let role = text.replace(&opening, "").replace([')', '"', ' '], "");
            text.starts_with(self.action.as_str()) && self.roles.contains(&role)
        })
    }

    /// Returns `true` if this library allows the action without some of the texts.
    fn allowed_without(&self, left_out: impl Fn(&str) -> bool) -> bool {
        let roles: Vec<&str> = self.roles.iter().map(String::as_str).collect();
        let texts: Vec<&str> = self.texts().filter(|text| !left_out(text)).collect();
        self.bypass || oracle::allows(&roles, self.action, &texts)
    }
}

/// The differences that were found, by name, with the reason for each.
#[derive(Default)]
pub struct Differences {
    found: BTreeMap<String, String>,
}

impl Differences {
    /// Compares two verdicts. Appwrite's verdict must also equal the verdict of [`Question::lax`], so that a
    /// wrong vector is always an error.
    pub fn compare(
        &mut self,
        name: &str,
        Verdicts { ours, appwrite }: Verdicts,
        question: &Question<'_>,
    ) -> Result<(), String> {
        let lax = question.bypass || question.lax().next().is_some();
        if lax != appwrite {
            return Err(format!("{name}: Appwrite's code says {lax}, the case {appwrite}"));
        }
        let reason = match (ours, appwrite) {
            (true, true) | (false, false) => return Ok(()),
            (false, true) => {
                let malformed = |text: &&str| Permission::parse(text).is_err();
                let text = question.lax().find(malformed);
                let text = text
                    .ok_or(format!("{name}: denied, and no malformed permission is the reason"))?;
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
                let text =
                    text.ok_or(format!("{name}: allowed, and no permission is the reason"))?;
                format!("{text:?}: write is expanded when evaluated")
            }
        };
        self.found.insert(name.to_owned(), reason);
        Ok(())
    }

    /// Prints the number of differences, and compares them with the named ones of this repository.
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
