//! Tables for hash-consed lists, for hosts that own the schema: [`AclSchema`].

use super::StoredList;
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
/// `NOT NULL` and the reference make a mistake an error. Without them, a document whose list is missing is hidden from
/// every user. The number of a removed list is never used again. SQLite checks references only after `PRAGMA foreign_keys = ON` on the connection.
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
/// All statements belong in the host's transaction. The placeholders of whole statements begin at 1.
///
/// - **Insert a document.** Run the statements of [`insert_list`](Self::insert_list). Insert the document with
///   [`number`](Self::number) as its list. With counts, run [`count_one_more`](Self::count_one_more).
/// - **Change the permissions.** The same, with an update of the document. With counts, also run
///   [`count_one_less`](Self::count_one_less) with the number of the old list. Read that number under a lock on the
///   document, with `SELECT … FOR UPDATE`, or on SQLite after `BEGIN IMMEDIATE`. Two changes at the same time would
///   otherwise subtract the same number.
/// - **Remove a document.** Delete the document. With counts, `DELETE … RETURNING acl` gives the number for
///   `count_one_less`.
///
/// Count only if the statement on the document changed a row. A guard can refuse the change, and then no row changes.
/// Two transactions that exchange two lists may wait for each other. The database ends one of them, and the host runs
/// it again.
///
/// Two transactions may insert the same list at the same time. The second waits for the first. At the isolation level
/// `REPEATABLE READ` or higher, the second may then find no number, and its document is refused by `NOT NULL`. The
/// host runs the transaction again, as it does for other conflicts.
///
/// On MariaDB, the first statement of `insert_list` locks a list that is there until the transaction ends. Run the
/// statements only if `SELECT` of the [`number`](Self::number) gives no number. Writers of a popular list then do not
/// wait for each other.
///
/// # Unused lists
///
/// A list stays when no document has it. [`remove_unused_lists`](Self::remove_unused_lists) can run at any later time, in
/// a transaction of its own. Another transaction may insert a document with such a list meanwhile. The reference then
/// refuses the removal, or the document. The host runs the refused transaction again. Two databases need care:
///
/// - On MariaDB, other inserts of documents wait until the removal is committed.
/// - DuckDB does not see references of other transactions. No other transaction may write during the removal.
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
    /// The names of the tables, in quotes, with their schema.
    pub(super) lists: String,
    pub(super) grants: String,
    pub(super) counts: String,
    /// The names of other objects, in quotes.
    pub(super) names: Names,
}

/// The names that only the statements that create tables use. They are in quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Names {
    /// The name of `lists` in a reference, and of `grants` in the definition of an index. SQLite refuses a schema there.
    pub(super) referred_lists: String,
    pub(super) indexed_grants: String,
    /// The names of the indexes. The schema stands before the name on SQLite, and is that of the table elsewhere.
    pub(super) lists_index: String,
    pub(super) grants_index: String,
    pub(super) sequence: String,
}

impl AclSchema {
    /// Creates a schema whose tables are `PREFIX_lists`, `PREFIX_grants` and `PREFIX_counts`.
    ///
    /// `prefix` may have a schema before it, with a dot between the parts, and a catalogue where the database has them.
    ///
    /// # Errors
    ///
    /// A part of a name is not an identifier of the database.
    pub fn new(dialect: Dialect, prefix: &str) -> Result<Self, LayoutError> {
        let table = |suffix: &str| dialect.quote_table(&format!("{prefix}_{suffix}"));
        let last = prefix.rsplit('.').next().unwrap_or(prefix);
        let name = |suffix: &str| dialect.quote(&format!("{last}_{suffix}"));
        let (lists, grants) = (table("lists")?, table("grants")?);
        let (lists_index, grants_index) = ("lists_by_permissions", "grants_by_list");
        let names = if dialect == Dialect::Sqlite {
            Names {
                referred_lists: name("lists")?,
                indexed_grants: name("grants")?,
                lists_index: table(lists_index)?,
                grants_index: table(grants_index)?,
                sequence: table("numbers")?,
            }
        } else {
            Names {
                referred_lists: lists.clone(),
                indexed_grants: grants.clone(),
                lists_index: name(lists_index)?,
                grants_index: name(grants_index)?,
                sequence: table("numbers")?,
            }
        };
        Ok(Self { dialect, lists, grants, counts: table("counts")?, names })
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

    pub(super) fn select_number(&self, list: &StoredList, binder: &mut Binder) -> String {
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
