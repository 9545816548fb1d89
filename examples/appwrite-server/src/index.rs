//! Which documents somebody sees, in order: [`Index`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{self, Excluded, Unbounded};

use itertools::{Either, Itertools};
use rolegate::{AclId, AclTable, TableFull, Visibility};
use serde_json::Value;

/// From how many lists on, most of them without a document, the table is made anew: whoever changes
/// permissions over and over must not fill the memory.
const WORTH_REBUILDING: usize = 4096;

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
    ///
    /// Merging is dear to begin with: 30 microseconds for 250 lists, 2 milliseconds for 10,000. So as
    /// many documents are walked first as there are visible lists, which is little beside it: whoever
    /// sees much has a page by then. What is left is merged, and nobody walks past more than that.
    pub fn page<'a>(
        &'a self,
        visible: &'a Visibility,
        after: Option<i64>,
        down: bool,
    ) -> impl Iterator<Item = i64> + 'a {
        let steps = visible.lists().map_or(usize::MAX, Iterator::count);
        let near = self.walk(after, down).take(steps);
        let near = near.filter(|(_, list)| visible.allows(**list)).map(|(document, _)| *document);
        let far = move || {
            let runs = self.visible(visible)?;
            let (last, _) = self.walk(after, down).nth(steps.checked_sub(1)?)?;
            let range = range(Some(*last), down);
            let runs = runs.map(move |run| turned(run.documents.range(range), down));
            Some(runs.kmerge_by(move |one, other| (one < other) != down).copied())
        };
        near.chain(std::iter::once_with(far).flatten().flatten())
    }

    fn walk(&self, after: Option<i64>, down: bool) -> impl Iterator<Item = (&i64, &AclId)> {
        turned(self.all.range(range(after, down)), down)
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

fn range(after: Option<i64>, down: bool) -> (Bound<i64>, Bound<i64>) {
    let after = after.map_or(Unbounded, Excluded);
    if down { (Unbounded, after) } else { (after, Unbounded) }
}

fn turned<I: DoubleEndedIterator>(all: I, down: bool) -> impl Iterator<Item = I::Item> {
    if down { Either::Left(all.rev()) } else { Either::Right(all) }
}
