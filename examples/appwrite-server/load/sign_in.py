"""Makes a JWT for every user, and checks that each case sees what it should."""

import json
import pathlib
import sys
import urllib.request

url, work = sys.argv[1], pathlib.Path(sys.argv[2])
KEY = {"X-Appwrite-Project": "birthdays", "X-Appwrite-Key": "standard_load"}


def ask(path, headers, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, {**headers, "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def jwt(name):
    login = {"email": f"{name}@example.com", "password": "password"}
    session = ask("/account/sessions/email", KEY, login)["secret"]
    return "X-Appwrite-JWT: " + ask("/account/jwts", {"X-Appwrite-Session": session}, {"duration": 3600})["jwt"]


def page(collection, header):
    headers = {"X-Appwrite-Project": "birthdays", **dict([header.split(": ")])}
    answer = ask(f"/databases/load/collections/{collection}/documents", headers)
    return answer["total"], [document["$id"] for document in answer["documents"]]


people = {"auditor": [jwt("auditor")], "users": [jwt(f"u{number}") for number in range(200)]}
people["key"] = ["X-Appwrite-Key: standard_load"]
everything = (100_000, [f"d{number}" for number in range(25)])
for who, collection in [("auditor", "decided"), ("auditor", "open"), ("users", "open"), ("key", "decided")]:
    found = page(collection, people[who][0])
    assert found == everything, (who, collection, found)
parts = [page("decided", header)[0] for header in people["users"]]
print(f"each of 200 users sees {min(parts):,} to {max(parts):,} of 100,000 documents")
for name, headers in people.items():
    (work / name).write_text("\n".join(headers))
