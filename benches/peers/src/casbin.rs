//! casbin 2.20.
//!
//! The code follows "Supported models" and "Performance optimization" in the manual of Casbin. The model is
//! "RBAC". The object of a rule is a group of documents with the same readers. An enforcer tries one rule
//! after the other, so fewer rules are faster. The enforcer has only the rules for reading, and the
//! matcher begins with the cheapest comparison. The model "RBAC with resource roles", in which the engine
//! finds the group of a document (`g2`), took more than twice as long.
//!
//! Prepared: the model, its compiled matcher, the rules, the role graph, the group of each document.
//! Timed: `Enforcer::enforce` for each document.
//!
//! The cached enforcer is not used. From the second round on, it would only look up its earlier answers.

use std::collections::HashMap;

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};

use crate::data::Data;
use crate::{Engine, block_on};

const MODEL: &str = "
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.obj == p.obj && g(r.sub, p.sub) && r.act == p.act
";

/// An enforcer with the rules for reading.
pub struct Casbin {
    enforcer: Enforcer,
    caller: String,
    /// The group of each document.
    groups: Vec<String>,
}

impl Casbin {
    /// Loads the model and the rules.
    #[must_use]
    pub fn new(data: &Data) -> Self {
        let caller = data.caller.id.clone();
        let memberships = data.caller.roles.iter().map(|role| vec![caller.clone(), role.clone()]);
        let mut names: HashMap<&[String], String> = HashMap::new();
        let mut rules = Vec::new();
        let groups = data.documents.iter().map(|document| {
            let next = format!("readers-{}", names.len());
            let name = names.entry(&document.readers).or_insert_with(|| {
                let readers = document.readers.iter();
                rules.extend(readers.map(|role| vec![role.clone(), next.clone(), "read".into()]));
                next
            });
            name.clone()
        });
        let groups: Vec<_> = groups.collect();
        let enforcer = block_on(async {
            let model = DefaultModel::from_str(MODEL).await?;
            let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
            enforcer.add_policies(rules).await?;
            enforcer.add_grouping_policies(memberships.collect()).await?;
            casbin::Result::Ok(enforcer)
        });
        Self { enforcer: enforcer.expect("the model and the rules fit"), caller, groups }
    }
}

impl Engine for Casbin {
    fn visible(&mut self) -> Vec<usize> {
        let groups = self.groups.iter().enumerate();
        let allowed = groups.filter(|(_, group)| {
            let request = (self.caller.as_str(), group.as_str(), "read");
            self.enforcer.enforce(request).expect("the request fits the model")
        });
        allowed.map(|(position, _)| position).collect()
    }
}
