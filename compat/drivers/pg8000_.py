"""pg8000: pure Python, the extended protocol in text, DB-API and its native interface."""

import datetime
import urllib.parse
import uuid

import pg8000.dbapi
import pg8000.native

from checks import check, equal, expect, run, url

UTC = datetime.timezone.utc
_parts = urllib.parse.urlsplit(url)
_where = {
    "user": _parts.username,
    "host": _parts.hostname,
    "port": _parts.port or 5432,
    "database": _parts.path.strip("/"),
    "password": _parts.password,
}
VALUES = [
    True,
    -5,
    2**62,
    0.1,
    "it's \\ % ; 日本",
    b"\x00\xff",
    datetime.datetime(2024, 2, 29, 12, 34, 56, 789123, tzinfo=UTC),
    uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
]


def native():
    connection = pg8000.native.Connection(**_where)
    connection.run("DROP TABLE IF EXISTS compat_pg8000")
    connection.run(
        "CREATE TABLE compat_pg8000 (id serial PRIMARY KEY, b bool, i int, l int8, d float8, t text, y bytea, z timestamptz, u uuid)"
    )
    return connection


@check
def every_type():
    connection = native()
    connection.run(
        "INSERT INTO compat_pg8000 (b, i, l, d, t, y, z, u) VALUES (:b, :i, :l, :d, :t, :y, :z, :u)",
        **dict(zip("bildtyzu", VALUES)),
    )
    equal(connection.run("SELECT b, i, l, d, t, y, z, u FROM compat_pg8000"), [VALUES])
    equal([column["name"] for column in connection.columns], list("bildtyzu"))
    equal(connection.row_count, 1)
    connection.close()


@check
def nulls():
    connection = native()
    equal(connection.run("INSERT INTO compat_pg8000 (t, i) VALUES (:t, :i) RETURNING t, i", t=None, i=None), [[None, None]])


@check
def prepared_statements():
    connection = native()
    statement = connection.prepare("SELECT CAST(:n AS int) + 1")
    equal([statement.run(n=n) for n in range(3)], [[[1]], [[2]], [[3]]])
    statement.close()


@check
def simple_scripts():
    connection = native()
    connection.run("INSERT INTO compat_pg8000 (i) VALUES (1); INSERT INTO compat_pg8000 (i) VALUES (2)")
    equal(connection.run("SELECT count(*) FROM compat_pg8000"), [[2]])


@check
def errors():
    connection = native()
    with expect("42P01"):
        connection.run("SELECT * FROM compat_nosuch")
    with expect("22012"):
        connection.run("SELECT 1 / CAST(:n AS int)", n=0)
    equal(connection.run("SELECT 1"), [[1]])
    equal(connection.parameter_statuses["server_encoding"], "UTF8")


@check
def db_api_in_autocommit():
    native().close()
    connection = pg8000.dbapi.connect(**_where)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.executemany("INSERT INTO compat_pg8000 (i, t) VALUES (%s, %s)", [(1, "a"), (2, "b")])
    cursor.execute("SELECT t FROM compat_pg8000 WHERE i = %s", (2,))
    equal(cursor.fetchone(), ["b"])
    equal(cursor.rowcount, 1)
    connection.close()


@check
def db_api_with_transactions():
    native().close()
    connection = pg8000.dbapi.connect(**_where)
    cursor = connection.cursor()
    cursor.execute("INSERT INTO compat_pg8000 (i) VALUES (1)")
    connection.rollback()
    cursor.execute("SELECT count(*) FROM compat_pg8000")
    equal(cursor.fetchone(), [0])
    connection.commit()
    connection.close()


@check
def drops_its_table():
    native().run("DROP TABLE compat_pg8000")


run()
