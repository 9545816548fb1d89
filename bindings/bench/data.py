#!/usr/bin/env python3
"""Writes the inputs of the measurements into a folder. The same inputs serve every language.

user.json       a user with a team, a label and a membership
page.json       a list response with 25 documents
page.txt        the permissions of these documents, one document on each line, with tabs between permissions
response.json   a list response of 1 MB
documents.txt   the permissions of 100,000 documents, with 1,000 distinct lists
"""
import json
import random
import sys
from pathlib import Path

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
# The numbers are the same in each run.
numbers = random.Random(19)


def identifier():
    """Returns an id as Appwrite makes them."""
    return "".join(numbers.choices("0123456789abcdef", k=20))


ME, TEAM = identifier(), identifier()
OTHERS = [identifier() for _ in range(400)]


def permissions():
    """Returns a list with its owner's permissions. One list in three is visible to the user."""
    owner = numbers.choice(OTHERS)
    reader = numbers.choice([f"user:{ME}", f"team:{TEAM}/editor", "label:vip", *["" for _ in range(6)]])
    reader = reader or f"user:{numbers.choice(OTHERS)}"
    return [f'read("{reader}")', f'read("user:{owner}")', f'update("user:{owner}")', f'delete("user:{owner}")']


def document():
    """Returns a document of about 700 bytes."""
    return {
        "$id": identifier(),
        "$collectionId": "birthdays",
        "$databaseId": "main",
        "$createdAt": "2026-11-01T10:00:00.000+00:00",
        "$updatedAt": "2026-11-02T10:00:00.000+00:00",
        "$permissions": permissions(),
        "name": f"Person {numbers.randrange(10_000)}",
        "birthday": f"19{numbers.randrange(10, 99)}-0{numbers.randrange(1, 9)}-1{numbers.randrange(10)}",
        "tags": [identifier() for _ in range(3)],
        "note": " ".join(identifier() for _ in range(8)),
    }


def write(name, text):
    (folder / name).write_text(text, encoding="utf-8")


def response(documents):
    return json.dumps({"total": len(documents), "documents": documents}, separators=(",", ":"))


def lines(lists):
    return "".join("\t".join(entry) + "\n" for entry in lists)


write("user.json", json.dumps({
    "$id": ME,
    "emailVerification": True,
    "labels": ["vip", "beta"],
    "memberships": [{"$id": identifier(), "teamId": TEAM, "confirm": True, "roles": ["editor", "viewer"]}],
}))
page = [document() for _ in range(25)]
write("page.json", response(page))
write("page.txt", lines(entry["$permissions"] for entry in page))
large = []
while len(response(large)) < 1_000_000:
    large += [document() for _ in range(50)]
write("response.json", response(large))
distinct = [permissions() for _ in range(1000)]
write("documents.txt", lines(numbers.choice(distinct) for _ in range(100_000)))
