//! What can be asked: [`Args`].

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use rolegate::{Action, json};

/// Appwrite permissions in the shell: what of some JSON somebody may see, and why.
#[derive(Parser)]
#[command(
    name = "rolegate",
    version,
    max_term_width = 100,
    after_help = "The exit status is 0 if all is well, 1 if something was found (lint) or is denied \
                  (explain, or a collection that lists nothing to somebody), and 2 for wrong usage, \
                  files that cannot be read, and malformed JSON."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print the documents that somebody may see, in the form in which they came
    ///
    /// Visible documents come out byte for byte, and so does everything around them. The `total` of a
    /// list response becomes the number of documents that are left.
    #[command(after_help = "Example: rolegate filter --roles any,users,user:user-a documents.json")]
    Filter(FilterArgs),
    /// Say why somebody may see a document, or may not
    #[command(after_help = "Example: rolegate explain --user ann.json --id 65f2a9 documents.json")]
    Explain(ExplainArgs),
    /// Find permissions that are malformed or good for nothing
    #[command(after_help = "Example: rolegate lint documents.json")]
    Lint(LintArgs),
    /// Print the roles that somebody has, one a line
    #[command(after_help = "Example: rolegate roles --user ann.json")]
    Roles(RolesArgs),
    /// Print a script that completes commands in a shell
    #[command(after_help = "Example: rolegate completions bash > ~/.bash_completion")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print a manual page
    #[command(after_help = "Example: rolegate man filter | man -l -")]
    Man {
        /// The command that it is about; without one, all of rolegate
        command: Option<String>,
    },
}

#[derive(Group)]
pub(crate) struct FilterArgs {
    #[command(flatten)]
    pub(crate) who: WhoArgs,
    #[command(flatten)]
    pub(crate) asked: AskedArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Filter documents within documents too: they are removed from arrays, and null elsewhere
    #[arg(long)]
    pub(crate) nested: bool,
    /// How long a document may be, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = json::MAX_DOCUMENT_LEN)]
    pub(crate) max_document: usize,
}

#[derive(Group)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) who: WhoArgs,
    #[command(flatten)]
    pub(crate) asked: AskedArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// The document's `$id`
    #[arg(long)]
    pub(crate) id: String,
    /// Print JSON, one object a line
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
    pub(crate) who: WhoArgs,
}

/// Who asks: exactly one way of saying it.
#[derive(Group)]
#[command(next_help_heading = "Who asks, exactly one of")]
pub(crate) struct WhoArgs {
    #[command(flatten)]
    pub(crate) one: OneOf,
    /// Appwrite's users as JSON, with their sessions and memberships: where the user of --jwt is found
    #[arg(long, value_name = "FILE", requires = "jwt", conflicts_with_all = ["guest", "user", "roles"])]
    pub(crate) users: Option<PathBuf>,
    /// Appwrite's project as JSON, with its `keys`: where the key of --api-key is found
    #[arg(long, value_name = "FILE", requires = "api_key", conflicts_with_all = ["guest", "user", "roles"])]
    pub(crate) project: Option<PathBuf>,
}

#[derive(Group)]
#[group(required = true, multiple = false)]
pub(crate) struct OneOf {
    /// Somebody who is not signed in
    #[arg(long)]
    pub(crate) guest: bool,
    /// A user: Appwrite's JSON of it, with memberships
    #[arg(long, value_name = "FILE")]
    pub(crate) user: Option<PathBuf>,
    /// A holder of exactly these roles, with commas between them
    #[arg(long, value_name = "ROLE,ROLE", value_delimiter = ',')]
    pub(crate) roles: Option<Vec<String>>,
    /// The user of a JWT, with --users; `ROLEGATE_JWT_SECRET` holds the secret that it is signed with
    #[arg(long, value_name = "TOKEN", requires = "users")]
    pub(crate) jwt: Option<String>,
    /// An API key, with --project; `ROLEGATE_JWT_SECRET` is needed for an ephemeral one
    #[arg(long, value_name = "KEY", requires = "project")]
    pub(crate) api_key: Option<String>,
}

/// What is asked.
#[derive(Group)]
#[command(next_help_heading = "What for")]
pub(crate) struct AskedArgs {
    /// create, read, update or delete
    #[arg(long, default_value = "read")]
    pub(crate) action: Action,
    /// The collection as JSON: its `$permissions` and `documentSecurity` count too
    #[arg(long, value_name = "FILE")]
    pub(crate) collection: Option<PathBuf>,
}

/// The documents.
#[derive(Group)]
#[command(next_help_heading = "Documents")]
pub(crate) struct InputArgs {
    /// Where they are; without it, or with `-`, the standard input
    pub(crate) file: Option<PathBuf>,
    /// What the input is
    #[arg(long, value_enum, default_value_t = FormArg::Detect)]
    pub(crate) form: FormArg,
    /// Another name that a response may have its list under, besides documents and rows
    #[arg(long = "list", value_name = "NAME")]
    pub(crate) lists: Vec<String>,
    /// How long the input may be, in bytes, where it is held in memory: always, but for lines that are
    /// filtered
    #[arg(long, value_name = "BYTES", default_value_t = json::MAX_RESPONSE_LEN)]
    pub(crate) max_input: usize,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum FormArg {
    /// To be found out
    Detect,
    /// A response: an object with a list of documents
    List,
    /// An array of documents
    Array,
    /// One document a line
    Lines,
}

impl From<FormArg> for json::Format {
    fn from(form: FormArg) -> Self {
        match form {
            FormArg::Detect => Self::Detect,
            FormArg::List => Self::List,
            FormArg::Array => Self::Array,
            FormArg::Lines => Self::Lines,
        }
    }
}
