"""asyncpg: binary everywhere, prepared statements by itself, pools."""

import asyncio
import datetime
import uuid

import asyncpg

from checks import check, equal, expect, run, url

UTC = datetime.timezone.utc
TABLE = (
    "CREATE TABLE compat_asyncpg (id serial PRIMARY KEY, b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8,"
    " t text, v varchar(20), y bytea, z timestamptz, u uuid)"
)
VALUES = (
    True,
    -(2**15),
    2**31 - 1,
    -(2**63),
    1.5,
    0.1,
    "größe – 日本 🦀",
    "varchar",
    b"\x00\xff'",
    datetime.datetime(2024, 2, 29, 12, 34, 56, 789123, tzinfo=UTC),
    uuid.UUID("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
)


class connected:
    """A connection with an empty table."""

    async def __aenter__(self):
        self.connection = await asyncpg.connect(url)
        await self.connection.execute("DROP TABLE IF EXISTS compat_asyncpg")
        await self.connection.execute(TABLE)
        return self.connection

    async def __aexit__(self, *_):
        await self.connection.close()


@check
async def connecting():
    async with connected() as connection:
        equal(connection.get_server_version().major, 15)
        equal(connection.get_settings().server_encoding, "UTF8")
        equal(await connection.fetchval("SELECT 1"), 1)


@check
async def every_type():
    async with connected() as connection:
        columns = "b, i2, i4, i8, f4, f8, t, v, y, z, u"
        places = ", ".join(f"${n}" for n in range(1, 12))
        row = await connection.fetchrow(f"INSERT INTO compat_asyncpg ({columns}) VALUES ({places}) RETURNING {columns}", *VALUES)
        equal(tuple(row), VALUES)
        row = await connection.fetchrow(f"SELECT {columns} FROM compat_asyncpg WHERE u = $1 AND z = $2 AND y = $3", VALUES[10], VALUES[9], VALUES[8])
        equal(tuple(row), VALUES)
        await connection.execute(f"INSERT INTO compat_asyncpg ({columns}) VALUES ({places})", *[None] * 11)
        row = await connection.fetchrow(f"SELECT {columns} FROM compat_asyncpg WHERE b IS NULL")
        equal(tuple(row), (None,) * 11)


@check
async def parameters_have_their_columns_types():
    async with connected() as connection:
        equal(await connection.execute("INSERT INTO compat_asyncpg (i4, t) VALUES ($1, $2)", 1, "x"), "INSERT 0 1")
        equal(await connection.execute("UPDATE compat_asyncpg SET t = $2 WHERE i4 = $1", 1, "y"), "UPDATE 1")
        equal(await connection.execute("DELETE FROM compat_asyncpg WHERE i4 = $1 AND t = $2", 1, "y"), "DELETE 1")
        statement = await connection.prepare("SELECT $1 + 1, $2 || 'x' FROM compat_asyncpg WHERE i8 > $3 LIMIT $4")
        equal([kind.name for kind in statement.get_parameters()], ["int4", "text", "int8", "int8"])
        equal([column.type.name for column in statement.get_attributes()], ["int4", "text"])


@check
async def rows_by_name():
    async with connected() as connection:
        rows = await connection.fetch("SELECT x, x * 2 AS double FROM (VALUES (1), (2)) v (x) ORDER BY x")
        equal([dict(row) for row in rows], [{"x": 1, "double": 2}, {"x": 2, "double": 4}])
        equal(await connection.fetchval("SELECT count(*) FROM compat_asyncpg"), 0)
        equal(await connection.fetchrow("SELECT 1 WHERE false"), None)


@check
async def prepared_statements():
    async with connected() as connection:
        insert = await connection.prepare("INSERT INTO compat_asyncpg (i4) VALUES ($1) RETURNING id")
        equal([await insert.fetchval(n) for n in range(5)], [1, 2, 3, 4, 5])
        select = await connection.prepare("SELECT id FROM compat_asyncpg WHERE i4 = $1")
        equal(await select.fetchval(3), 4)
        equal([row["id"] for row in await select.fetch(4)], [5])
        equal(select.get_statusmsg(), "SELECT 1")


@check
async def many():
    async with connected() as connection:
        await connection.executemany("INSERT INTO compat_asyncpg (i4, t) VALUES ($1, $2)", [(n, str(n)) for n in range(1000)])
        equal(await connection.fetchval("SELECT sum(i4) FROM compat_asyncpg"), 499500)


@check
async def many_is_all_or_nothing():
    async with connected() as connection:
        with expect("23505"):
            await connection.executemany("INSERT INTO compat_asyncpg (id) VALUES ($1)", [(1,), (2,), (1,)])
        equal(await connection.fetchval("SELECT count(*) FROM compat_asyncpg"), 0)


@check
async def scripts():
    async with connected() as connection:
        status = await connection.execute("INSERT INTO compat_asyncpg (i4) VALUES (1); INSERT INTO compat_asyncpg (i4) VALUES (2)")
        equal(status, "INSERT 0 1")
        equal(await connection.fetchval("SELECT count(*) FROM compat_asyncpg"), 2)


@check
async def errors():
    async with connected() as connection:
        with expect("42P01") as caught:
            await connection.fetch("SELECT * FROM compat_nosuch")
        equal(caught.error.position, "15")
        await connection.execute("INSERT INTO compat_asyncpg (id) VALUES (100)")
        with expect("23505") as caught:
            await connection.execute("INSERT INTO compat_asyncpg (id) VALUES ($1)", 100)
        assert isinstance(caught.error, asyncpg.UniqueViolationError)
        equal(caught.error.constraint_name, "compat_asyncpg_pkey")
        with expect("22012"):
            await connection.fetchval("SELECT 1 / $1", 0)
        equal(await connection.fetchval("SELECT 1"), 1)


@check
async def a_changed_schema_is_noticed():
    async with connected() as connection, asyncio.timeout(20):
        equal(await connection.fetch("SELECT * FROM compat_asyncpg"), [])
        other = await asyncpg.connect(url)
        await other.execute("DROP TABLE compat_asyncpg")
        await other.execute("CREATE TABLE compat_asyncpg (a text)")
        await other.execute("INSERT INTO compat_asyncpg VALUES ('new')")
        await other.close()
        rows = await connection.fetch("SELECT * FROM compat_asyncpg")
        equal([tuple(row) for row in rows], [("new",)])


@check
async def cancelling():
    async with connected() as connection:
        await connection.execute("INSERT INTO compat_asyncpg (i4) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)")
        joined = ", ".join(f"compat_asyncpg t{n}" for n in range(12))
        try:
            await connection.fetchval(f"SELECT count(*) FROM {joined}", timeout=0.3)
        except asyncio.TimeoutError:
            pass
        else:
            raise AssertionError("no timeout")
        equal(await connection.fetchval("SELECT 1"), 1)


@check
async def settings_at_start():
    connection = await asyncpg.connect(url, server_settings={"application_name": "compat", "statement_timeout": "5000"})
    equal(await connection.fetchval("SHOW application_name"), "compat")
    equal(await connection.fetchval("SHOW statement_timeout"), "5s")
    await connection.close()


@check
async def concurrent_connections():
    async with connected():
        connections = await asyncio.gather(*(asyncpg.connect(url) for _ in range(20)))

        async def work(connection, number):
            for n in range(10):
                await connection.execute("INSERT INTO compat_asyncpg (i4) VALUES ($1)", number * 10 + n)

        await asyncio.gather(*(work(connection, number) for number, connection in enumerate(connections)))
        equal(await connections[7].fetchval("SELECT count(DISTINCT i4) FROM compat_asyncpg"), 200)
        await asyncio.gather(*(connection.close() for connection in connections))


@check
async def pools():
    async with connected(), asyncpg.create_pool(url, min_size=2, max_size=5) as pool:
        await asyncio.gather(*(pool.execute("INSERT INTO compat_asyncpg (i4) VALUES ($1)", n) for n in range(50)))
        equal(await pool.fetchval("SELECT count(*) FROM compat_asyncpg"), 50)


@check
async def transactions():
    async with connected() as connection:
        async with connection.transaction():
            await connection.execute("INSERT INTO compat_asyncpg (i4) VALUES (1)")
            with expect("22012"):
                async with connection.transaction():
                    await connection.execute("SELECT 1 / 0")
        equal(await connection.fetchval("SELECT count(*) FROM compat_asyncpg"), 1)


@check
async def cursors():
    async with connected() as connection, connection.transaction():
        cursor = await connection.cursor("SELECT * FROM (VALUES (1), (2), (3)) v (x) ORDER BY x")
        equal([row["x"] for row in await cursor.fetch(2)], [1, 2])


@check
async def copying():
    async with connected() as connection:
        await connection.copy_records_to_table("compat_asyncpg", records=[(1, "x")], columns=["i4", "t"])
        equal(await connection.fetchval("SELECT t FROM compat_asyncpg"), "x")


@check
async def drops_its_table():
    async with connected() as connection:
        await connection.execute("DROP TABLE compat_asyncpg")


run()
