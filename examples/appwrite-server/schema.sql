CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    password TEXT NOT NULL, -- Argon2id, in the PHC format
    profile TEXT NOT NULL -- Appwrite's user document
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    secret BLOB NOT NULL UNIQUE, -- SHA-256
    created TEXT NOT NULL DEFAULT (strftime('%FT%H:%M:%f+00:00', 'now')),
    expire TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user);

CREATE TABLE IF NOT EXISTS keys (
    secret BLOB PRIMARY KEY, -- SHA-256
    kind TEXT NOT NULL DEFAULT 'standard',
    name TEXT NOT NULL,
    scopes TEXT NOT NULL -- a JSON array
) STRICT;

CREATE TABLE IF NOT EXISTS databases (
    id TEXT PRIMARY KEY,
    enabled INTEGER DEFAULT TRUE CHECK (enabled IN (FALSE, TRUE)) -- NULL is disabled
) STRICT;

CREATE TABLE IF NOT EXISTS collections (
    number INTEGER PRIMARY KEY,
    database TEXT NOT NULL,
    id TEXT NOT NULL,
    rules TEXT NOT NULL, -- $permissions, documentSecurity and enabled
    attributes TEXT NOT NULL, -- the names that a document may have
    UNIQUE (database, id)
) STRICT;

CREATE TABLE IF NOT EXISTS documents (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL,
    id TEXT NOT NULL,
    permissions TEXT NOT NULL CHECK (json_type(permissions) = 'array'),
    data TEXT NOT NULL, -- the attributes, $id, $createdAt and $updatedAt
    acl INTEGER REFERENCES acl_lists (acl), -- the permissions again, as the number of a list
    UNIQUE (collection, id)
) STRICT;
-- A search finds the documents of a collection that have one of the caller's lists.
CREATE INDEX IF NOT EXISTS documents_by_list ON documents (acl, collection);
-- A change of permissions removes the number of the old list. The server then sets the number of the new list.
CREATE TRIGGER IF NOT EXISTS documents_without_list AFTER UPDATE OF permissions ON documents BEGIN
    UPDATE documents SET acl = NULL WHERE sequence = new.sequence;
END;
