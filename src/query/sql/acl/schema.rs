//! Tables for hash-consed lists, for hosts that own the schema: [`AclSchema`].

use super::{StoredList, lists};
use crate::query::Plan;
use crate::query::sql::fragment::Binder;
use crate::query::sql::{Dialect, Fragment, Layout, LayoutError, json};

/// The tables that hold each distinct list of permissions once. A document carries the number of its list.
///
/// | table | content |
/// | --- | --- |
/// | `acl_lists(acl, permissions)` | the number of each list, and its permissions in a canonical spelling |
/// | `acl_grants(acl, action, role)` | what each list grants, with `write` expanded |
/// | `acl_counts(acl, documents)` | optional: the number of documents with each list |
///
/// The host's table of documents has a column for the number, with an index:
///
/// ```sql
/// acl bigint NOT NULL REFERENCES acl_lists (acl)
/// ```
///
/// `NOT NULL` and the reference make a mistake an error. Without them, a document whose list is missing is visible to
/// nobody. SQLite checks references only after `PRAGMA foreign_keys = ON` on the connection.
///
/// ```
/// use rolegate::query::sql::{AclSchema, Dialect, StoredList};
/// use rolegate::Permission;
///
/// let schema = AclSchema::new(Dialect::Sqlite, "acl")?;
/// let list = StoredList::new([Permission::parse(r#"read("user:ann")"#)?]);
/// let number = schema.number(&list, 2);
/// assert_eq!(number.text(), "(SELECT acl FROM \"acl_lists\" WHERE permissions = ?2)");
/// let sql = format!("INSERT INTO documents (name, acl) VALUES (?1, {})", number.text());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Writing
///
/// All statements belong into the host's transaction. The placeholders of whole statements begin at 1.
///
/// - **Insert a document.** Run the statements of [`insert_list`](Self::insert_list). Insert the document with
///   [`number`](Self::number) as its list.
/// - **Change the permissions.** The same, with an update of the document.
/// - **Remove a document.** Delete the document. [`remove_unused_lists`](Self::remove_unused_lists) can run at any
///   later time.
/// - **Count.** With `acl_counts`, also run [`count`](Self::count) for each document that got or lost a list.
///   A lost list is in `acl_lists`: parse each line of `permissions`, and pass the result to [`StoredList::new`].
///
/// Two transactions may insert the same list at the same time. The second waits for the first. At the isolation level
/// `REPEATABLE READ` or higher, the second may then find no number, and its document is refused by `NOT NULL`. The
/// host runs the transaction again, as it does for other conflicts.
///
/// # Counts
///
/// A table `acl_counts` has one row for each list, and every change of a document with a popular list updates the same
/// row. Writers of such documents wait for each other until the transaction ends. If many clients write, leave the
/// table out, and count the documents with `SELECT count(*)` and the condition of [`layout`](Self::layout). An index on
/// the number of the list serves this count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AclSchema {
    pub(super) dialect: Dialect,
    /// The names of the tables, in quotes.
    pub(super) lists: String,
    pub(super) grants: String,
    pub(super) counts: String,
    /// The names of an index of `lists`, of an index of `grants`, and of a sequence, in quotes.
    pub(super) lists_index: String,
    pub(super) grants_index: String,
    pub(super) sequence: String,
}

/// The number of documents that got or lost a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CountChange {
    /// One document more has the list.
    OneMore,
    /// One document less has the list.
    OneLess,
}

impl AclSchema {
    /// Creates a schema whose tables are `PREFIX_lists`, `PREFIX_grants` and `PREFIX_counts`.
    ///
    /// `prefix` may have a schema and a catalogue before it, with dots between the parts.
    ///
    /// # Errors
    ///
    /// A part of a name is not an identifier of the database.
    pub fn new(dialect: Dialect, prefix: &str) -> Result<Self, LayoutError> {
        let table = |suffix: &str| dialect.quote_table(&format!("{prefix}_{suffix}"));
        // An index is in the schema of its table, and its name has no schema.
        let last = prefix.rsplit('.').next().unwrap_or(prefix);
        let index = |suffix: &str| dialect.quote(&format!("{last}_{suffix}"));
        Ok(Self {
            dialect,
            lists: table("lists")?,
            grants: table("grants")?,
            counts: table("counts")?,
            lists_index: index("lists_by_permissions")?,
            grants_index: index("grants_by_list")?,
            sequence: table("numbers")?,
        })
    }

    /// Returns the layout of documents with a column `acl`.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout::acl(self.dialect, self.grants.clone())
    }

    /// Returns the statements that insert a list, unless it is there. Both run in this order.
    pub fn insert_list(&self, list: &StoredList) -> [Fragment; 2] {
        let mut binder = Binder::starting_at(self.dialect, 1);
        let text = binder.bind_text(list.as_str());
        let Self { lists, .. } = self;
        let insert =
            format!("INSERT INTO {lists} (permissions) VALUES ({text}) {}", self.ignore("acl"));
        [binder.finish(insert), self.insert_grants(list)]
    }

    fn insert_grants(&self, list: &StoredList) -> Fragment {
        let Self { dialect, lists, grants, .. } = self;
        let mut binder = Binder::starting_at(*dialect, 1);
        let array = binder.bind_texts(&list.grants);
        let (action, role, table) = match dialect {
            Dialect::Sqlite => (
                "substr(rolegate_r.value, 1, instr(rolegate_r.value, ' ') - 1)",
                "substr(rolegate_r.value, instr(rolegate_r.value, ' ') + 1)",
                format!("json_each({array}) AS rolegate_r"),
            ),
            Dialect::Postgres => (
                "split_part(rolegate_r.text, ' ', 1)",
                "split_part(rolegate_r.text, ' ', 2)",
                format!("unnest(CAST({array} AS text[])) AS rolegate_r (text)"),
            ),
            Dialect::MariaDb => (
                "SUBSTRING_INDEX(rolegate_r.text, ' ', 1)",
                "SUBSTRING_INDEX(rolegate_r.text, ' ', -1)",
                json::mariadb_texts(&array),
            ),
            Dialect::DuckDb => (
                "split_part(rolegate_r.text, ' ', 1)",
                "split_part(rolegate_r.text, ' ', 2)",
                format!("(SELECT unnest(CAST({array} AS VARCHAR[])) AS text) AS rolegate_r"),
            ),
        };
        let is_list = self.is_list(list, &mut binder);
        let text = format!(
            "INSERT INTO {grants} (acl, action, role) SELECT rolegate_l.acl, {action}, {role} \
             FROM {lists} AS rolegate_l CROSS JOIN {table} WHERE {is_list} {}",
            self.ignore("role"),
        );
        binder.finish(text)
    }

    /// Returns the number of a list as an expression, which is NULL if the list is not there.
    pub fn number(&self, list: &StoredList, first_placeholder: usize) -> Fragment {
        let mut binder = Binder::starting_at(self.dialect, first_placeholder);
        let text = format!("({})", self.select_number(list, &mut binder));
        binder.finish(text)
    }

    /// Returns the statement that adds a change to the number of documents with a list.
    ///
    /// The statement changes one row, or no row if the list is not there. It waits for other transactions that change
    /// the same number.
    pub fn count(&self, list: &StoredList, change: CountChange) -> Fragment {
        let Self { dialect, counts, .. } = self;
        let mut binder = Binder::starting_at(*dialect, 1);
        let number = self.select_number(list, &mut binder);
        let text = match change {
            CountChange::OneMore => {
                let add = match dialect {
                    Dialect::MariaDb => "ON DUPLICATE KEY UPDATE documents = documents + 1".into(),
                    _ => format!(
                        "ON CONFLICT (acl) DO UPDATE SET documents = {counts}.documents + 1"
                    ),
                };
                // SQLite reads `ON` after a query without `WHERE` as a condition of a join.
                format!(
                    "INSERT INTO {counts} (acl, documents) SELECT rolegate_n.acl, 1 FROM ({number}) AS rolegate_n WHERE 1=1 {add}"
                )
            }
            CountChange::OneLess => {
                format!("UPDATE {counts} SET documents = documents - 1 WHERE acl = ({number})")
            }
        };
        binder.finish(text)
    }

    /// Returns a query for the exact number of documents of a plan, which is a sum over the visible lists.
    ///
    /// Every document has one list, so the number is exact if the host counts every change. The query takes time in
    /// proportion to the visible lists. It does not know tenants. The number is an integer of 64 bits.
    pub fn total(&self, plan: &Plan<'_>) -> Fragment {
        let Self { dialect, counts, grants, .. } = self;
        let mut binder = Binder::starting_at(*dialect, 1);
        let condition = match plan {
            Plan::Everything => "1=1".into(),
            Plan::Nothing => "1=0".into(),
            Plan::Matching(filter) => {
                format!("rolegate_c.acl IN ({})", lists(*dialect, grants, *filter, &mut binder))
            }
        };
        let sum = dialect.integer("coalesce(sum(rolegate_c.documents), 0)");
        let text = format!("SELECT {sum} AS total FROM {counts} AS rolegate_c WHERE {condition}");
        binder.finish(text)
    }

    /// Returns the statements that remove the lists that no document has. All run in this order.
    ///
    /// `documents` is the table of the documents, and `column` is the column with the number of the list. The column
    /// must refer to `PREFIX_lists` if other transactions insert documents at the same time.
    ///
    /// # Errors
    ///
    /// A name is not an identifier of the database.
    pub fn remove_unused_lists(
        &self,
        documents: &str,
        column: &str,
    ) -> Result<[String; 2], LayoutError> {
        let Self { dialect, lists, grants, .. } = self;
        let (documents, column) = (dialect.quote_table(documents)?, dialect.quote(column)?);
        let unused = format!(
            "DELETE FROM {lists} WHERE NOT EXISTS \
             (SELECT 1 FROM {documents} AS rolegate_d WHERE rolegate_d.{column} = {lists}.acl)"
        );
        // The grants are gone already where deletes cascade.
        Ok([unused, self.remove_rows_without_list(grants)])
    }

    /// Returns the statement that removes the counts of removed lists. It runs after
    /// [`remove_unused_lists`](Self::remove_unused_lists).
    #[must_use]
    pub fn remove_unused_counts(&self) -> String {
        self.remove_rows_without_list(&self.counts)
    }

    fn remove_rows_without_list(&self, table: &str) -> String {
        let Self { lists, .. } = self;
        format!(
            "DELETE FROM {table} WHERE acl NOT IN (SELECT rolegate_l.acl FROM {lists} AS rolegate_l)"
        )
    }

    fn select_number(&self, list: &StoredList, binder: &mut Binder) -> String {
        format!("SELECT acl FROM {} WHERE {}", self.lists, self.is_list(list, binder))
    }

    /// Returns a condition on the columns of `lists`. An index finds the digest, and the text decides.
    fn is_list(&self, list: &StoredList, binder: &mut Binder) -> String {
        let text = binder.bind_text(list.as_str());
        match self.dialect {
            Dialect::Sqlite | Dialect::DuckDb => format!("permissions = {text}"),
            Dialect::Postgres => format!(
                "sha256(CAST(permissions AS bytea)) = sha256(CAST(CAST({text} AS text) AS bytea)) \
                 AND permissions = {text}"
            ),
            Dialect::MariaDb => {
                let again = binder.bind_text(list.as_str());
                format!("digest = SHA2({text}, 256) AND permissions = {again}")
            }
        }
    }

    /// Returns the clause that makes an insert of a known row do nothing. `column` is any column of the table.
    fn ignore(&self, column: &str) -> String {
        match self.dialect {
            // `INSERT IGNORE` would hide other errors too.
            Dialect::MariaDb => format!("ON DUPLICATE KEY UPDATE {column} = {column}"),
            Dialect::Sqlite | Dialect::Postgres | Dialect::DuckDb => {
                "ON CONFLICT DO NOTHING".into()
            }
        }
    }
}
