"""Stops a server, and kills one while it writes, and checks that nothing is lost.

A document counts as written when the server has answered. A write without an answer may be there or not, but
as a whole.
"""

import concurrent.futures
import itertools
import pathlib
import random
import signal
import socket
import threading
import time
import urllib.parse

import requests
from server import Server

KEY = {"X-Appwrite-Project": "birthdays", "X-Appwrite-Key": "standard_backend-of-the-birthdays"}
ROUNDS = 5
WRITERS = 4
SECONDS_OF_WRITING = 0.7
REQUEST_SECONDS = 10


def ask(server, method, path, headers, **more):
    return requests.request(method, server.endpoint + path, headers=headers, timeout=REQUEST_SECONDS, **more)


ALL = "/databases/guide/collections/birthdays/documents"


def listing(server, headers):
    """Returns every document that a caller sees, by id. Reads it page by page."""
    documents, after = {}, []
    for _ in range(1000):
        queries = ['{"method":"limit","values":[100]}', *after]
        answer = ask(server, "GET", ALL, headers, params={"queries[]": queries}).json()
        documents |= {document["$id"]: document for document in answer["documents"]}
        if len(answer["documents"]) < 100:
            assert answer["total"] == len(documents), (answer["total"], len(documents))
            return documents
        after = ['{"method":"cursorAfter","values":["%s"]}' % answer["documents"][-1]["$id"]]
    raise AssertionError("a listing has no end")


def sign_in(server, user):
    login = {"email": f"{user}@example.com", "password": f"password-{user}"}
    secret = ask(server, "POST", "/account/sessions/email", KEY, json=login).json()["secret"]
    return {"X-Appwrite-Session": secret}


def restart(directory, log):
    file = directory / "restart.db"
    with Server(log, "--db", str(file)) as server:
        session = sign_in(server, "a")
        new = {"documentId": "kept", "data": {"name": "Kept"}}
        assert ask(server, "POST", ALL, session, json=new).status_code == 201
        share = {"permissions": ['read("users")', 'write("user:user-a")']}
        assert ask(server, "PATCH", f"{ALL}/ac5fc866ad1e", KEY, json=share).status_code == 200
        assert ask(server, "DELETE", f"{ALL}/cc2fc886ad1e", KEY).status_code == 204
        jwt = ask(server, "POST", "/account/jwts", session).json()["jwt"]
        everybody = [KEY, session, {"X-Appwrite-JWT": jwt}, sign_in(server, "b"), {}]
        try:
            with Server(log, "--db", str(file)):
                raise AssertionError("two servers with one file")
        except RuntimeError:
            pass
        before = [listing(server, who) for who in everybody]
        assert [len(seen) for seen in before] == [3, 2, 2, 2, 0], [list(seen) for seen in before]
        # A client that sends half a request does not keep the server from stopping.
        address = urllib.parse.urlsplit(server.endpoint)
        with socket.create_connection((address.hostname, address.port)) as half:
            half.sendall(b"POST /v1/account/jwts HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
            assert server.stop(signal.SIGTERM) == 0
    with Server(log, "--db", str(file)) as server:
        assert [listing(server, who) for who in everybody] == before


def write_until_killed(server, name, tried, stop):
    """Creates documents, moves them from one user to the other and back, and deletes some.

    `tried` holds the states that each document may have: one after the server has answered, two until then.
    """
    session = requests.Session()
    session.headers.update(KEY)
    for count in itertools.count():
        identity = f"{name}-{count}"
        path = f"{ALL}/{identity}"
        steps = [("POST", ALL, "a"), ("PATCH", path, "b"), ("PATCH", path, "a")][: 1 + count % 3]
        steps += [("DELETE", path, None)] if count % 5 == 4 else []
        for version, (method, path, user) in enumerate(steps):
            state, body = None, None
            if user is not None:
                state = (user, f"{identity} {version}")
                body = {"permissions": [f'read("user:user-{user}")'], "data": {"name": state[1]}}
            if method == "POST":
                body["documentId"] = identity
            tried[identity] = [tried.get(identity, [None])[-1], state]
            try:
                answer = session.request(method, server.endpoint + path, json=body, timeout=REQUEST_SECONDS)
            except requests.RequestException:
                assert stop.is_set(), "the server is gone before it was killed"
                return
            assert answer.status_code in (200, 201, 204), answer.text
            tried[identity] = [state]


def killed(directory, log):
    """Returns how many documents were written."""
    file, tried = directory / "killed.db", {}
    for turn in range(ROUNDS):
        writing = [{} for _ in range(WRITERS)]
        with Server(log, "--db", str(file)) as server, concurrent.futures.ThreadPoolExecutor() as pool:
            stop = threading.Event()
            writers = [
                pool.submit(write_until_killed, server, f"{turn}x{number}", tried_by_it, stop)
                for number, tried_by_it in enumerate(writing)
            ]
            time.sleep(SECONDS_OF_WRITING * random.uniform(0.5, 1))
            stop.set()
            server.stop(signal.SIGKILL)
            for writer in writers:
                writer.result(REQUEST_SECONDS * 2)
        for tried_by_it in writing:
            tried |= tried_by_it
        check(file, log, tried)
    assert len(tried) > 5 * ROUNDS, f"only {len(tried)} documents"
    return len(tried)


def check(file, log, tried):
    """Checks that every document is as answered or as asked last, for every caller."""
    with Server(log, "--db", str(file)) as server:
        seen = listing(server, KEY)
        by_user = {user: listing(server, sign_in(server, user)) for user in "ab"}
    assert len(seen.keys() - tried.keys()) == 3, "documents that no request wrote"
    for identity, states in tried.items():
        who = [user for user in "ab" if identity in by_user[user]]
        found = None
        if identity in seen:
            permissions = [f'read("user:user-{user}")' for user in who]
            assert seen[identity]["$permissions"] == permissions and len(who) == 1, (who, seen[identity])
            found = (who[0], seen[identity]["name"])
        else:
            assert who == [], f"{identity} is gone, and seen by {who}"
        assert found in states, f"{identity}: {found} is none of {states}"
        tried[identity] = [found]


def run(directory: pathlib.Path, log: pathlib.Path):
    """Yields lines as a driver prints them."""
    for name, test in [("a restart loses nothing", restart), ("kill -9 loses no answered write", killed)]:
        try:
            written = test(directory, log)
            yield f"ok {name}" + (f" ({written} writes)" if written else "")
        except Exception as error:  # noqa: BLE001: every failure is counted
            yield f"not ok {name}: {type(error).__name__}: {error}".replace("\n", " | ")
