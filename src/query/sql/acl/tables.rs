//! The statements that create the tables of lists.

use super::AclSchema;
use super::schema::Names;
use crate::query::sql::Dialect;

impl AclSchema {
    /// Returns the statements that create `PREFIX_lists` and `PREFIX_grants` with their indexes. All run in this order.
    #[must_use]
    pub fn create(&self) -> Vec<String> {
        [self.create_lists(), self.create_grants()].concat()
    }

    /// Returns the statement that creates `PREFIX_counts`, for hosts that count documents.
    #[must_use]
    pub fn create_counts(&self) -> String {
        let Self { counts, .. } = self;
        let reference = self.reference();
        match self.dialect {
            Dialect::Sqlite => format!(
                "CREATE TABLE {counts} (acl INTEGER PRIMARY KEY {reference}, \
                 documents INTEGER NOT NULL)"
            ),
            Dialect::Postgres => format!(
                "CREATE TABLE {counts} (acl bigint PRIMARY KEY {reference}, \
                 documents bigint NOT NULL)"
            ),
            Dialect::MariaDb => format!(
                "CREATE TABLE {counts} (acl BIGINT PRIMARY KEY, documents BIGINT NOT NULL, \
                 FOREIGN KEY (acl) {reference}) ENGINE=InnoDB"
            ),
            Dialect::DuckDb => {
                format!("CREATE TABLE {counts} (acl BIGINT PRIMARY KEY, documents BIGINT NOT NULL)")
            }
        }
    }

    fn create_lists(&self) -> Vec<String> {
        let Self { lists, names: Names { lists_index, sequence, .. }, .. } = self;
        match self.dialect {
            // `AUTOINCREMENT` never gives the number of a removed list to another one.
            Dialect::Sqlite => vec![format!(
                "CREATE TABLE {lists} (acl INTEGER PRIMARY KEY AUTOINCREMENT, \
                 permissions TEXT NOT NULL UNIQUE)"
            )],
            Dialect::Postgres => vec![
                format!(
                    "CREATE TABLE {lists} (acl bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
                     permissions text COLLATE \"C\" NOT NULL)"
                ),
                format!(
                    "CREATE UNIQUE INDEX {lists_index} ON {lists} \
                     (sha256(CAST(permissions AS bytea)))"
                ),
            ],
            Dialect::MariaDb => vec![format!(
                "CREATE TABLE {lists} (acl BIGINT AUTO_INCREMENT PRIMARY KEY, \
                 permissions MEDIUMBLOB NOT NULL, \
                 digest BINARY(64) AS (SHA2(permissions, 256)) STORED, UNIQUE (digest)) \
                 ENGINE=InnoDB"
            )],
            Dialect::DuckDb => vec![
                format!("CREATE SEQUENCE {sequence}"),
                format!(
                    "CREATE TABLE {lists} (acl BIGINT PRIMARY KEY DEFAULT nextval('{}'), \
                     permissions VARCHAR COLLATE \"C\" NOT NULL UNIQUE)",
                    sequence.replace('\'', "''"),
                ),
            ],
        }
    }

    fn create_grants(&self) -> Vec<String> {
        let Self { grants, names: Names { indexed_grants, grants_index, .. }, .. } = self;
        let reference = self.reference();
        let table = match self.dialect {
            Dialect::Sqlite => format!(
                "CREATE TABLE {grants} (acl INTEGER NOT NULL {reference}, \
                 action TEXT NOT NULL, role TEXT NOT NULL, \
                 PRIMARY KEY (role, action, acl)) WITHOUT ROWID"
            ),
            Dialect::Postgres => format!(
                "CREATE TABLE {grants} (acl bigint NOT NULL {reference}, \
                 action text COLLATE \"C\" NOT NULL, role text COLLATE \"C\" NOT NULL, \
                 PRIMARY KEY (role, action, acl))"
            ),
            // The index of the foreign key is created with it.
            Dialect::MariaDb => {
                return vec![format!(
                    "CREATE TABLE {grants} (acl BIGINT NOT NULL, action VARBINARY(6) NOT NULL, \
                     role VARBINARY(123) NOT NULL, PRIMARY KEY (role, action, acl), \
                     FOREIGN KEY (acl) {reference}) ENGINE=InnoDB"
                )];
            }
            Dialect::DuckDb => format!(
                "CREATE TABLE {grants} (acl BIGINT NOT NULL, \
                 action VARCHAR COLLATE \"C\" NOT NULL, role VARCHAR COLLATE \"C\" NOT NULL, \
                 PRIMARY KEY (role, action, acl))"
            ),
        };
        vec![table, format!("CREATE INDEX {grants_index} ON {indexed_grants} (acl)")]
    }

    /// Returns the reference to a list. DuckDB has no deletes that cascade, and refuses some updates of rows that are
    /// referred to.
    fn reference(&self) -> String {
        format!("REFERENCES {} (acl) ON DELETE CASCADE", self.names.referred_lists)
    }
}
