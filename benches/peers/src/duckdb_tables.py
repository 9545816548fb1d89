"""DuckDB, for `duckdb.rs`.

Reads from standard input: the roles of the caller, separated by commas; one line ACTION,ROLE,DOCUMENT for each permission;
an empty line; and then requests. `answer` is answered by the numbers of the documents, and `time N` by the nanoseconds that
N runs take. The first argument is the form of the tables, and the second one is the maximum number of documents.

"Indexing" and "Ordering" in the performance guide of DuckDB say: integers instead of texts as keys of joins, rows in the
order of the columns that a query filters by, and an index only for queries that select few rows.

The statement is parsed once, by `extract_statements`, and planned in each run. `EXECUTE` of a prepared statement takes no
parameters from Python. With the roles in its text, or in a variable that is set before, it took longer.
"""

import sys
import tempfile
import time

import duckdb

# The permissions have the number of their role, and are sorted by action and role.
ROWS = """
    CREATE TABLE roles AS
        SELECT row_number() OVER (ORDER BY role)::INTEGER AS id, role FROM (SELECT DISTINCT role FROM loaded);
    CREATE TABLE permissions AS
        SELECT action, id, document FROM loaded JOIN roles USING (role) ORDER BY action, id, document;
"""
OF_ROWS = """
    SELECT DISTINCT document FROM permissions
    WHERE action = 'read' AND id IN (SELECT id FROM roles WHERE role IN (SELECT unnest($1::VARCHAR[])))
"""

# Each role has a list of the documents that it may read, and an index finds the role.
LISTS = """
    CREATE TABLE readable AS
        SELECT role, list(document ORDER BY document) AS documents FROM loaded
        WHERE action = 'read' GROUP BY role ORDER BY role;
    CREATE UNIQUE INDEX readable_role ON readable (role);
"""
OF_LISTS = """
    SELECT DISTINCT unnest(documents) AS document FROM readable
    WHERE role IN (SELECT unnest($1::VARCHAR[]))
"""


def load(tables):
    connection = duckdb.connect(":memory:")
    connection.execute("SET threads = 1")
    connection.execute("CREATE TABLE loaded (action VARCHAR, role VARCHAR, document INTEGER)")
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.writelines(iter(sys.stdin.readline, "\n"))
        file.flush()
        connection.execute("COPY loaded FROM '" + file.name + "' (FORMAT csv, HEADER false)")
    connection.execute(tables)
    connection.execute("DROP TABLE loaded")
    connection.execute("ANALYZE")
    return connection


def main():
    tables, statement = {"rows": (ROWS, OF_ROWS), "lists": (LISTS, OF_LISTS)}[sys.argv[1]]
    if int(sys.argv[2]) < 2**31:
        statement += " ORDER BY document LIMIT " + sys.argv[2]
    roles = sys.stdin.readline().rstrip("\n").split(",")
    connection = load(tables)
    [statement] = connection.extract_statements(statement)

    def visible():
        return connection.execute(statement, [roles]).fetchnumpy()["document"]

    for request in iter(sys.stdin.readline, ""):
        name, *runs = request.split()
        if name == "answer":
            print(*visible().tolist(), flush=True)
        else:
            started = time.perf_counter_ns()
            for _ in range(int(runs[0])):
                visible()
            print(time.perf_counter_ns() - started, flush=True)


main()
