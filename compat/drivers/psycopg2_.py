"""psycopg2: text, values interpolated by the client, simple queries."""

import datetime
import threading
import uuid

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from checks import check, equal, expect, run, url

psycopg2.extras.register_uuid()
UTC = datetime.timezone.utc


def connect(autocommit=True):
    connection = psycopg2.connect(url)
    connection.autocommit = autocommit
    return connection


def table(cursor):
    cursor.execute("DROP TABLE IF EXISTS compat_psycopg2")
    cursor.execute(
        "CREATE TABLE compat_psycopg2 (id serial PRIMARY KEY, b bool, i int, l int8, d float8, t text, y bytea, z timestamptz, u uuid)"
    )


@check
def connecting():
    connection = connect()
    equal(connection.server_version // 10000, 15)
    equal(connection.encoding, "UTF8")
    equal(connection.get_parameter_status("integer_datetimes"), "on")
    equal(connection.get_transaction_status(), psycopg2.extensions.TRANSACTION_STATUS_IDLE)


@check
def every_type():
    values = (
        True,
        -5,
        2**62,
        0.1,
        "it's \\ % ; -- 日本\n",
        b"\x00\xff'\\",
        datetime.datetime(2024, 2, 29, 12, 34, 56, 789123, tzinfo=UTC),
        uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
    )
    with connect().cursor() as cursor:
        table(cursor)
        cursor.execute("INSERT INTO compat_psycopg2 (b, i, l, d, t, y, z, u) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", values)
        cursor.execute("SELECT b, i, l, d, t, y, z, u FROM compat_psycopg2")
        row = list(cursor.fetchone())
        row[5] = bytes(row[5])
        equal(tuple(row), values)
        cursor.execute("INSERT INTO compat_psycopg2 (b, t) VALUES (%s, %s) RETURNING id, b, t", (None, None))
        equal(cursor.fetchone(), (2, None, None))


@check
def names_and_counts():
    with connect().cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        table(cursor)
        cursor.execute("INSERT INTO compat_psycopg2 (i) VALUES (1), (2), (3)")
        equal((cursor.rowcount, cursor.statusmessage), (3, "INSERT 0 3"))
        cursor.execute("SELECT i AS number FROM compat_psycopg2 WHERE i > %(least)s ORDER BY i", {"least": 1})
        equal(cursor.fetchall(), [{"number": 2}, {"number": 3}])
        cursor.execute("UPDATE compat_psycopg2 SET i = i + 1 WHERE i = ANY(%s)", ([1, 2],))
        equal(cursor.rowcount, 2)


@check
def statements_with_semicolons_in_strings():
    with connect().cursor() as cursor:
        table(cursor)
        cursor.execute("INSERT INTO compat_psycopg2 (t) VALUES (%s)", ("hello; world",))
        cursor.execute("SELECT t FROM compat_psycopg2 WHERE t = %s", ("hello; world",))
        equal(cursor.fetchall(), [("hello; world",)])


@check
def execute_values_and_batch():
    with connect().cursor() as cursor:
        table(cursor)
        rows = [(n, f"row {n}") for n in range(1000)]
        psycopg2.extras.execute_values(cursor, "INSERT INTO compat_psycopg2 (i, t) VALUES %s", rows, page_size=250)
        psycopg2.extras.execute_batch(cursor, "UPDATE compat_psycopg2 SET l = %s WHERE i = %s", [(n, n) for n in range(100)])
        cursor.execute("SELECT count(*), sum(i), count(l) FROM compat_psycopg2")
        equal(cursor.fetchone(), (1000, 499500, 100))


@check
def errors():
    with connect().cursor() as cursor:
        table(cursor)
        with expect("42703") as caught:
            cursor.execute("SELECT nosuch FROM compat_psycopg2")
        assert isinstance(caught.error, psycopg2.errors.UndefinedColumn)
        with expect("22012"):
            cursor.execute("SELECT 1 / 0")
        with expect("23502") as caught:
            cursor.execute("INSERT INTO compat_psycopg2 (id) VALUES (NULL)")
        equal(caught.error.diag.column_name, "id")
        cursor.execute("SELECT 1")
        equal(cursor.fetchone(), (1,))


@check
def notices():
    connection = connect()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS compat_nosuch")
    equal(connection.notices, ['NOTICE:  table "compat_nosuch" does not exist, skipping\n'])


@check
def cancelling():
    connection = connect()
    with connection.cursor() as cursor:
        table(cursor)
        cursor.execute("INSERT INTO compat_psycopg2 (i) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)")
        threading.Timer(0.3, connection.cancel).start()
        with expect("57014"):
            cursor.execute("SELECT count(*) FROM " + ", ".join(f"compat_psycopg2 t{n}" for n in range(12)))
        cursor.execute("SELECT 1")


@check
def isolation_level_of_the_session():
    connection = connect()
    connection.set_session(isolation_level="READ COMMITTED", autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute("SHOW default_transaction_isolation")
        equal(cursor.fetchone(), ("read committed",))


@check
def client_encoding():
    connection = connect()
    connection.set_client_encoding("UTF8")
    equal(connection.encoding, "UTF8")


@check
def transactions():
    connection = connect(autocommit=False)
    with connection, connection.cursor() as cursor:
        table(cursor)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO compat_psycopg2 (i) VALUES (1)")
            raise KeyError
    except KeyError:
        pass
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM compat_psycopg2")
        equal(cursor.fetchone(), (0,))


@check
def named_cursor():
    with connect(autocommit=False) as connection, connection.cursor("compat") as cursor:
        cursor.execute("SELECT * FROM (VALUES (1), (2), (3)) v (x) ORDER BY x")
        equal(cursor.fetchmany(2), [(1,), (2,)])


@check
def drops_its_table():
    with connect().cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS compat_psycopg2")


run()
