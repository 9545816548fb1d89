//! Structures and constants that C sees.

use std::ffi::c_char;

/// The result of a call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub enum Status {
    /// The call succeeded.
    Ok = 0,
    /// A pointer that must not be null is null.
    NullPointer = 1,
    /// A handle was freed, never existed, or has another kind.
    WrongHandle = 2,
    /// A length is greater than `PTRDIFF_MAX`, or does not fit the other lengths.
    WrongLength = 3,
    /// A number is not one of the constants, or a pointer is not aligned.
    WrongArgument = 4,
    /// A text is not UTF-8.
    InvalidUtf8 = 5,
    /// A text is not a permission, a role or the name of an action.
    Malformed = 6,
    /// A text is not JSON, or not JSON of the expected shape.
    InvalidJson = 7,
    /// The principal may not do the operation.
    Denied = 8,
    /// A limit was reached.
    Full = 9,
    /// A token is invalid, or cannot be created.
    InvalidToken = 10,
    /// A name or a type is not possible in the database.
    InvalidLayout = 11,
    /// The library failed. The call had no other effect, except on handles that it was changing: later calls
    /// with them fail too.
    Panic = 12,
}

/// A byte string that the caller or an error owns.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Bytes {
    /// The bytes. Null is allowed if `len` is 0.
    pub data: *const c_char,
    /// The number of bytes.
    pub len: usize,
}

/// A byte string that the library allocated. `rolegate_buffer_free` frees it.
#[repr(C)]
pub struct Buffer {
    /// The bytes, without a final NUL byte. Null if the buffer is empty.
    pub data: *mut c_char,
    /// The number of bytes.
    pub len: usize,
    /// The number of allocated bytes. Do not change it.
    pub capacity: usize,
}

/// Lists of permissions, one for each document. List `i` has the texts `offsets[i]` to `offsets[i + 1] - 1`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Lists {
    /// The texts of all lists.
    pub texts: *const Bytes,
    /// The number of texts.
    pub text_count: usize,
    /// `count + 1` ascending numbers, at most `text_count`. Null is allowed if `count` is 0.
    pub offsets: *const usize,
    /// The number of lists.
    pub count: usize,
}

/// Lists of permissions, one for each document, in one byte string. It suits languages in which a pointer for each
/// text is slow.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct PackedLists {
    /// All texts, one after another.
    pub bytes: *const c_char,
    /// The number of bytes. It must be the sum of `text_lens`.
    pub len: usize,
    /// The length of each text in bytes.
    pub text_lens: *const u32,
    /// The number of texts. It must be the sum of `list_lens`.
    pub text_count: usize,
    /// The number of texts of each list.
    pub list_lens: *const u32,
    /// The number of lists.
    pub count: usize,
}

/// An action. Actions are bits, so that a set of actions is their sum.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum Action {
    /// Create a document.
    Create = 1,
    /// Read a document.
    Read = 2,
    /// Update a document.
    Update = 4,
    /// Delete a document.
    Delete = 8,
}

/// The kind of a role.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum RoleKind {
    /// `any`
    Any = 1,
    /// `guests`
    Guests = 2,
    /// `users`, with an optional verification as dimension
    Users = 3,
    /// `user:ID`, with an optional verification as dimension
    User = 4,
    /// `team:ID`, with an optional team role as dimension
    Team = 5,
    /// `member:ID`
    Member = 6,
    /// `label:NAME`
    Label = 7,
}

/// A part of a text: the bytes `start` to `end - 1`. An absent part has `start` and `end` 0.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte after the part.
    pub end: usize,
}

/// The parts of a role.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct ParsedRole {
    /// A `rolegate_role_kind`.
    pub kind: u32,
    /// The whole role.
    pub text: Span,
    /// The id or the name of the label.
    pub identifier: Span,
    /// The verification or the team role.
    pub dimension: Span,
}

/// The parts of a permission.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct ParsedPermission {
    /// The sum of the actions. `write` has create, update and delete.
    pub actions: u32,
    /// The role. Its spans are those of the permission's text.
    pub role: ParsedRole,
}

/// The content of an error. The byte strings belong to the error, and end with a NUL byte that `len` does not count.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct ErrorInfo {
    /// The status that the call returned.
    pub status: Status,
    /// The HTTP status with which a server answers, or 0.
    pub http_status: u32,
    /// A sentence in lower case.
    pub message: Bytes,
    /// The name of the kind in the Rust documentation, such as `UnknownRole`. Empty if there is none.
    pub kind: Bytes,
    /// What to write instead. Empty if there is no guess.
    pub hint: Bytes,
    /// Appwrite's type of the error, such as `document_not_found`. Empty if there is none.
    pub error_type: Bytes,
    /// The position of the list among the lists, from 0, or `ROLEGATE_NONE`.
    pub list: u64,
    /// The position of the text in its list, or among the texts, from 0, or `ROLEGATE_NONE`.
    pub text: u64,
    /// The first wrong byte of the text, from 0, or `ROLEGATE_NONE`.
    pub start: u64,
    /// The first byte after the mistake, or `ROLEGATE_NONE`. It equals `start` if a part is missing.
    pub end: u64,
    /// The line in JSON, from 1, or `ROLEGATE_NONE`.
    pub line: u64,
    /// The column in JSON, from 1, or `ROLEGATE_NONE`.
    pub column: u64,
}

/// The limits of a table. Zero stands for the largest limit.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct TableLimits {
    /// Distinct lists.
    pub lists: u32,
    /// Distinct roles.
    pub roles: u32,
    /// Grants of all lists together.
    pub grants: u32,
    /// Bytes of the texts of all roles together.
    pub role_bytes: u32,
}

/// The format of JSON.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum Format {
    /// The library detects the format.
    Detect = 0,
    /// A list response: `{"total": 2, "documents": [...]}`
    List = 1,
    /// An array of documents.
    Array = 2,
    /// One document on each line.
    Lines = 3,
}

/// The treatment of documents inside of documents.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum Nested {
    /// A nested document is a part of its document.
    Keep = 0,
    /// A nested document that is not visible is removed.
    Filter = 1,
}

/// The settings of a JSON filter. Zero stands for the default of each.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct JsonOptions {
    /// A `rolegate_format`.
    pub format: u32,
    /// A `rolegate_nested`.
    pub nested: u32,
    /// Keys under which a list response may have its documents, besides `documents` and `rows`.
    pub list_keys: *const Bytes,
    /// The number of `list_keys`.
    pub list_key_count: usize,
    /// The maximum length of a document in bytes. Zero stands for 16 MiB.
    pub max_document_len: usize,
}

/// The counts of a JSON filter.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct JsonReport {
    /// The `rolegate_format` of the input.
    pub format: u32,
    /// Documents that were kept. This is also the new `total`.
    pub visible: u64,
    /// Documents that were removed.
    pub removed: u64,
    /// Nested documents that were removed.
    pub nested_removed: u64,
    /// All problems, which are the sum of the following three counts.
    pub problems: u64,
    /// Documents without readable permissions.
    pub without_permissions: u64,
    /// Elements that are not objects.
    pub not_objects: u64,
    /// Malformed permissions, which grant nothing.
    pub malformed_permissions: u64,
}

/// An operation on a collection or on one of its documents.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum Operation {
    /// Read a document.
    Get = 1,
    /// Update a document.
    Update = 2,
    /// Send an update that changes nothing. It needs read instead of update.
    UpdateWithoutChanges = 3,
    /// Delete a document.
    Delete = 4,
    /// Create a document. Permissions of documents do not count.
    Create = 5,
}

/// The documents that a listing may return.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum Listing {
    /// Every document of the collection.
    EveryDocument = 1,
    /// The documents whose own permissions grant read. The caller must filter.
    FilterByDocument = 2,
}

/// A database with SQL.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum Dialect {
    /// SQLite
    Sqlite = 1,
    /// PostgreSQL
    Postgres = 2,
    /// MariaDB and MySQL
    Mariadb = 3,
    /// DuckDB
    Duckdb = 4,
}

/// The place where a database stores permissions.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum Place {
    /// Appwrite's table with one row for each document, action and role. `table` names it.
    Perms = 1,
    /// A column of the documents with the list. `column_type` is its type.
    Column = 2,
    /// A column of the documents with the number of a list. `table` is the prefix of the tables of lists.
    Acl = 3,
}

/// The type of a column that holds a list of permissions.
#[derive(Clone, Copy)]
#[repr(C)]
pub enum ColumnType {
    /// A JSON array, in a column of any text or JSON type.
    Json = 1,
    /// `jsonb` of PostgreSQL.
    Jsonb = 2,
    /// `text[]` of PostgreSQL.
    TextArray = 3,
    /// `VARCHAR[]` of DuckDB.
    List = 4,
}

/// The place of permissions in a database with SQL. A name that is empty is left out, or has its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct SqlLayout {
    /// A `rolegate_dialect`.
    pub dialect: u32,
    /// A `rolegate_place`.
    pub place: u32,
    /// A `rolegate_column_type`, for `ROLEGATE_PLACE_COLUMN`.
    pub column_type: u32,
    /// The table of permissions, or the prefix of the tables of lists.
    pub table: Bytes,
    /// The alias, or the name, of the documents' table in the query.
    pub alias: Bytes,
    /// The column of the documents: `_uid`, `_permissions` or `acl` unless it is named here.
    pub column: Bytes,
    /// The only tenant whose documents match. Null for databases without tenants.
    pub tenant: *const i64,
}
