CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT NOT NULL, -- Argon2id, in the PHC format
    profile TEXT NOT NULL -- Appwrite's user document
) STRICT;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    secret BLOB NOT NULL UNIQUE, -- SHA-256
    created TEXT NOT NULL DEFAULT (strftime('%FT%H:%M:%f+00:00', 'now')),
    expire TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user);

CREATE TABLE keys (
    secret BLOB PRIMARY KEY, -- SHA-256
    kind TEXT NOT NULL DEFAULT 'standard',
    name TEXT NOT NULL,
    scopes TEXT NOT NULL -- a JSON array
) STRICT;

CREATE TABLE collections (
    number INTEGER PRIMARY KEY,
    database TEXT NOT NULL,
    id TEXT NOT NULL,
    rules TEXT NOT NULL, -- $permissions and documentSecurity
    attributes TEXT NOT NULL, -- the names that a document may use
    UNIQUE (database, id)
) STRICT;

CREATE TABLE documents (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL,
    id TEXT NOT NULL,
    permissions TEXT NOT NULL CHECK (json_type(permissions) = 'array'),
    data TEXT NOT NULL, -- the attributes, $id, $createdAt and $updatedAt
    UNIQUE (collection, id)
) STRICT;
