"""DuckDB, mongomock and Qdrant, for the tests in Rust.

Reads one request per line from standard input, and writes one answer per line. Both are JSON. The only argument is the
name of the store.
"""

import importlib.metadata
import json
import sys


class DuckDb:
    package = "duckdb"

    def reset(self, settings):
        import duckdb

        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET threads = 1")
        for setting in settings:
            self.connection.execute(setting)

    def answer(self, request):
        if "reset" in request:
            return self.reset(request["reset"])
        cursor = self.connection.execute(request["sql"], request["binds"] or None)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


class Mongomock:
    package = "mongomock"

    def answer(self, request):
        import mongomock

        if "load" in request:
            self.collection = mongomock.MongoClient().rolegate.documents
            self.collection.insert_many({"_id": document["id"], **document["fields"]} for document in request["load"])
            return None
        return [document["_id"] for document in self.collection.find(request["find"], {"_id": 1})]


class Qdrant:
    package = "qdrant-client"

    def answer(self, request):
        from qdrant_client import QdrantClient, models

        if "load" in request:
            self.client = QdrantClient(":memory:")
            self.client.create_collection("documents", vectors_config={})
            points = [
                models.PointStruct(id=document["id"], vector={}, payload=document["fields"])
                for document in request["load"]
            ]
            self.client.upsert("documents", points)
            self.count = len(points)
            return None
        condition = models.Filter.model_validate(request["find"])
        points, _ = self.client.scroll("documents", condition, limit=self.count + 1, with_payload=False)
        return [point.id for point in points]


def main():
    store = {"duckdb": DuckDb, "mongomock": Mongomock, "qdrant": Qdrant}[sys.argv[1]]()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "version" in request:
                answer = {"ok": importlib.metadata.version(store.package)}
            else:
                answer = {"ok": store.answer(request)}
        except Exception as error:  # The test decides if an error is right.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
