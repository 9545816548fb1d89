//! Where we deliberately say something else than the reference on malformed or unexpanded lists.
//!
//! The rule holds for every case of every folder: what we allow the reference allows too, but for
//! `write` in a stored list, which the reference expands only when a list is saved. The differences
//! in the vectors of this repository are named one by one, with their reasons, in
//! `tests/data/differences.json`.

use std::collections::BTreeMap;

use rolegate::{Action, Permission};

use super::folder;

/// Cases in which we differ, by name, with the reason for each.
#[derive(Default)]
pub struct Differences {
    found: BTreeMap<String, String>,
}

impl Differences {
    /// Compares one verdict on `lists`, of which the reference refused or allowed the action.
    pub fn compare(
        &mut self,
        name: &str,
        (ours, reference): (bool, bool),
        action: Action,
        roles: &[&str],
        lists: &[&[String]],
    ) -> Result<(), String> {
        let texts = || lists.iter().copied().flatten();
        let reason = match (ours, reference) {
            (true, true) | (false, false) => return Ok(()),
            (false, true) => {
                let malformed = |text: &&String| Permission::parse(text).is_err();
                let about_action = |text: &&String| text.trim().starts_with(action.as_str());
                let text = texts().filter(malformed).find(about_action);
                let text = text.or_else(|| texts().find(malformed));
                let text = text.ok_or("denied, though every permission is well-formed")?;
                format!("{text:?} is malformed: {:?}", Permission::parse(text).unwrap_err().kind())
            }
            (true, false) => texts()
                .find(|text| grants_by_write(text, action, roles))
                .map(|text| format!("{text:?}: write is expanded when evaluated"))
                .ok_or("allowed, and the reference does not")?,
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

fn grants_by_write(text: &str, action: Action, roles: &[&str]) -> bool {
    action != Action::Read && roles.iter().any(|role| text == format!("write(\"{role}\")"))
}
