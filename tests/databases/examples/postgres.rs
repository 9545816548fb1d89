//! PostgreSQL with tokio-postgres: an existing table gets a column of permissions with an index.
//!
//! The database must not have a table `notes` yet.
//!
//! ```sh
//! cargo run --manifest-path tests/databases/Cargo.toml --example postgres -- "host=localhost user=USER dbname=NAME"
//! ```

use rolegate::query::sql::{Bind, ColumnType, Dialect, Fragment, Layout};
use rolegate::{Action, Permission, Principal};
use tokio_postgres::{Client, NoTls, types::ToSql};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
type Parameter<'v> = &'v (dyn ToSql + Sync);

/// The table as the application had it: 40 notes for each of 500 users.
const EXISTING: &str = "
    CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner text NOT NULL, text text NOT NULL);
    INSERT INTO notes (owner, text)
        SELECT 'user' || i % 500, 'note ' || i FROM generate_series(1, 20000) AS i;";

/// The walk-through in the documentation of `rolegate::query::sql`.
pub(crate) const MIGRATION: &str = r#"
ALTER TABLE notes ADD COLUMN permissions jsonb NOT NULL DEFAULT '[]';
UPDATE notes SET permissions =
    jsonb_build_array('read("user:' || owner || '")', 'write("user:' || owner || '")');
CREATE INDEX notes_permissions ON notes USING gin (permissions);
"#;

fn main() -> Result<()> {
    let url = std::env::args().nth(1).ok_or("usage: postgres CONNECTION")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(&url))?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Migrates the table, and returns what one user sees and changes.
pub(crate) async fn run(url: &str) -> Result<Vec<String>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute(EXISTING).await?;
    client.batch_execute(MIGRATION).await?;
    let ann = Principal::parse_roles(["any", "users", "user:user7"])?;
    let bob = Principal::parse_roles(["any", "users", "user:user8"])?;
    let public = insert(&client, &bob, "user8", "public", &[r#"read("any")"#]).await?;

    let (sql, visible) = newest(&ann)?;
    let mut lines = texts(&client, &sql, &visible).await?;
    let plan = texts(&client, &format!("EXPLAIN {sql}"), &visible).await?;
    lines.extend(plan.into_iter().filter(|step| step.contains("Index Scan")));
    for (whose, id) in [("hers", 7), ("his", 8), ("public", public)] {
        lines.push(format!("changed {whose}: {}", update(&client, &ann, id, "changed").await?));
    }
    Ok(lines)
}

/// Returns the query for the newest notes that a reader sees.
fn newest(reader: &Principal) -> Result<(String, Fragment)> {
    let layout = Layout::column(Dialect::Postgres, ColumnType::Jsonb)?;
    let layout = layout.column_name("permissions")?.alias("n")?;
    let visible = layout.condition(&reader.plan(Action::Read), 1);
    let sql = format!(
        "SELECT n.text FROM notes AS n WHERE {} ORDER BY n.id DESC LIMIT 25",
        visible.text()
    );
    Ok((sql, visible))
}

/// Runs a query for one column of texts.
async fn texts(client: &Client, sql: &str, fragment: &Fragment) -> Result<Vec<String>> {
    let rows = client.query(sql, &values(&[], fragment)).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Inserts a note, and returns its id. The author may name only roles that it has.
async fn insert(
    client: &Client,
    author: &Principal,
    owner: &str,
    text: &str,
    permissions: &[&str],
) -> Result<i64> {
    let permissions = author.document_permissions(permissions)?;
    let permissions: Vec<&str> = permissions.iter().map(Permission::as_str).collect();
    let sql = "INSERT INTO notes (owner, text, permissions) \
               VALUES ($1, $2, to_jsonb(CAST($3 AS text[]))) RETURNING id";
    Ok(client.query_one(sql, &[&owner, &text, &permissions]).await?.get(0))
}

/// Changes a note if the writer may do so. Returns the number of changed notes, 1 or 0.
async fn update(client: &Client, writer: &Principal, id: i64, text: &str) -> Result<u64> {
    let layout =
        Layout::column(Dialect::Postgres, ColumnType::Jsonb)?.column_name("permissions")?;
    let allowed = layout.condition(&writer.plan(Action::Update), 3);
    let sql = format!("UPDATE notes SET text = $1 WHERE id = $2 AND {}", allowed.text());
    Ok(client.execute(&sql, &values(&[&text, &id], &allowed)).await?)
}

/// Returns the host's own values, and then those of a fragment.
fn values<'v>(own: &[Parameter<'v>], fragment: &'v Fragment) -> Vec<Parameter<'v>> {
    let binds = fragment.binds().iter().map(|bind| match bind {
        Bind::Text(text) => text as Parameter<'v>,
        Bind::TextArray(texts) => texts,
    });
    own.iter().copied().chain(binds).collect()
}
