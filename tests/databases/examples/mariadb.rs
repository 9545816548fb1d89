//! MariaDB with mysql: documents of a collection that Appwrite created.
//!
//! The arguments are a connection, the table of the documents, and the roles of a user. The table of their
//! permissions has the same name with `_perms`.
//!
//! ```sh
//! cargo run --manifest-path tests/databases/Cargo.toml --example mariadb -- \
//!     mysql://USER:PASSWORD@localhost/appwrite app_notes any users user:ann
//! ```

use mysql::{Conn, Opts, Params, Value, prelude::Queryable};
use rolegate::query::sql::{Bind, Dialect, Fragment, Layout};
use rolegate::{Action, Principal};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(collection)) = (arguments.next(), arguments.next()) else {
        return Err("usage: mariadb URL COLLECTION ROLE...".into());
    };
    let roles: Vec<_> = arguments.collect();
    run(&url, &collection, &roles)?.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// Returns the ids of the newest documents that a user sees, and the number of all.
pub(crate) fn run<S: AsRef<str>>(url: &str, collection: &str, roles: &[S]) -> Result<Vec<String>> {
    let mut connection = Conn::new(Opts::from_url(url)?)?;
    // For tables that tenants share, add `.tenant(number)`.
    let layout =
        Layout::perms(Dialect::MariaDb, &format!("{collection}_perms"))?.alias(collection)?;
    let reader = Principal::parse_roles(roles)?;
    // Permissions of the collection itself are in Appwrite's metadata: see `Collection::plan`.
    let visible = layout.condition(&reader.plan(Action::Read), 1);
    let sql = format!(
        "SELECT _uid FROM `{collection}` WHERE _createdAt > ? AND {} ORDER BY _id DESC LIMIT 25",
        visible.text()
    );
    let mut lines: Vec<String> = connection.exec(sql, values(&["2020-01-01"], &visible))?;

    let sql = format!("SELECT count(*) FROM `{collection}` WHERE {}", visible.text());
    let total: Option<u64> = connection.exec_first(sql, values(&[], &visible))?;
    lines.push(format!("total: {}", total.unwrap_or_default()));
    Ok(lines)
}

/// Returns the host's own values, and then those of a fragment. Placeholders of MariaDB have no numbers, so the
/// values stand in the order of the text.
fn values(own: &[&str], fragment: &Fragment) -> Params {
    let binds = fragment.binds().iter().map(|bind| match bind {
        Bind::Text(text) => Value::from(text),
        Bind::TextArray(_) => unreachable!("MariaDB gets several texts as one JSON array"),
    });
    let values: Vec<_> = own.iter().map(Value::from).chain(binds).collect();
    if values.is_empty() { Params::Empty } else { Params::Positional(values) }
}
