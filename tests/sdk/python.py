"""The guide through the Python SDK, which checks every answer against its models."""

import base64
import json
import os
import traceback

from appwrite.client import Client
from appwrite.exception import AppwriteException
from appwrite.permission import Permission
from appwrite.query import Query
from appwrite.role import Role
from appwrite.services.account import Account
from appwrite.services.databases import Databases
from appwrite.services.graphql import Graphql
from appwrite.services.tables_db import TablesDB

WHERE = {"database_id": "guide", "collection_id": "birthdays"}
TABLE = {"database_id": "guide", "table_id": "birthdays"}


def client():
    return Client().set_endpoint(os.environ["ENDPOINT"]).set_project("birthdays")


def by_key(name):
    return Databases(client().set_key(f"standard_{name}-of-the-birthdays"))


def sign_in(user):
    account = Account(client().set_key("standard_backend-of-the-birthdays"))
    session = account.create_email_password_session(f"{user}@example.com", f"password-{user}")
    assert session.userid == f"user-{user}"
    return client().set_session(session.secret)


def create_jwt(session):
    """Creates a JWT through GraphQL, because this SDK has no createJWT."""
    answer = Graphql(session).mutation({"query": "mutation { accountCreateJWT { jwt } }"})
    assert "errors" not in answer, answer
    return answer["data"]["accountCreateJWT"]["jwt"]


def by_jwt(user):
    return client().set_jwt(create_jwt(sign_in(user)))


def refused(code, kind, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except AppwriteException as error:
        assert (error.code, error.type) == (code, kind), (error.code, error.type, error.message)
        assert set(json.loads(error.response)) == {"message", "code", "type", "version"}
        return error.message
    raise AssertionError("it was not refused")


def names(documents):
    return [document.data["name"] for document in documents.documents]


class Guide:
    """The steps, in order."""

    def one_document_by_jwt(self):
        self.session = sign_in("a")
        self.user_a = client().set_jwt(create_jwt(self.session))
        documents = Databases(self.user_a).list_documents(**WHERE)
        assert (documents.total, names(documents)) == (1, ["Kevin"])
        kevin = documents.documents[0]
        assert (kevin.id, kevin.sequence, kevin.databaseid) == ("ac5fc866ad1e", "1", "guide")
        assert (kevin.collectionid, kevin.permissions) == ("birthdays", ['read("user:user-a")'])
        assert kevin.createdat == kevin.updatedat != ""

    def graphql_under_either_path(self):
        query = {"query": "mutation { accountCreateJWT { jwt } }"}
        jwt = Graphql(self.session).query(query)["data"]["accountCreateJWT"]["jwt"]
        assert Databases(client().set_jwt(jwt)).list_documents(**WHERE).total == 1

    def rows_are_documents(self):
        rows = TablesDB(self.user_a).list_rows(**TABLE)
        assert (rows.total, rows.rows[0].tableid, rows.rows[0].data["name"]) == (1, "birthdays", "Kevin")
        made = TablesDB(self.user_a).create_row(**TABLE, row_id="row", data={"name": "Row"})
        assert TablesDB(self.user_a).get_row(**TABLE, row_id="row").createdat == made.createdat
        changed = TablesDB(self.user_a).update_row(**TABLE, row_id="row", data={"name": "Roe"})
        assert (changed.data, changed.updatedat >= made.updatedat) == ({"name": "Roe"}, True)
        TablesDB(self.user_a).delete_row(**TABLE, row_id="row")
        refused(404, "row_not_found", TablesDB(self.user_a).get_row, **TABLE, row_id="row")

    def three_documents_by_key(self):
        documents = by_key("backend").list_documents(**WHERE)
        assert (documents.total, names(documents)) == (3, ["Kevin", "Laura", "Bob"])
        assert by_key("reader").list_documents(**WHERE, total=False).total == 0

    def a_key_needs_its_scopes(self):
        refused(401, "general_unauthorized_scope", by_key("health").list_documents, **WHERE)
        new = {**WHERE, "document_id": "new", "data": {}}
        refused(401, "general_unauthorized_scope", by_key("reader").create_document, **new)

    def create_and_grant_and_refuse(self):
        user_a, user_b = Databases(self.user_a), Databases(by_jwt("b"))
        ann = {**WHERE, "document_id": "ann"}
        made = user_a.create_document(**ann, data={"name": "Ann", "birthday": "2000-02-29"})
        assert made.permissions == [f'{action}("user:user-a")' for action in ("read", "update", "delete")]
        own = Permission.write(Role.user("user-a"))
        foreign = [own, Permission.read(Role.user("user-b"))]
        assert "permission 1" in refused(401, "user_unauthorized", user_a.update_document, **ann, permissions=foreign)
        refused(404, "document_not_found", user_b.get_document, **ann)
        user_a.update_document(**ann, permissions=[own, Permission.read(Role.users())])
        assert names(user_b.list_documents(**WHERE)) == ["Laura", "Ann"]
        refused(401, "user_unauthorized", user_b.update_document, **ann, data={"name": "x"})
        refused(401, "user_unauthorized", user_b.delete_document, **ann)
        malformed = ['read("any")', 'read("usr:ann")']
        message = refused(400, "general_argument_invalid", user_a.update_document, **ann, permissions=malformed)
        assert "permission 1, byte 6: " in message
        user_a.delete_document(**ann)
        assert user_b.list_documents(**WHERE).total == 1

    def page(self):
        for number in range(7):
            for user in "ab":
                permissions = [Permission.read(Role.user(f"user-{user}"))]
                new = {**WHERE, "document_id": f"{user}-{number}", "permissions": permissions}
                by_key("backend").create_document(**new, data={"name": f"{user} {6 - number}"})
        page = lambda *queries: Databases(self.user_a).list_documents(**WHERE, queries=list(queries))
        seen = [document.id for document in page(Query.limit(5)).documents]
        rest = page(Query.limit(5), Query.cursor_after(seen[-1]))
        assert rest.total == 8
        seen += [document.id for document in rest.documents]
        assert seen == ["ac5fc866ad1e", *(f"a-{number}" for number in range(7))]
        assert names(page(Query.limit(2), Query.offset(6))) == ["a 1", "a 0"]
        assert names(page(Query.order_desc("name"), Query.limit(2))) == ["a 6", "a 5"]
        equal = page(Query.equal("name", ["a 3", "b 3"]))
        assert (equal.total, names(equal)) == (1, ["a 3"])
        cursor = Query.cursor_after("b-0")
        refused(400, "general_cursor_not_found", page, cursor)

    def a_forged_jwt(self):
        encode = lambda claims: base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        forged = encode({"typ": "JWT", "alg": "none"}) + "." + encode({"userId": "user-b", "exp": 4e9}) + "."
        for jwt in (forged, "x"):
            refused(401, "user_jwt_invalid", Databases(client().set_jwt(jwt)).list_documents, **WHERE)

    def nothing_after_the_session_is_deleted(self):
        Account(self.session).delete_session("current")
        documents = Databases(self.user_a).list_documents(**WHERE)
        assert (documents.total, documents.documents) == (0, [])
        answer = Graphql(self.session).mutation({"query": "mutation { accountCreateJWT { jwt } }"})
        assert answer["errors"][0]["extensions"]["type"] == "general_unauthorized_scope", answer


guide = Guide()
for step in [name for name in vars(Guide) if not name.startswith("_")]:
    try:
        getattr(guide, step)()
        print(f"ok {step.replace('_', ' ')}")
    except Exception:
        reason = traceback.format_exc().strip().replace("\n", " | ")
        print(f"not ok {step.replace('_', ' ')}: {reason}")
