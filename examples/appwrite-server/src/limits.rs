//! The limits of a request. Each limit bounds input that is cheap to send and expensive to answer.
//!
//! If the cost is a product, every factor needs a limit. A query is therefore limited as it is sent *and* as
//! it is written out. A page is limited by its documents *and* its bytes.

use std::time::Duration;

/// The time limit of a request: 8 seconds, from its first byte to its last look-up.
///
/// It includes receiving the body, and waiting for a thread, for a turn and for the lock.
pub const DEADLINE: Duration = Duration::from_secs(8);

/// The time after [`DEADLINE`] at which the client gets an answer, even if the thread still works: 1 second.
///
/// A thread that notices the deadline answers earlier, and has not written anything.
pub const DEADLINE_GRACE: Duration = Duration::from_secs(1);

/// The time limit of SQLite for a request: 5 seconds. If the database is in memory, writes wait for searches
/// that long.
pub const SEARCH_TIME: Duration = Duration::from_secs(5);

/// The number of SQLite's instructions between two checks of the clock: 256.
///
/// One instruction may parse a document of [`MAX_DOCUMENT`] bytes, which takes milliseconds.
pub const INSTRUCTIONS_PER_CHECK: i32 = 256;

/// The number of requests that may hash a password at once: 4. Each takes 19 MiB and tens of milliseconds.
///
/// The other threads answer other requests. Further logins wait without a thread.
pub const PASSWORDS_AT_ONCE: usize = 4;

/// The number of searches that may run at once: 4, for the same reason.
pub const SEARCHES_AT_ONCE: usize = 4;

/// The maximum length of a body: 1 MiB, which is enough for a document.
pub const MAX_BODY: usize = 1 << 20;

/// The maximum length of the body of a login, of a request for a JWT, and of a GraphQL request: 16 KiB.
///
/// JSON takes about 16 times as much memory once it is parsed. SDKs send less than 1 KiB.
pub const MAX_FORM: usize = 16 << 10;

/// The maximum length of a stored document: 1 MiB. Otherwise updates of single attributes could make a
/// document grow without limit.
pub const MAX_DOCUMENT: usize = 1 << 20;

/// The maximum bytes of the documents in a page: 4 MiB. The other limits alone would allow 5 GB.
pub const MAX_PAGE: usize = 4 << 20;

/// The maximum length of an error message: 512 bytes. The messages of parsers repeat their input.
pub const MAX_MESSAGE: usize = 512;

/// The maximum length of a password: 256 bytes, as in Appwrite.
pub const MAX_PASSWORD: usize = 256;

/// The maximum number of documents in a page: 5,000, as in Appwrite.
pub const MAX_LIMIT: usize = 5000;

/// The maximum number of `queries` of a listing: 100, as in Appwrite.
pub const MAX_QUERIES: usize = 100;

/// The maximum length of each of the `queries`: 4,096 bytes, as in Appwrite.
pub const MAX_QUERY_BYTES: usize = 4096;

/// The maximum number of values of a filter: 100, as in Appwrite.
pub const MAX_VALUES: usize = 100;

/// The maximum length of a GraphQL query: 4 KiB as it is sent, and 4 KiB with every fragment written out.
///
/// The mutations of the SDKs have less than 100 bytes. The cost of validation and the number of errors grow
/// with the written-out query.
pub const MAX_GRAPHQL: usize = 4 << 10;

/// The maximum number of opening brackets and dots in a GraphQL query: 96. The parser recurses on them.
pub const MAX_GRAPHQL_BRACKETS: usize = 96;

/// The maximum depth of a GraphQL query: 8 levels. Types refer to each other, so each level multiplies the
/// answer to an introspection.
pub const MAX_GRAPHQL_DEPTH: usize = 8;

/// The maximum number of fields of a GraphQL query, with every fragment written out: 32.
pub const MAX_GRAPHQL_FIELDS: usize = 32;

/// The maximum length of a GraphQL answer: 64 KiB. An introspection of all types and fields takes 20 KiB.
///
/// An answer repeats the alias of a field for every object that has the field.
pub const MAX_GRAPHQL_ANSWER: usize = 64 << 10;

/// The maximum number of errors in a GraphQL answer: 16. The first errors are kept.
pub const MAX_GRAPHQL_ERRORS: usize = 16;

/// The maximum number of labels of a user: 1,000, as in Appwrite.
pub const MAX_LABELS: usize = 1000;

/// The maximum number of open connections: 20,000. Each takes about 16 KiB, once it has received events, because no frame
/// exceeds [`MAX_FRAME`].
pub const MAX_CONNECTIONS: u32 = 20_000;

/// The maximum length of a message on an open connection: 48 KiB.
///
/// A client that connects again sends all its subscriptions in one message. With the limits below, they take
/// less than 40 KiB. The server holds the part of a message that has come, for as long as the client answers pings. With
/// the buffer of an incomplete frame, this part takes up to 122 KiB, and 2.5 GB for [`MAX_CONNECTIONS`].
pub const MAX_SOCKET_MESSAGE: usize = 48 << 10;

/// The maximum length of a frame to a client: 8 KiB. The buffer of each connection keeps the size of its largest frame.
pub const MAX_FRAME: usize = 8 << 10;

/// The maximum number of subscriptions of a connection: 16. An event has the ids of all subscriptions that match it.
pub const MAX_SUBSCRIPTIONS: usize = 16;

/// The maximum number of channels of a connection: 100. A channel of two subscriptions counts twice.
///
/// Clients choose channels. An event compares at most this number of channels for each of its receivers.
pub const MAX_CHANNELS: u32 = 100;

/// The maximum length of a channel: 256 bytes. The longest channel of Appwrite has about 150 bytes.
pub const MAX_CHANNEL_BYTES: u32 = 256;

/// The maximum bytes of all distinct channels of all connections, and of all their distinct roles: 64 MiB each. The
/// other limits alone would allow 512 MB of channels.
pub const MAX_TEXTS: u32 = 64 << 20;

/// The maximum bytes of the queries of all subscriptions of a connection: 4 KiB.
///
/// An event evaluates the queries of each of its receivers.
pub const MAX_FILTERS: usize = 4 << 10;

/// The maximum bytes of the queries of all connections: 4 MiB. A parsed query takes up to 16 times its length.
pub const MAX_ALL_FILTERS: usize = 4 << 20;

/// The maximum bytes of the messages that wait for a client: 16 MiB, which is enough for a burst of 16 events with the
/// largest document, or of about 3,000 usual events.
///
/// A client that does not read is dropped at this limit.
pub const MAX_QUEUE: usize = 16 << 20;

/// The maximum bytes of the messages that wait for all clients: 256 MiB. The clients of an event share its text, which
/// counts once. At this limit, the clients with the longest queues are dropped.
pub const MAX_WAITING: usize = 256 << 20;

/// The buffer for messages of a client: 1 KiB for each connection. The library's default is 128 KiB.
pub const READ_BUFFER: usize = 1 << 10;

/// The time for sending one message: 10 seconds. A client that takes longer is dropped.
pub const SEND_TIME: Duration = Duration::from_secs(10);

/// The time without events and messages after which the server asks for a sign of life: 30 seconds. A client that
/// gives none in the same time is dropped. Appwrite's clients send a message every 20 seconds.
pub const SILENCE: Duration = Duration::from_secs(30);

/// The time in which a client that is told of its end closes the connection: 1 second.
pub const CLOSE_TIME: Duration = Duration::from_secs(1);

/// The limits that take many connections or much time to reach. Tests make them small.
///
/// The default values are the constants.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// [`MAX_CONNECTIONS`]
    pub connections: u32,
    /// [`MAX_TEXTS`]
    pub texts: u32,
    /// [`MAX_ALL_FILTERS`]
    pub filters: usize,
    /// [`MAX_WAITING`]
    pub waiting: usize,
    /// [`SILENCE`]
    pub silence: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: MAX_CONNECTIONS,
            texts: MAX_TEXTS,
            filters: MAX_ALL_FILTERS,
            waiting: MAX_WAITING,
            silence: SILENCE,
        }
    }
}
