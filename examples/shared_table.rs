//! One table that a writer changes while readers use it: `cargo run --example shared_table`.
//!
//! One lock protects the table, the column, and the host's documents in the order of the column. The writer
//! gives documents from Ann to Bob and back, one at a time. Readers check that each document always belongs to
//! exactly one of the two.

use std::error::Error;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};
use std::thread;

use rolegate::{AclColumn, AclTable, Action, InsertError, Principal};

const DOCUMENTS: usize = 1_000;
const READERS: usize = 3;

/// The number of times that a document gets another owner.
const WRITES: usize = 20_000;

/// The data that the lock protects.
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
        // Each change of a shelf is complete or has no effect. A poisoned lock can therefore be used.
        let mut inside = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let id = inside.table.insert(permissions)?;
        inside.column.push(id);
        inside.titles.push(title);
        Ok(())
    }

    /// Replaces the permissions of a document.
    fn update(&self, position: usize, permissions: &[String]) -> Result<(), InsertError> {
        let mut inside = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let id = inside.table.insert(permissions)?;
        inside.column.set(position, id);
        Ok(())
    }

    /// Returns the titles that each of the principals may read at one time.
    ///
    /// Resolving, filtering and copying the titles need one read lock, because the positions of a selection
    /// are those of the column at that time.
    fn visible<const N: usize>(&self, principals: [&Principal; N]) -> [Vec<String>; N] {
        let inside = self.0.read().unwrap_or_else(PoisonError::into_inner);
        principals.map(|principal| {
            let visible = inside.table.resolve(principal, Action::Read).filter(&inside.column);
            visible.of(&inside.titles).cloned().collect()
        })
    }
}

/// Returns the permissions of a document: the owner may read it, and one of 500 teams may update it.
fn owned_by(owner: &str, team: usize) -> Vec<String> {
    vec![format!("read(\"user:{owner}\")"), format!("update(\"team:t{}\")", team % 500)]
}

/// Runs the writer and the readers, and returns the number of reads.
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
        "{WRITES} writes, {looked} reads by {READERS} readers: every document always had one owner"
    )?;
    Ok(())
}
