//! Which documents somebody sees, in order: [`Index`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

use itertools::Itertools;
use rolegate::{AclId, AclTable, TableFull, Visibility};
use serde_json::Value;

/// From how many lists on, most of them without a document, the table is made anew: whoever changes
/// permissions over and over must not fill the memory.
const WORTH_REBUILDING: usize = 4096;

/// If one of so many documents is visible, a page is found sooner by walking past the others than by
/// merging runs.
const DENSE: usize = 8;

/// The documents of a collection, by their permission lists.
///
/// Lists partition the documents: what somebody sees is the runs of the visible lists, merged. A total
/// is a sum over them; a page costs the visible lists and itself, however many documents there are.
#[derive(Default)]
pub struct Index {
    pub table: AclTable,
    runs: HashMap<AclId, Run>,
    all: BTreeMap<i64, AclId>,
}

/// A list as it is stored, in each of the texts that mean the same, and the sequence numbers of the
/// documents that have it.
#[derive(Default)]
struct Run {
    lists: BTreeSet<String>,
    documents: BTreeSet<i64>,
}

impl Index {
    /// Moves a document from one list to another, both as they are stored. One without the first is
    /// new, one without the second gone. What is malformed grants nothing.
    pub fn file(
        &mut self,
        document: i64,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), TableFull> {
        if self.table.len() > WORTH_REBUILDING.max(2 * self.runs.len()) {
            self.table = AclTable::new();
            for (_, run) in std::mem::take(&mut self.runs) {
                let id = compile(&mut self.table, run.lists.first().map_or("[]", String::as_str))?;
                self.all.extend(run.documents.iter().map(|document| (*document, id)));
                self.runs.insert(id, run);
            }
        }
        // Nothing but this can fail, and by it nothing is visible yet.
        let to = to.map(|list| Ok((compile(&mut self.table, list)?, list))).transpose()?;
        let from = from.map(|list| compile(&mut self.table, list)).transpose()?;
        self.all.remove(&document);
        if let Some(run) = from.and_then(|id| self.runs.get_mut(&id)) {
            run.documents.remove(&document);
        }
        if let Some((id, list)) = to {
            let run = self.runs.entry(id).or_default();
            if !run.lists.contains(list) {
                run.lists.insert(list.into());
            }
            run.documents.insert(document);
            self.all.insert(document, id);
        }
        if let Some(from) = from
            && self.runs.get(&from).is_some_and(|run| run.documents.is_empty())
        {
            self.runs.remove(&from);
        }
        Ok(())
    }

    pub fn count(&self, visible: &Visibility) -> usize {
        self.visible(visible)
            .map_or(self.all.len(), |runs| runs.map(|run| run.documents.len()).sum())
    }

    /// The visible lists as they are stored, or `None` if every document is visible.
    pub fn lists(&self, visible: &Visibility) -> Option<Vec<&str>> {
        Some(self.visible(visible)?.flat_map(|run| &run.lists).map(String::as_str).collect())
    }

    /// The visible documents in their order, those that come after another one.
    pub fn page<'a>(
        &'a self,
        visible: &'a Visibility,
        after: Option<i64>,
        down: bool,
    ) -> Box<dyn Iterator<Item = i64> + 'a> {
        let after = after.map_or(Unbounded, Excluded);
        let range = if down { (Unbounded, after) } else { (after, Unbounded) };
        let dense = self.count(visible) * DENSE >= self.all.len();
        let Some(runs) = self.visible(visible).filter(|_| !dense) else {
            let all = self.all.range(range).filter(|&(_, &list)| visible.allows(list));
            let all = all.map(|(document, _)| *document);
            return if down { Box::new(all.rev()) } else { Box::new(all) };
        };
        let runs = runs.map(move |run| -> Box<dyn Iterator<Item = i64>> {
            let run = run.documents.range(range).copied();
            if down { Box::new(run.rev()) } else { Box::new(run) }
        });
        Box::new(runs.kmerge_by(move |one, other| (one < other) != down))
    }

    fn visible(&self, visible: &Visibility) -> Option<impl Iterator<Item = &Run>> {
        Some(visible.lists()?.filter_map(|id| self.runs.get(&id)))
    }
}

fn compile(table: &mut AclTable, list: &str) -> Result<AclId, TableFull> {
    let list: Value = serde_json::from_str(list).unwrap_or_default();
    let permissions = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(table.insert_lenient(permissions)?.0)
}
