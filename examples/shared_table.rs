//! One table that a writer changes while readers ask: `cargo run --example shared_table`.
//!
//! What belongs together stands behind one lock: the table, the column, and the host's documents in
//! the column's order. Ann and Bob pass documents to each other, one at a time, and each
//! document is always somebody's: readers check that nobody ever sees it twice or not at all.

use std::error::Error;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::thread;

use rolegate::{AclColumn, AclTable, Action, InsertError, Principal};

const DOCUMENTS: usize = 1_000;
const READERS: usize = 3;

/// How often a document is passed on.
const WRITES: usize = 20_000;

/// What is behind the lock.
#[derive(Default)]
struct Shelf {
    table: AclTable,
    column: AclColumn,
    titles: Vec<String>,
}

#[derive(Default)]
struct Store(RwLock<Shelf>);

impl Store {
    /// Adds a document.
    fn add(&self, title: String, permissions: &[String]) -> Result<(), InsertError> {
        // Nothing that is done to a shelf leaves it half done, so that a lock on which another thread
        // has panicked is as good as any.
        let mut inside = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let id = inside.table.insert(permissions)?;
        inside.column.push(id);
        inside.titles.push(title);
        Ok(())
    }

    /// Gives a document other permissions.
    fn update(&self, position: usize, permissions: &[String]) -> Result<(), InsertError> {
        let mut inside = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let id = inside.table.insert(permissions)?;
        inside.column.set(position, id);
        Ok(())
    }

    /// The titles that each of the principals may read, all of one moment.
    ///
    /// Resolving, filtering and taking the documents is done under one lock: a selection's positions
    /// are those of the column as it was.
    fn visible<const N: usize>(&self, principals: [&Principal; N]) -> [Vec<String>; N] {
        let inside = self.0.read().unwrap_or_else(PoisonError::into_inner);
        principals.map(|principal| {
            let visible = inside.table.resolve(principal, Action::Read).filter(&inside.column);
            visible.of(&inside.titles).cloned().collect()
        })
    }
}

/// What the owner of a document grants, and to how many others, so that new lists keep coming.
fn owned_by(owner: &str, others: usize) -> Vec<String> {
    vec![format!("read(\"user:{owner}\")"), format!("update(\"team:t{}\")", others % 500)]
}

/// Runs the writer and the readers, and says how often the readers looked.
fn pass_around() -> Result<usize, Box<dyn Error>> {
    let store = Store::default();
    for number in 0..DOCUMENTS {
        store.add(format!("document {number}"), &owned_by("ann", number))?;
    }
    let [ann, bob] = ["user:ann", "user:bob"].map(|role| Principal::parse_roles([role]));
    let (ann, bob) = (ann?, bob?);

    let done = AtomicBool::new(false);
    let read = || -> Result<usize, String> {
        let mut looked = 0;
        while !done.load(Ordering::Acquire) || looked == 0 {
            let [of_ann, of_bob] = store.visible([&ann, &bob]);
            let mut all = [of_ann, of_bob].concat();
            all.sort_unstable();
            all.dedup();
            if all.len() != DOCUMENTS {
                return Err(format!("{} documents, not {DOCUMENTS}", all.len()));
            }
            looked += 1;
        }
        Ok(looked)
    };
    let write = || {
        let passed = (0..WRITES).try_for_each(|write| {
            let owner = if (write / DOCUMENTS).is_multiple_of(2) { "bob" } else { "ann" };
            store.update(write % DOCUMENTS, &owned_by(owner, write))
        });
        done.store(true, Ordering::Release);
        passed
    };
    thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(read)).collect();
        write()?;
        let looked = readers.into_iter().map(|reader| reader.join().map_err(|_| "a panic")?);
        Ok(looked.sum::<Result<usize, String>>()?)
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let looked = pass_around()?;
    writeln!(
        io::stdout(),
        "{WRITES} writes, {READERS} readers who looked {looked} times: every document was \
         somebody's, each time"
    )?;
    Ok(())
}
