//! SQLite with rusqlite: an application that owns its schema stores each distinct list of permissions once.
//!
//! ```sh
//! cargo run --manifest-path tests/databases/Cargo.toml --example sqlite -- NEW_FILE
//! ```

use rolegate::query::sql::{AclSchema, Bind, Dialect, Fragment, StoredList};
use rolegate::{Action, Principal};
use rusqlite::{Connection, ToSql};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let file = std::env::args().nth(1).ok_or("usage: sqlite FILE")?;
    run(&file)?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Creates notes of two users, and returns what one of them sees and changes.
pub(crate) fn run(file: &str) -> Result<Vec<String>> {
    let mut notes = Notes::create(file)?;
    let ann = Principal::parse_roles(["any", "users", "user:ann"])?;
    let bob = Principal::parse_roles(["any", "users", "user:bob"])?;
    let hers = notes.insert(&ann, "Ann's", &[r#"read("user:ann")"#, r#"write("user:ann")"#])?;
    let his = notes.insert(&bob, "Bob's", &[r#"read("user:bob")"#, r#"write("user:bob")"#])?;
    let public = notes.insert(&bob, "Public", &[r#"read("any")"#])?;

    let mut lines = notes.newest(&ann)?;
    lines.push(format!("total: {}", notes.total(&ann)?));
    for (whose, id) in [("hers", hers), ("his", his), ("public", public)] {
        lines.push(format!("changed {whose}: {}", notes.update(&ann, id, "changed")?));
    }
    Ok(lines)
}

struct Notes {
    db: Connection,
    schema: AclSchema,
}

impl Notes {
    /// Creates the tables of the lists, and the table of the application.
    fn create(file: &str) -> Result<Self> {
        let db = Connection::open(file)?;
        let schema = AclSchema::new(Dialect::Sqlite, "acl")?;
        // SQLite checks references only with this setting.
        db.execute_batch("PRAGMA foreign_keys = ON")?;
        db.execute_batch(&schema.create().join(";"))?;
        db.execute_batch(&schema.create_counts())?;
        db.execute_batch(
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL,
                acl INTEGER NOT NULL REFERENCES acl_lists (acl));
             CREATE INDEX notes_acl ON notes (acl)",
        )?;
        Ok(Self { db, schema })
    }

    /// Inserts a note, and returns its id. The author may name only roles that it has.
    fn insert(&mut self, author: &Principal, text: &str, permissions: &[&str]) -> Result<i64> {
        let list = StoredList::new(author.document_permissions(permissions)?);
        let transaction = self.db.transaction()?;
        for statement in self.schema.insert_list(&list) {
            transaction.execute(statement.text(), &*values(&[], &statement))?;
        }
        let number = self.schema.number(&list, 2);
        let sql = format!("INSERT INTO notes (text, acl) VALUES (?1, {})", number.text());
        transaction.execute(&sql, &*values(&[&text], &number))?;
        let id = transaction.last_insert_rowid();
        let count = self.schema.count_one_more(&list);
        transaction.execute(count.text(), &*values(&[], &count))?;
        transaction.commit()?;
        Ok(id)
    }

    /// Returns the newest notes that a reader sees.
    fn newest(&self, reader: &Principal) -> Result<Vec<String>> {
        let visible = self.schema.layout().condition(&reader.plan(Action::Read), 1);
        let sql =
            format!("SELECT text FROM notes WHERE {} ORDER BY id DESC LIMIT 25", visible.text());
        let mut statement = self.db.prepare_cached(&sql)?;
        let notes = statement.query_map(&*values(&[], &visible), |row| row.get(0))?;
        Ok(notes.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the number of all notes that a reader sees.
    fn total(&self, reader: &Principal) -> Result<i64> {
        let total = self.schema.total(&reader.plan(Action::Read));
        Ok(self.db.query_row(total.text(), &*values(&[], &total), |row| row.get(0))?)
    }

    /// Changes a note if the writer may do so. Returns the number of changed notes, 1 or 0.
    fn update(&self, writer: &Principal, id: i64, text: &str) -> Result<usize> {
        let allowed = self.schema.layout().condition(&writer.plan(Action::Update), 3);
        let sql = format!("UPDATE notes SET text = ?1 WHERE id = ?2 AND {}", allowed.text());
        Ok(self.db.execute(&sql, &*values(&[&text, &id], &allowed))?)
    }
}

/// Returns the host's own values, and then those of a fragment.
fn values<'v>(own: &[&'v dyn ToSql], fragment: &'v Fragment) -> Vec<&'v dyn ToSql> {
    let binds = fragment.binds().iter().map(|bind| match bind {
        Bind::Text(text) => text as &dyn ToSql,
        Bind::TextArray(_) => unreachable!("SQLite gets several texts as one JSON array"),
    });
    own.iter().copied().chain(binds).collect()
}
