//! Compiling many lists on several threads: [`AclTable::par_insert_all`].
//!
//! Each thread compiles a part of the lists into a table of its own. The distinct lists of these tables are then
//! inserted in the order of the parts, without parsing. The numbers of lists and roles are therefore the same as if
//! all lists were inserted one after the other.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::AclTable;
use crate::acl::column::AclColumn;
use crate::acl::error::{InsertError, TableFull};
use crate::acl::id::AclId;
use crate::acl::limits::AclLimits;
use crate::packed::to_u32;

/// The least number of lists for a thread: 1,024. To start a thread and to copy its lists takes about as long as to
/// compile a hundred lists.
const LEAST: usize = 1024;

/// The error of [`AclTable::par_insert_all`]: a list that is refused, and its position.
///
/// It prints as `list 3: permission 0, byte 6: ...`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InsertAllError {
    index: usize,
    error: InsertError,
}

impl InsertAllError {
    #[cold]
    fn new(index: usize, error: InsertError) -> Self {
        Self { index, error }
    }

    /// Returns the position of the list, from 0. The table has the lists before it.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns the reason why the list is refused.
    #[must_use]
    pub fn error(&self) -> &InsertError {
        &self.error
    }
}

impl fmt::Display for InsertAllError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "list {}: {}", self.index, self.error)
    }
}

impl std::error::Error for InsertAllError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// The lists of one thread.
struct Part {
    /// The lists before the first one that is refused.
    column: AclColumn,
    table: AclTable,
    refused: Option<InsertError>,
}

impl AclTable {
    /// Compiles lists on the threads of rayon, and returns a column with the id of each. The result is that of an
    /// [`insert`](Self::insert) for each list, in this order. Needs the feature `rayon`.
    ///
    /// Each thread uses memory for the distinct lists of its part, and one to four bytes for each of its lists, until
    /// they are copied into the table. Only one thread copies. Lists that repeat are therefore compiled faster with
    /// two threads, and lists that are all distinct take longer. After a list is refused, the other threads stop.
    ///
    /// ```
    /// use rolegate::AclTable;
    ///
    /// let documents = [vec![r#"read("any")"#], vec![r#"read("users")"#], vec![r#"read("any")"#]];
    /// let mut table = AclTable::new();
    /// let column = table.par_insert_all(&documents)?;
    /// assert_eq!((column.len(), table.len()), (3, 2));
    /// assert_eq!(column.get(0), column.get(2));
    ///
    /// let error = table.par_insert_all(&[[r#"read("any")"#], ["nonsense"]]).unwrap_err();
    /// assert_eq!(error.index(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The position of the first list that [`insert`](Self::insert) refuses, and the reason. The table has the
    /// lists before it.
    pub fn par_insert_all<'l, L, S>(&mut self, lists: &'l [L]) -> Result<AclColumn, InsertAllError>
    where
        L: Sync,
        &'l L: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let len = lists.len().div_ceil(rayon::current_num_threads()).max(LEAST);
        let first_refused = AtomicUsize::new(usize::MAX);
        let parts: Vec<Part> = lists
            .par_chunks(len)
            .enumerate()
            .map(|(number, part)| Part::compile(part, number * len, &first_refused, self.limits))
            .collect();
        let mut column = AclColumn::new();
        for part in parts {
            let (numbers, full) = self.append(&part.table);
            let number = |id: AclId| numbers.get(id.index() as usize).copied();
            for list in part.column.iter().flatten().map_while(number) {
                column.push(AclId::new(self.id, list));
            }
            let Some(error) = full.map(InsertError::from).or(part.refused) else { continue };
            // The same list can have another reason too, which `insert` finds first.
            let index = column.len();
            let refused = lists.get(index).and_then(|list| self.insert(list).err());
            return Err(InsertAllError::new(index, refused.unwrap_or(error)));
        }
        Ok(column)
    }

    /// Inserts the lists of another table in their order, up to the first one that does not fit. Returns their
    /// numbers in this table, and the limit that was reached.
    fn append(&mut self, other: &Self) -> (Vec<u32>, Option<TableFull>) {
        let mut roles = vec![None; other.roles.len()];
        let mut numbers = Vec::with_capacity(other.len());
        for list in 0..to_u32(other.len()) {
            match self.copy_list(other, list, &mut roles) {
                Ok(number) => numbers.push(number),
                Err(full) => return (numbers, Some(full)),
            }
        }
        (numbers, None)
    }
}

impl Part {
    /// Compiles the lists from position `start` on, up to the first one that is refused, or until a list of an earlier
    /// part is refused.
    ///
    /// The lists and roles of a part are some of those that the table will have. A part that reaches a limit therefore
    /// stops at a list that the table refuses too, or behind it.
    fn compile<'l, L, S>(
        lists: &'l [L],
        start: usize,
        first_refused: &AtomicUsize,
        limits: AclLimits,
    ) -> Self
    where
        &'l L: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let table = AclTable::with_limits(limits);
        let mut part = Self { column: AclColumn::new(), table, refused: None };
        for (position, list) in (start..).zip(lists) {
            if first_refused.load(Ordering::Relaxed) < start {
                break;
            }
            match part.table.insert(list) {
                Ok(id) => part.column.push(id),
                Err(error) => {
                    first_refused.fetch_min(position, Ordering::Relaxed);
                    part.refused = Some(error);
                    break;
                }
            }
        }
        part
    }
}
