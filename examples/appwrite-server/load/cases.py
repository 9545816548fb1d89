"""The cases, as user@collection, with their names."""

NAMES = {
    "auditor@decided": "JWT, sees all, document by document",
    "auditor@open": "JWT, sees all, the collection grants it",
    "users@decided": "200 JWTs, each its part, document by document",
    "users@open": "200 JWTs, see all, the collection grants it",
    "key@decided": "API key, permissions bypassed",
}
