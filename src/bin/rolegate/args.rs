//! The arguments of the command line: [`Args`].

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand, ValueEnum, value_parser};
use clap_complete::Shell;
use rolegate::query::sql::ColumnType;
use rolegate::{Action, json};

/// Filter documents by their Appwrite permissions, and explain or check the permissions
#[derive(Parser)]
#[command(
    name = "rolegate",
    version,
    max_term_width = 100,
    after_help = "Exit status: 0 on success. 1 if lint finds a problem, if explain or a collection \
                  denies access, or if a scope is missing. 2 for wrong usage, unreadable files, and \
                  malformed or unexpected JSON."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print the documents that a caller may see, in the format of the input
    ///
    /// Visible documents and everything around them are printed byte for byte. The `total` of a list
    /// response becomes the number of visible documents.
    ///
    /// A document without `$permissions`, and a malformed permission, grant nothing to a caller. Both are
    /// reported on standard error.
    #[command(after_help = "Example: rolegate filter --roles any,users,user:user-a documents.json")]
    Filter(FilterArgs),
    /// Print the condition under which a database finds the documents that a caller may see
    ///
    /// The output is one line with a JSON object. `plan` is `everything`, `nothing` or `matching`: the
    /// documents that the action is allowed on. For SQL, `sql` is a boolean expression that belongs into
    /// `WHERE`, and `binds` has the values of its placeholders. A value is a string or an array of strings.
    /// SQLite and MariaDB get an array as JSON in a string. For other databases, `filter` is a filter in the
    /// format of the database.
    ///
    /// The exit status is 1 if the collection denies the action on every document.
    #[command(
        after_help = "Example: rolegate query --dialect postgres --layout column --column-type text-array \
                      --table birthdays --roles any,users,user:user-a"
    )]
    Query(QueryArgs),
    /// Explain why a caller may or may not see a document
    ///
    /// The exit status is 1 if access is denied. Values of a user that give no role are printed on
    /// standard error.
    #[command(after_help = "Example: rolegate explain --user ann.json --id 65f2a9 documents.json")]
    Explain(ExplainArgs),
    /// Find permissions that are malformed or useless
    #[command(after_help = "Example: rolegate lint documents.json")]
    Lint(LintArgs),
    /// Print the roles of a caller, one per line
    ///
    /// Values of a user that give no role, such as a membership that is not confirmed, are printed on
    /// standard error with the reason.
    #[command(after_help = "Example: rolegate roles --user ann.json")]
    Roles(RolesArgs),
    /// Print a completion script for a shell
    #[command(after_help = "Example: rolegate completions bash > ~/.bash_completion")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page
    #[command(after_help = "Example: rolegate man filter | man -l -")]
    Man {
        /// A command. Without a command, the page describes all of rolegate
        command: Option<String>,
    },
}

#[derive(Group)]
pub(crate) struct FilterArgs {
    #[command(flatten)]
    pub(crate) caller: CallerArgs,
    #[command(flatten)]
    pub(crate) asked: ActionArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Filter nested documents too: remove them from arrays, and replace them by null elsewhere
    #[arg(long)]
    pub(crate) nested: bool,
    /// The maximum length of a document, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = json::MAX_DOCUMENT_LEN)]
    pub(crate) max_document: usize,
}

#[derive(Group)]
pub(crate) struct QueryArgs {
    #[command(flatten)]
    pub(crate) caller: CallerArgs,
    #[command(flatten)]
    pub(crate) asked: ActionArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}

#[derive(Group)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) caller: CallerArgs,
    #[command(flatten)]
    pub(crate) asked: ActionArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The `$id` of the document
    #[arg(long)]
    pub(crate) id: String,
    /// Print JSON, one object per line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Group)]
pub(crate) struct LintArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

#[derive(Group)]
pub(crate) struct RolesArgs {
    #[command(flatten)]
    pub(crate) caller: CallerArgs,
}

/// The caller.
#[derive(Group)]
#[command(next_help_heading = "Caller, exactly one of")]
pub(crate) struct CallerArgs {
    #[command(flatten)]
    pub(crate) one: OneOf,
    /// Appwrite's users as JSON, with sessions and memberships: a list response or an array. The user of --jwt is looked up here
    #[arg(long, value_name = "FILE", requires = "jwt", conflicts_with_all = ["guest", "user", "roles"])]
    pub(crate) users: Option<PathBuf>,
    /// Appwrite's project as JSON, with `$id` and `keys`. The key of --api-key is looked up here
    #[arg(long, value_name = "FILE", requires = "api_key", conflicts_with_all = ["guest", "user", "roles"])]
    pub(crate) project: Option<PathBuf>,
}

#[derive(Group)]
#[group(required = true, multiple = false)]
pub(crate) struct OneOf {
    /// A caller that is not signed in
    #[arg(long)]
    pub(crate) guest: bool,
    /// A user: Appwrite's JSON of one user, with `$id` and `memberships`
    #[arg(long, value_name = "FILE")]
    pub(crate) user: Option<PathBuf>,
    /// A caller with exactly these roles, separated by commas
    #[arg(long, value_name = "ROLE,ROLE", value_delimiter = ',')]
    pub(crate) roles: Option<Vec<String>>,
    /// The user of a JWT. It needs --users, and the secret that signs JWTs in `ROLEGATE_JWT_SECRET`
    #[arg(long, value_name = "TOKEN", requires = "users")]
    pub(crate) jwt: Option<String>,
    /// An API key. It needs --project, and for an ephemeral key `ROLEGATE_JWT_SECRET`
    #[arg(long, value_name = "KEY", requires = "project")]
    pub(crate) api_key: Option<String>,
}

/// The action, and the collection whose permissions count too.
#[derive(Group)]
#[command(next_help_heading = "Action")]
pub(crate) struct ActionArgs {
    /// create, read, update or delete
    #[arg(long, default_value = "read")]
    pub(crate) action: Action,
    /// Appwrite's collection or table as JSON. `$permissions`, `documentSecurity` or `rowSecurity`, and `enabled` are read. A collection with `enabled` false or null is not found
    #[arg(long, value_name = "FILE")]
    pub(crate) collection: Option<PathBuf>,
}

/// SQLite takes 32,766 values, and a condition needs a few after the first placeholder.
const MAX_FIRST_PLACEHOLDER: i64 = 32_000;

/// The database, and the place where it stores permissions.
#[derive(Group)]
#[command(next_help_heading = "Database")]
pub(crate) struct DatabaseArgs {
    /// The database
    #[arg(long, value_enum)]
    pub(crate) dialect: DialectArg,
    /// The place of the permissions. SQL needs a layout, and other databases have none
    #[arg(long, value_enum)]
    pub(crate) layout: Option<LayoutArg>,
    /// The table of permissions for `perms`, such as `app_birthdays_perms`. For other layouts, the table of the documents, whose name then stands before each column. `--alias` replaces that name
    #[arg(long)]
    pub(crate) table: Option<String>,
    /// The column or field of the documents. Without this option, it is `_uid` for `perms`, `acl` for `acl`, and `_permissions` elsewhere
    #[arg(long)]
    pub(crate) column: Option<String>,
    /// The type of the column, for `column`. Without this option, it is `json`
    #[arg(long, value_enum, value_name = "TYPE")]
    pub(crate) column_type: Option<ColumnTypeArg>,
    /// The alias or name that the documents' table has in the query. It stands before each column of the documents
    #[arg(long)]
    pub(crate) alias: Option<String>,
    /// The tenant, if tables have a column `_tenant`. Documents of other tenants do not match
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub(crate) tenant: Option<i64>,
    /// The number of the first placeholder, from 1 to 32,000. Without this option, it is 1. Placeholders of MariaDB have no numbers
    #[arg(long, value_name = "NUMBER", value_parser = value_parser!(u16).range(1..=MAX_FIRST_PLACEHOLDER))]
    pub(crate) first_placeholder: Option<u16>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DialectArg {
    /// SQLite
    Sqlite,
    /// PostgreSQL
    Postgres,
    /// MariaDB
    #[value(name = "mariadb")]
    MariaDb,
    /// DuckDB
    #[value(name = "duckdb")]
    DuckDb,
    /// MongoDB
    #[value(name = "mongodb")]
    MongoDb,
    /// Elasticsearch and OpenSearch
    Elasticsearch,
    /// Qdrant
    Qdrant,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LayoutArg {
    /// Appwrite's table of permissions, with one row for each document, action and role
    Perms,
    /// A column of the documents with the list of permissions
    Column,
    /// A column of type `jsonb`, as newer versions of Appwrite have it on PostgreSQL
    AppwritePostgres,
    /// A column with the number of a list, and the table `acl_grants`
    Acl,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ColumnTypeArg {
    /// A JSON array
    Json,
    /// `jsonb` of PostgreSQL
    Jsonb,
    /// `text[]` of PostgreSQL
    TextArray,
    /// `VARCHAR[]` of DuckDB
    List,
}

impl From<ColumnTypeArg> for ColumnType {
    fn from(column_type: ColumnTypeArg) -> Self {
        match column_type {
            ColumnTypeArg::Json => Self::Json,
            ColumnTypeArg::Jsonb => Self::Jsonb,
            ColumnTypeArg::TextArray => Self::TextArray,
            ColumnTypeArg::List => Self::List,
        }
    }
}

/// The documents.
#[derive(Group)]
#[command(next_help_heading = "Documents")]
pub(crate) struct InputArgs {
    /// The file. Without a file, or with `-`, the standard input is read
    pub(crate) file: Option<PathBuf>,
    /// The format of the input
    #[arg(long, value_enum, default_value_t = FormatArg::Detect)]
    pub(crate) format: FormatArg,
    /// A further key under which a response has its documents, besides documents and rows
    #[arg(long = "list", value_name = "KEY")]
    pub(crate) lists: Vec<String>,
    /// The maximum length of an input that is held in memory, in bytes. `filter` does not hold lines in memory
    #[arg(long, value_name = "BYTES", default_value_t = json::MAX_RESPONSE_LEN)]
    pub(crate) max_input: usize,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum FormatArg {
    /// Detect the format
    Detect,
    /// A list response: an object with a list of documents
    List,
    /// An array of documents
    Array,
    /// One document per line
    Lines,
}

impl From<FormatArg> for json::Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Detect => Self::Detect,
            FormatArg::List => Self::List,
            FormatArg::Array => Self::Array,
            FormatArg::Lines => Self::Lines,
        }
    }
}
