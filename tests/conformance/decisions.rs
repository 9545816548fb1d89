//! `decisions`, `decisions_raw`: lists that allow an action to some roles, or do not.

use rolegate::{AclColumn, AclTable, Action, Principal, Role};
use serde::Deserialize;

use super::differences::{Differences, Question, Verdicts};
use super::{check_all, same};
use crate::support::oracle;

#[derive(Deserialize)]
struct Decision {
    roles: Vec<String>,
    bypass: bool,
    action: Action,
    permissions: Vec<String>,
    allowed: bool,
}

impl Decision {
    /// Returns the decision of this library. Every path must give the same decision.
    fn ours(&self) -> Result<bool, String> {
        let principal = principal(&self.roles, self.bypass);
        let can = principal.can(self.action, &self.permissions);
        let matches = principal.matcher(self.action).allows(&self.permissions);
        same("matcher", &matches, &can)?;
        let explained = principal.explain(self.action, &self.permissions).allowed;
        same("explanation", &explained, &can)?;

        let mut table = AclTable::new();
        let (id, _) = table.insert_lenient(&self.permissions).map_err(|e| e.to_string())?;
        let visibility = table.resolve(&principal, self.action);
        same("visibility", &visibility.allows(id), &can)?;
        let filtered = visibility.filter(&AclColumn::from_iter([id])).contains(0);
        same("filter", &filtered, &can)?;

        let roles = texts(&self.roles);
        let naive = oracle::allows(&roles, self.action, &texts(&self.permissions));
        same("oracle", &(self.bypass || naive), &can)?;
        Ok(can)
    }
}

/// Returns a principal with those of the roles that are well-formed.
pub fn principal(roles: &[String], bypass: bool) -> Principal {
    if bypass {
        Principal::key_with_bypass()
    } else {
        Principal::from_roles(roles.iter().filter_map(|role| Role::parse(role).ok()))
    }
}

fn texts(strings: &[String]) -> Vec<&str> {
    strings.iter().map(String::as_str).collect()
}

#[test]
fn decision_on_well_formed_list_is_that_of_appwrite() {
    check_all("decisions", |case: &Decision| same("allowed", &case.ours()?, &case.allowed));
}

#[test]
fn decision_on_raw_list_allows_no_more_than_appwrite() {
    let mut differences = Differences::default();
    let mut number = 0;
    check_all("decisions_raw", |case: &Decision| {
        number += 1;
        let verdicts = Verdicts { ours: case.ours()?, appwrite: case.allowed };
        let question = Question {
            action: case.action,
            bypass: case.bypass,
            roles: &case.roles,
            lists: vec![&case.permissions],
        };
        differences.compare(&format!("line {number}"), verdicts, &question)
    });
    differences.finish("decisions_raw");
}
