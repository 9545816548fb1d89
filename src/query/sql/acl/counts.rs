//! The numbers of documents, and the removal of what no document uses.

use super::{AclSchema, StoredList, lists};
use crate::query::Plan;
use crate::query::sql::fragment::Binder;
use crate::query::sql::{Dialect, Fragment, LayoutError};

impl AclSchema {
    /// Returns the statement that counts a document that got a list.
    ///
    /// The statement inserts or changes one row, or no row if the list is not there. MariaDB reports two for a changed
    /// row. The statement waits for other transactions that count the same list.
    pub fn count_one_more(&self, list: &StoredList) -> Fragment {
        let Self { dialect, counts, .. } = self;
        let mut binder = Binder::starting_at(*dialect, 1);
        let number = self.select_number(list, &mut binder);
        let add = match dialect {
            Dialect::MariaDb => "ON DUPLICATE KEY UPDATE documents = documents + 1".into(),
            Dialect::Sqlite | Dialect::Postgres | Dialect::DuckDb => {
                format!("ON CONFLICT (acl) DO UPDATE SET documents = {counts}.documents + 1")
            }
        };
        // SQLite reads `ON` after a query without `WHERE` as a condition of a join.
        let text = format!(
            "INSERT INTO {counts} (acl, documents) \
             SELECT rolegate_n.acl, 1 FROM ({number}) AS rolegate_n WHERE 1=1 {add}"
        );
        binder.finish(text)
    }

    /// Returns the statement that counts a document that lost the list with a number.
    ///
    /// The number is that of the document's row, read under a lock as [the page of the type](Self#writing) says. The
    /// statement changes one row, or no row if no document with the list was counted.
    pub fn count_one_less(&self, number: i64) -> Fragment {
        let Self { dialect, counts, .. } = self;
        let mut binder = Binder::starting_at(*dialect, 1);
        let number = binder.bind_integer(number);
        let text = format!(
            "UPDATE {counts} SET documents = documents - 1 WHERE acl = {number} AND documents > 0"
        );
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

    /// Returns the statements that count all documents anew. All run in this order, in one transaction.
    ///
    /// `documents` are **all** tables of documents, each with the column that has the number of the list. Without
    /// tables, every count is removed. No other transaction may write documents meanwhile.
    ///
    /// # Errors
    ///
    /// A name is not an identifier of the database.
    pub fn count_all(&self, documents: &[(&str, &str)]) -> Result<Vec<String>, LayoutError> {
        let Self { dialect, counts, .. } = self;
        let mut statements = vec![format!("DELETE FROM {counts}")];
        let mut tables = Vec::new();
        for (table, column) in documents {
            let (table, column) = (dialect.quote_table(table)?, dialect.quote(column)?);
            tables.push(format!("SELECT rolegate_t.{column} AS acl FROM {table} AS rolegate_t"));
        }
        if !tables.is_empty() {
            statements.push(format!(
                "INSERT INTO {counts} (acl, documents) SELECT rolegate_d.acl, count(*) FROM ({}) \
                 AS rolegate_d WHERE rolegate_d.acl IS NOT NULL GROUP BY rolegate_d.acl",
                tables.join(" UNION ALL "),
            ));
        }
        Ok(statements)
    }

    /// Returns the statements that remove the lists that no document has. Both run in this order.
    ///
    /// `documents` are **all** tables of documents, each with the column that has the number of the list. The lists
    /// of a missing table are removed, unless its column refers to `PREFIX_lists`. Without tables, every list is
    /// removed that no reference protects.
    ///
    /// # Errors
    ///
    /// A name is not an identifier of the database.
    pub fn remove_unused_lists(
        &self,
        documents: &[(&str, &str)],
    ) -> Result<[String; 2], LayoutError> {
        let Self { dialect, lists, grants, .. } = self;
        let mut unused = vec!["1=1".to_owned()];
        for (table, column) in documents {
            let (table, column) = (dialect.quote_table(table)?, dialect.quote(column)?);
            unused.push(format!(
                "NOT EXISTS (SELECT 1 FROM {table} AS rolegate_d WHERE rolegate_d.{column} = {lists}.acl)"
            ));
        }
        let remove = format!("DELETE FROM {lists} WHERE {}", unused.join(" AND "));
        // The grants are gone already where deletes cascade.
        Ok([remove, self.remove_rows_without_list(grants)])
    }

    /// Returns the statement that removes the counts of removed lists. It runs after the statements of
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
}
