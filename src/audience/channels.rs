//! The names of Appwrite's channels.
//!
//! An event of a document has the channels of [`DocumentChannels`]. A client names the channels of a
//! subscription, and [`for_user`] rewrites the channels of accounts, which depend on the user.
//!
//! Source: `Realtime::fromPayload`, `getDatabaseChannels`, `convertChannels` and `rebindAccountChannels` of
//! appwrite/appwrite.

use std::borrow::Cow;

/// What happened to a document. Its name is the last part of a channel such as `documents.create`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Operation {
    /// `create`
    Create,
    /// `update`
    Update,
    /// `upsert`
    Upsert,
    /// `delete`
    Delete,
}

impl Operation {
    /// All operations.
    pub const ALL: [Self; 4] = [Self::Create, Self::Update, Self::Upsert, Self::Delete];

    /// Returns the name: `create`, `update`, `upsert` or `delete`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Upsert => "upsert",
            Self::Delete => "delete",
        }
    }

    /// Returns `true` if the text is the name of an operation.
    fn is_name(text: &str) -> bool {
        Self::ALL.iter().any(|operation| operation.as_str() == text)
    }
}

/// The kind of database that a document belongs to, which decides on the names of its channels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DatabaseKind {
    /// The databases of the interfaces `databases` and `tablesdb`. An event has the channels of both, because
    /// a document of one is a row of the other.
    #[default]
    Tables,
    /// `documentsdb`
    Documents,
    /// `vectorsdb`
    Vectors,
}

/// The channels of the events of one document or row.
///
/// | kind | channels |
/// | --- | --- |
/// | [`DatabaseKind::Tables`] | `documents`, `databases.D.collections.C.documents`, `databases.D.collections.C.documents.X`, `rows`, `databases.D.tables.C.rows`, `databases.D.tables.C.rows.X`, `tablesdb.D.tables.C.rows`, `tablesdb.D.tables.C.rows.X` |
/// | [`DatabaseKind::Documents`] | `documents`, `documentsdb.D.collections.C.documents`, `documentsdb.D.collections.C.documents.X` |
/// | [`DatabaseKind::Vectors`] | the same with `vectorsdb` |
///
/// Each channel is also there with the name of the operation: `documents.create`. A document whose id has a
/// dot has no channels of its own with an operation, as in Appwrite. Without an id of the database, the
/// collection or the document, there are no channels.
///
/// ```
/// use rolegate::audience::channels::{DatabaseKind, DocumentChannels, Operation};
///
/// let channels = DocumentChannels::new(DatabaseKind::Documents, "d", "c", "x");
/// let names: Vec<&str> = channels.of(Operation::Create).collect();
/// assert_eq!(
///     names,
///     [
///         "documents",
///         "documents.create",
///         "documentsdb.d.collections.c.documents",
///         "documentsdb.d.collections.c.documents.create",
///         "documentsdb.d.collections.c.documents.x",
///         "documentsdb.d.collections.c.documents.x.create",
///     ]
/// );
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentChannels {
    channels: Vec<Channel>,
}

/// A channel, with each operation and without.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Channel {
    /// The channel with the name of each operation, one text after the other.
    text: String,
    /// The bytes of the channel without an operation.
    len: usize,
    has_operations: bool,
}

/// The bytes of a dot and the name of an operation. All names have six bytes.
const SUFFIX: usize = ".create".len();

impl Channel {
    fn new(parts: &[&str]) -> Self {
        let len = parts.iter().map(|part| part.len()).sum::<usize>() + parts.len() - 1;
        let mut text = String::with_capacity((len + SUFFIX) * Operation::ALL.len());
        for operation in Operation::ALL {
            for part in parts {
                text.push_str(part);
                text.push('.');
            }
            text.push_str(operation.as_str());
        }
        let has_operations = names_resource(text.get(..len).unwrap_or_default());
        Self { text, len, has_operations }
    }

    fn of(&self, operation: Operation) -> impl Iterator<Item = &str> {
        let start = operation as usize * (self.len + SUFFIX);
        let range = start..start + self.len + SUFFIX;
        let with = self.has_operations.then(|| self.text.get(range).unwrap_or_default());
        std::iter::once(self.text.get(..self.len).unwrap_or_default()).chain(with)
    }
}

impl DocumentChannels {
    /// Creates the channels of a document `X` of collection `C` in database `D`. Allocates each of its
    /// three or eight channels, with all operations.
    #[must_use]
    pub fn new(kind: DatabaseKind, database: &str, collection: &str, document: &str) -> Self {
        let (d, c, x) = (database, collection, document);
        if [d, c, x].iter().any(|id| is_absent(id)) {
            return Self { channels: Vec::new() };
        }
        let channels = match kind {
            DatabaseKind::Tables => vec![
                Channel::new(&["documents"]),
                Channel::new(&["databases", d, "collections", c, "documents"]),
                Channel::new(&["databases", d, "collections", c, "documents", x]),
                Channel::new(&["rows"]),
                Channel::new(&["databases", d, "tables", c, "rows"]),
                Channel::new(&["databases", d, "tables", c, "rows", x]),
                Channel::new(&["tablesdb", d, "tables", c, "rows"]),
                Channel::new(&["tablesdb", d, "tables", c, "rows", x]),
            ],
            DatabaseKind::Documents => Self::prefixed("documentsdb", [d, c, x]),
            DatabaseKind::Vectors => Self::prefixed("vectorsdb", [d, c, x]),
        };
        Self { channels }
    }

    fn prefixed(prefix: &str, [d, c, x]: [&str; 3]) -> Vec<Channel> {
        vec![
            Channel::new(&["documents"]),
            Channel::new(&[prefix, d, "collections", c, "documents"]),
            Channel::new(&[prefix, d, "collections", c, "documents", x]),
        ]
    }

    /// Returns the channels of an event, at most 16.
    pub fn of(&self, operation: Operation) -> impl Iterator<Item = &str> {
        self.channels.iter().flat_map(move |channel| channel.of(operation))
    }
}

/// The last parts of the channels that Appwrite also publishes with an operation.
const RESOURCES: [&str; 9] = [
    "documents",
    "rows",
    "files",
    "executions",
    "functions",
    "account",
    "teams",
    "memberships",
    "presences",
];

/// Returns `true` if one of the last two parts of a channel is a resource.
fn names_resource(channel: &str) -> bool {
    channel.rsplit('.').take(2).any(|part| RESOURCES.contains(&part))
}

/// Returns `true` if PHP takes an id for absent.
fn is_absent(id: &str) -> bool {
    matches!(id, "" | "0")
}

/// Rewrites the channels that a client names, so that a user gets the events of its own account only.
///
/// `user_id` is that of [`Principal::user_id`](crate::Principal::user_id). A channel that is repeated is
/// returned once.
///
/// | channel | for user `U` | for a guest or a key |
/// | --- | --- | --- |
/// | `account` | `account` and `account.U` | `account` |
/// | `account.create`, and the other operations | `account.U.create` | unchanged |
/// | another channel with `account.` | none | none |
/// | another channel | unchanged | unchanged |
///
/// A client that names `account.U` itself gets no channel for it, also if it is user `U`. An event of
/// `account` is for the role `user:U`, so a guest receives none. A key that bypasses permissions receives those of
/// **all** users. A host that does not want this leaves out the account channels of keys.
///
/// ```
/// use rolegate::audience::channels::for_user;
///
/// let named = ["documents", "account", "account.ben", "account.update"];
/// let channels = for_user(named, Some("ann"));
/// assert_eq!(channels, ["documents", "account", "account.ann", "account.ann.update"]);
/// assert_eq!(for_user(named, None), ["documents", "account", "account.update"]);
/// ```
///
/// [`Audience::authenticate`](super::Audience::authenticate) rewrites the channels of an open connection whose user
/// changes.
///
/// Appwrite gives `account` and `account.U` together in one order `account` only. Events of an account have
/// both channels, so the receivers are the same.
#[must_use]
pub fn for_user<'a>(
    channels: impl IntoIterator<Item = &'a str>,
    user_id: Option<&str>,
) -> Vec<Cow<'a, str>> {
    let user_id = user_id.filter(|id| !is_absent(id));
    let mut all: Vec<Cow<'a, str>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let mut push = |channel: Cow<'a, str>| {
        if seen.insert(channel.clone()) {
            all.push(channel);
        }
    };
    for channel in channels {
        match (channel.strip_prefix("account."), user_id) {
            (Some(rest), Some(id)) if Operation::is_name(rest) => {
                push(format!("account.{id}.{rest}").into());
            }
            (Some(rest), _) if !Operation::is_name(rest) => {}
            _ => push(channel.into()),
        }
        if let (true, Some(id)) = (channel == "account", user_id) {
            push(format!("account.{id}").into());
        }
    }
    all
}

/// Rewrites one channel of a connection whose user changes from `old` to `new`, for example because a guest
/// signed in.
///
/// | channel | from a guest | from user `O` |
/// | --- | --- | --- |
/// | `account.create`, and the other operations | `account.N.create` | unchanged |
/// | `account.O`, `account.O.create` | unchanged | `account.N`, `account.N.create` |
/// | another channel | unchanged | unchanged |
///
/// Without a new user, every channel is unchanged.
pub(super) fn rebind<'a>(channel: &'a str, old: Option<&str>, new: Option<&str>) -> Cow<'a, str> {
    let [old, new] = [old, new].map(|id| id.filter(|id| !is_absent(id)));
    let (Some(rest), Some(new)) = (channel.strip_prefix("account."), new) else {
        return channel.into();
    };
    let Some(old) = old else {
        let operation = Operation::is_name(rest);
        return if operation { format!("account.{new}.{rest}").into() } else { channel.into() };
    };
    match rest.strip_prefix(old).map(|rest| (rest, rest.strip_prefix('.'))) {
        Some(("", _)) => format!("account.{new}").into(),
        Some((_, Some(operation))) if Operation::is_name(operation) => {
            format!("account.{new}.{operation}").into()
        }
        _ => channel.into(),
    }
}
