"""Prints SQL for 100,000 documents, twice, and 200 users. In one collection every document is checked. The other
collection grants read, and no document is checked. The documents and their permissions are the same."""

import hashlib
import json
import random

DOCUMENTS, USERS, TEAMS = 100_000, 200, 50
# The hash of `password`, for every user.
PASSWORD = "$argon2id$v=19$m=19456,t=2,p=1$u79mdXFdzeh+y5KagyDPIg$sDpVHeLlF7NLlVWG//o3nm8plmMGE1WNMVhJtZJFBwo"

random.seed(1)


def text(value):
    return "'" + (value if isinstance(value, str) else json.dumps(value)).replace("'", "''") + "'"


def insert(table, columns, rows):
    rows = list(rows)
    for start in range(0, len(rows), 500):
        values = ",\n".join("(" + ", ".join(row) + ")" for row in rows[start : start + 500])
        print(f"INSERT INTO {table} ({columns}) VALUES\n{values};")


def user(name, teams=(), labels=()):
    memberships = [{"$id": f"{name}-{team}", "teamId": team, "confirm": True} for team in teams]
    profile = {"$id": name, "emailVerification": True, "labels": labels, "memberships": memberships}
    return text(name), text(f"{name}@example.com"), text(PASSWORD), text(profile)


def document(number):
    # A team or one user reads it, and the auditor reads every document.
    roles = [f"team:t{random.randrange(TEAMS)}", f"user:u{random.randrange(USERS)}"]
    lists = sorted(['read("label:auditor")', f'read("{roles[number % 4 == 0]}")'])
    moment = "2026-01-01T00:00:00.000+00:00"
    name, filler = f"Document {number}", f"{random.getrandbits(400):0100x}"
    data = {"$id": f"d{number}", "$createdAt": moment, "$updatedAt": moment, "name": name, "text": filler}
    return text(f"d{number}"), text(json.dumps(lists, separators=(",", ":"))), text(data)


teams = [f"t{number}" for number in range(TEAMS)]
people = [user(f"u{number}", random.sample(teams, 3)) for number in range(USERS)]
insert("users", "id, email, password, profile", [*people, user("auditor", labels=["auditor"])])
secret = hashlib.sha256(b"standard_load").hexdigest()
scopes = text(["documents.read", "sessions.write"])
insert("keys", "secret, name, scopes", [(f"x'{secret}'", "'Load'", scopes)])
rules = {"decided": [], "open": ['read("users")']}
rules = {name: {"$permissions": granted, "documentSecurity": True} for name, granted in rules.items()}
for number, (name, granted) in enumerate(rules.items()):
    row = (str(number), "'load'", text(name), text(granted), text(["name", "text"]))
    insert("collections", "number, database, id, rules, attributes", [row])
documents = [document(number) for number in range(DOCUMENTS)]
for number in range(len(rules)):
    insert("documents", "collection, id, permissions, data", ((str(number), *row) for row in documents))
