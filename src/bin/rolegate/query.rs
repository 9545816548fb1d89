//! The command `rolegate query`.

use clap::ValueEnum;
use rolegate::query::sql::{AclSchema, ColumnType, Dialect, Fragment, Layout};
use rolegate::query::{FilterError, Plan, elasticsearch, mongodb, qdrant};
use serde::Serialize;
use serde_json::Value;

use crate::args::{DatabaseArgs, DialectArg, LayoutArg, QueryArgs};
use crate::failure::{Failure, Status};

/// The output.
#[derive(Serialize)]
struct Answer {
    plan: &'static str,
    #[serde(flatten)]
    condition: Condition,
}

/// A condition in the language of a database.
#[derive(Serialize)]
#[serde(untagged)]
enum Condition {
    Sql(Fragment),
    Filter { filter: Value },
}

/// The function of a document store that turns a plan and the name of a field into a filter.
type StoreFilter = fn(&Plan<'_>, &str) -> Result<Value, FilterError>;

enum Database {
    Sql(Dialect),
    Store(StoreFilter),
}

/// The place where a database stores permissions.
enum Place<'a> {
    Layout { layout: Layout, first_placeholder: usize },
    Field { name: &'a str, filter: StoreFilter },
}

pub(crate) fn run(args: &QueryArgs) -> Result<Status, Failure> {
    // Wrong usage is reported before a file is read.
    let place = args.database.place()?;
    let caller = args.caller.caller(Some(args.asked.action))?;
    let plan = args.asked.plan(&caller.principal)?;
    let condition = place.condition(&plan)?;
    let plan = match plan {
        Plan::Everything => "everything",
        Plan::Nothing => "nothing",
        Plan::Matching(_) => "matching",
    };
    let mut text = serde_json::to_string(&Answer { plan, condition }).map_err(Failure::new)?;
    text.push('\n');
    crate::output::print(text.as_bytes())
}

impl Place<'_> {
    fn condition(&self, plan: &Plan<'_>) -> Result<Condition, Failure> {
        match self {
            Self::Layout { layout, first_placeholder } => {
                Ok(Condition::Sql(layout.condition(plan, *first_placeholder)))
            }
            Self::Field { name, filter } => {
                let filter =
                    filter(plan, name).map_err(|error| Failure::with("--column", error))?;
                Ok(Condition::Filter { filter })
            }
        }
    }
}

impl DialectArg {
    fn database(self) -> Database {
        match self {
            Self::Sqlite => Database::Sql(Dialect::Sqlite),
            Self::Postgres => Database::Sql(Dialect::Postgres),
            Self::MariaDb => Database::Sql(Dialect::MariaDb),
            Self::DuckDb => Database::Sql(Dialect::DuckDb),
            Self::MongoDb => Database::Store(mongodb::filter),
            Self::Elasticsearch => Database::Store(elasticsearch::filter),
            Self::Qdrant => Database::Store(qdrant::filter),
        }
    }
}

impl DatabaseArgs {
    fn place(&self) -> Result<Place<'_>, Failure> {
        match self.dialect.database() {
            Database::Sql(dialect) => {
                let layout = self.sql_layout(dialect)?;
                let first_placeholder = self.first_placeholder.map_or(1, usize::from);
                Ok(Place::Layout { layout, first_placeholder })
            }
            Database::Store(filter) => {
                self.refuse_options_of_sql()?;
                let name = self.column.as_deref().unwrap_or("_permissions");
                Ok(Place::Field { name, filter })
            }
        }
    }

    fn refuse_options_of_sql(&self) -> Result<(), Failure> {
        let options = [
            ("--layout", self.layout.is_some()),
            ("--table", self.table.is_some()),
            ("--column-type", self.column_type.is_some()),
            ("--alias", self.alias.is_some()),
            ("--tenant", self.tenant.is_some()),
            ("--first-placeholder", self.first_placeholder.is_some()),
        ];
        let Some((option, _)) = options.into_iter().find(|(_, is_given)| *is_given) else {
            return Ok(());
        };
        let dialect = name_of(&self.dialect);
        Err(Failure::new(format!(
            "{option} is only for SQL; leave it out with --dialect {dialect}, \
             and name the field of the permissions with --column"
        )))
    }

    /// Returns the layout with the names and the tenant of the arguments.
    fn sql_layout(&self, dialect: Dialect) -> Result<Layout, Failure> {
        let kind = self.layout.ok_or_else(|| missing_layout(dialect))?;
        if self.column_type.is_some() && kind != LayoutArg::Column {
            return Err(Failure::new(format!(
                "--column-type is only for --layout column; leave it out with --layout {}",
                name_of(&kind),
            )));
        }
        let mut layout = self.sql_layout_of(kind, dialect)?;
        // The table of `perms` is not the table of the documents.
        if let Some(table) = self.table.as_deref().filter(|_| kind != LayoutArg::Perms) {
            layout = layout.alias(table).map_err(|error| Failure::with("--table", error))?;
        }
        if let Some(alias) = self.alias.as_deref() {
            layout = layout.alias(alias).map_err(|error| Failure::with("--alias", error))?;
        }
        if let Some(column) = self.column.as_deref() {
            layout =
                layout.column_name(column).map_err(|error| Failure::with("--column", error))?;
        }
        Ok(match self.tenant {
            Some(tenant) => layout.tenant(tenant),
            None => layout,
        })
    }

    fn sql_layout_of(&self, kind: LayoutArg, dialect: Dialect) -> Result<Layout, Failure> {
        match kind {
            LayoutArg::Perms => {
                let table = self.table.as_deref().ok_or_else(|| {
                    Failure::new(
                        "--layout perms needs the table of permissions; \
                         pass --table, such as --table app_birthdays_perms",
                    )
                })?;
                Layout::perms(dialect, table).map_err(|error| Failure::with("--table", error))
            }
            LayoutArg::Column => {
                let column_type = self.column_type.map_or(ColumnType::Json, ColumnType::from);
                Layout::column(dialect, column_type)
                    .map_err(|error| Failure::with("--column-type", error))
            }
            LayoutArg::AppwritePostgres if dialect == Dialect::Postgres => {
                Ok(Layout::appwrite_postgres())
            }
            LayoutArg::AppwritePostgres => Err(Failure::new(format!(
                "--layout appwrite-postgres is only for --dialect postgres; \
                 pass --layout column with --dialect {dialect}"
            ))),
            LayoutArg::Acl => {
                let schema = AclSchema::new(dialect, "acl").map_err(Failure::new)?;
                Ok(schema.layout())
            }
        }
    }
}

/// Creates the failure for a dialect of SQL without a layout. It names the layouts that the dialect has.
fn missing_layout(dialect: Dialect) -> Failure {
    let layouts: Vec<String> = LayoutArg::value_variants()
        .iter()
        .filter(|&&layout| layout != LayoutArg::AppwritePostgres || dialect == Dialect::Postgres)
        .map(name_of)
        .collect();
    let layouts = layouts.join(", ");
    Failure::new(format!("--dialect {dialect} needs a layout; pass --layout with one of {layouts}"))
}

/// Returns the name of a value on the command line.
fn name_of(value: &impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}
