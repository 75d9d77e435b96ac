"""psycopg 3: server-side binding, text and binary, pipelines, streaming."""

import datetime
import threading
import time
import uuid

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from checks import check, equal, expect, run, url

UTC = datetime.timezone.utc
VALUES = (
    True,
    -(2**15),
    2**31 - 1,
    -(2**63),
    1.5,
    0.1,
    "größe – 日本 🦀 'quoted' \\ \n",
    "varchar",
    b"\x00\xff'",
    datetime.datetime(2024, 2, 29, 12, 34, 56, 789123, tzinfo=UTC),
    uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
)


def connect(**options):
    return psycopg.connect(url, autocommit=True, **options)


def table(connection):
    connection.execute("DROP TABLE IF EXISTS compat_psycopg3")
    connection.execute(
        "CREATE TABLE compat_psycopg3 (id serial PRIMARY KEY, b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8,"
        " t text, v varchar(20), y bytea, z timestamptz, u uuid)"
    )


INSERT = "INSERT INTO compat_psycopg3 (b, i2, i4, i8, f4, f8, t, v, y, z, u) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
SELECT = "SELECT b, i2, i4, i8, f4, f8, t, v, y, z, u FROM compat_psycopg3 ORDER BY id"


@check
def server_is_postgresql():
    with connect() as connection:
        equal(connection.info.server_version // 10000, 15)
        equal(connection.info.encoding, "utf-8")
        equal(connection.info.dbname, "postgres")
        equal(connection.info.parameter_status("standard_conforming_strings"), "on")
        equal(connection.info.timezone.utcoffset(datetime.datetime.now()), datetime.timedelta(0))


@check
def every_type_in_text():
    with connect() as connection:
        table(connection)
        connection.execute(INSERT, VALUES)
        equal(connection.execute(SELECT).fetchone(), VALUES)


@check
def every_type_in_binary():
    with connect() as connection:
        table(connection)
        placeholders = INSERT.replace("%s", "%b")
        connection.execute(placeholders, VALUES)
        with connection.cursor(binary=True) as cursor:
            equal(cursor.execute(SELECT).fetchone(), VALUES)


@check
def nulls():
    with connect() as connection:
        table(connection)
        connection.execute(INSERT, (None,) * 11)
        equal(connection.execute(SELECT).fetchone(), (None,) * 11)


@check
def returning_and_counts():
    with connect() as connection:
        table(connection)
        cursor = connection.execute("INSERT INTO compat_psycopg3 (t) VALUES ('a'), ('b') RETURNING id, t")
        equal(cursor.fetchall(), [(1, "a"), (2, "b")])
        equal(connection.execute("UPDATE compat_psycopg3 SET t = t || %s", ("!",)).rowcount, 2)
        equal(connection.execute("DELETE FROM compat_psycopg3 WHERE id = %s", (1,)).rowcount, 1)
        equal(connection.execute(SELECT).rowcount, 1)
        equal(connection.execute("DELETE FROM compat_psycopg3").statusmessage, "DELETE 1")


@check
def rows_by_name():
    with connect(row_factory=dict_row) as connection:
        equal(connection.execute("SELECT 1 AS one, 'x' AS two").fetchone(), {"one": 1, "two": "x"})


@check
def described_types():
    with connect() as connection:
        cursor = connection.execute("SELECT 1, 'x', true, now(), count(*), 1.5::float8, 'x'::varchar(3)")
        equal([column.type_code for column in cursor.description], [23, 25, 16, 1184, 20, 701, 1043])
        equal(cursor.description[6].internal_size, None)


@check
def prepared():
    with connect() as connection:
        for number in range(10):
            row = connection.execute("SELECT %s::int + 1, %s::text", (number, str(number)), prepare=True).fetchone()
            equal(row, (number + 1, str(number)))


@check
def prepared_by_itself_after_five():
    with connect() as connection:
        table(connection)
        for number in range(20):
            connection.execute("INSERT INTO compat_psycopg3 (i4, t) VALUES (%s, %s)", (number, "x"))
        equal(connection.execute("SELECT count(*), sum(i4) FROM compat_psycopg3").fetchone(), (20, 190))


@check
def many():
    with connect() as connection:
        table(connection)
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO compat_psycopg3 (i4) VALUES (%s)", [(n,) for n in range(500)])
            equal(cursor.rowcount, 500)
            cursor.executemany(
                "INSERT INTO compat_psycopg3 (i4) VALUES (%s) RETURNING i4", [(1000,), (1001,)], returning=True
            )
            equal([result.fetchone() for result in cursor.results()], [(1000,), (1001,)])


@check
def pipeline():
    with connect() as connection:
        table(connection)
        with connection.pipeline():
            cursors = [connection.execute("INSERT INTO compat_psycopg3 (i4) VALUES (%s) RETURNING i4", (n,)) for n in range(50)]
            read = connection.execute("SELECT count(*) FROM compat_psycopg3")
        equal([cursor.fetchone()[0] for cursor in cursors], list(range(50)))
        equal(read.fetchone(), (50,))


@check
def pipeline_error():
    with connect() as connection:
        table(connection)
        with expect("22012"):
            with connection.pipeline():
                connection.execute("INSERT INTO compat_psycopg3 (i4) VALUES (1)")
                connection.execute("SELECT 1 / %s", (0,))
                connection.execute("INSERT INTO compat_psycopg3 (i4) VALUES (2)")
        equal(connection.execute("SELECT count(*) FROM compat_psycopg3").fetchone(), (0,))
        equal(connection.info.transaction_status, psycopg.pq.TransactionStatus.IDLE)


@check
def error_fields():
    with connect() as connection:
        table(connection)
        connection.execute("INSERT INTO compat_psycopg3 (id) VALUES (100)")
        with expect("23505") as caught:
            connection.execute("INSERT INTO compat_psycopg3 (id) VALUES (%s)", (100,))
        assert isinstance(caught.error, psycopg.errors.UniqueViolation)
        diag = caught.error.diag
        equal((diag.constraint_name, diag.table_name, diag.schema_name), ("compat_psycopg3_pkey", "compat_psycopg3", "public"))
        equal(diag.message_detail, "Key (id)=(100) already exists.")
        with expect("42P01") as caught:
            connection.execute("SELECT * FROM compat_nosuch")
        equal(caught.error.diag.statement_position, "15")
        with expect("22P02"):
            connection.execute("SELECT %s::int", ("x",))
        equal(connection.execute("SELECT 1").fetchone(), (1,))


@check
def several_statements():
    with connect() as connection:
        cursor = connection.execute("SELECT 1; SELECT 2, 3")
        equal(cursor.fetchall(), [(1,)])
        assert cursor.nextset()
        equal(cursor.fetchall(), [(2, 3)])


@check
def streaming():
    with connect() as connection:
        table(connection)
        connection.execute("INSERT INTO compat_psycopg3 (i4) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)")
        query = "SELECT a.i4 FROM compat_psycopg3 a, compat_psycopg3 b, compat_psycopg3 c, compat_psycopg3 d, compat_psycopg3 e"
        with connection.cursor() as cursor:
            equal(sum(1 for _ in cursor.stream(query)), 100_000)


@check
def cancelling():
    with connect() as connection:
        table(connection)
        connection.execute("INSERT INTO compat_psycopg3 (i4) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)")
        joined = ", ".join(f"compat_psycopg3 t{n}" for n in range(12))
        threading.Timer(0.3, connection.cancel).start()
        started = time.monotonic()
        with expect("57014"):
            connection.execute(f"SELECT count(*) FROM {joined}")
        assert time.monotonic() - started < 10
        equal(connection.execute("SELECT 1").fetchone(), (1,))


@check
def notices():
    with connect() as connection:
        seen = []
        connection.add_notice_handler(lambda diag: seen.append((diag.severity, diag.message_primary)))
        connection.execute("DROP TABLE IF EXISTS compat_nosuch")
        equal(seen, [("NOTICE", 'table "compat_nosuch" does not exist, skipping')])


@check
def client_side_binding():
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        row = connection.execute("SELECT %s, %s, %s, %s", (1, "it's \\ %", None, True)).fetchone()
        equal(row, (1, "it's \\ %", None, True))


@check
def raw_query_cursor():
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.RawCursor) as connection:
        equal(connection.execute("SELECT $1::int + $2::int, $1", (1, 2)).fetchone(), (3, 1))


@check
def closed_connections_are_gone():
    connection = connect()
    connection.close()
    with expect(None):
        connection.execute("SELECT 1")


@check
def transactions():
    with psycopg.connect(url) as connection:
        connection.autocommit = True
        table(connection)
        connection.autocommit = False
        connection.execute("INSERT INTO compat_psycopg3 (i4) VALUES (1)")
        connection.rollback()
        with connection.transaction():
            connection.execute("INSERT INTO compat_psycopg3 (i4) VALUES (2)")
            with expect("23505"):
                with connection.transaction():
                    connection.execute("INSERT INTO compat_psycopg3 (id, i4) SELECT id, 3 FROM compat_psycopg3")
        equal(connection.execute("SELECT i4 FROM compat_psycopg3").fetchall(), [(2,)])


@check
def server_side_cursor():
    with psycopg.connect(url) as connection:
        with connection.cursor("compat_cursor") as cursor:
            cursor.execute("SELECT * FROM (VALUES (1), (2), (3)) v (x) ORDER BY x")
            equal(cursor.fetchmany(2), [(1,), (2,)])
            equal(cursor.fetchall(), [(3,)])
        with connection.cursor("compat_cursor", scrollable=True) as cursor:
            cursor.execute("SELECT g FROM generate_series(1, %s) g", (1000,))
            cursor.scroll(998)
            equal([row for row in cursor], [(999,), (1000,)])
            cursor.scroll(0, "absolute")
            equal(sum(row[0] for row in cursor.fetchmany(7)), 28)
            cursor.scroll(0, "absolute")
            equal(sum(row[0] for row in cursor.fetchall()), 500500)
        with connection.cursor("compat_held", withhold=True) as cursor:
            cursor.execute("SELECT * FROM (VALUES (1), (2), (3)) v (x) ORDER BY x")
            equal(cursor.fetchone(), (1,))
            connection.commit()
            equal(cursor.fetchall(), [(2,), (3,)])


@check
def copying():
    with connect() as connection:
        table(connection)
        with connection.cursor().copy("COPY compat_psycopg3 (i4, t) FROM STDIN") as copy:
            copy.write_row((1, "one"))
        with connection.cursor().copy("COPY compat_psycopg3 (i4, t) TO STDOUT") as copy:
            equal(b"".join(copy), b"1\tone\n")


@check
def json_and_arrays():
    with connect() as connection:
        equal(connection.execute("SELECT %s->>'a', %s", (Jsonb({"a": 1}), [1, 2])).fetchone(), ("1", [1, 2]))


@check
def drops_its_table():
    with connect() as connection:
        connection.execute("DROP TABLE compat_psycopg3")


run()
