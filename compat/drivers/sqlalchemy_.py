"""SQLAlchemy Core over psycopg 3, psycopg2 and asyncpg's dialects, with AUTOCOMMIT for now."""

import datetime
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from checks import check, equal, expect, run, url

UTC = datetime.timezone.utc
metadata = sa.MetaData()
authors = sa.Table(
    "compat_authors",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(40), nullable=False, unique=True),
    sa.Column("key", sa.Uuid, default=uuid.uuid4),
    sa.Column("made", sa.DateTime(timezone=True), server_default=sa.func.now()),
)
books = sa.Table(
    "compat_books",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("author_id", sa.Integer, index=True),
    sa.Column("title", sa.Text),
    sa.Column("rating", sa.Float),
    sa.Column("cover", sa.LargeBinary),
    sa.Column("sold", sa.Boolean),
)


def engine(driver, **options):
    return sa.create_engine(url.replace("postgresql://", f"postgresql+{driver}://"), **options)


def through(driver):
    """Connecting with what the dialect asks by itself, hstore's OID included."""

    def connects():
        with engine(driver, isolation_level="AUTOCOMMIT").connect() as connection:
            equal(connection.scalar(sa.text("SELECT 1")), 1)
            equal(connection.dialect.server_version_info[0], 15)
            equal(connection.dialect.default_schema_name, "public")

    connects.__name__ = f"connects_as_it_is_with_{driver}"
    check(connects)

    def works():
        database = engine(driver, isolation_level="AUTOCOMMIT", use_native_hstore=False)
        with database.connect() as connection:
            for name in ("compat_books", "compat_authors"):
                connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")
            metadata.create_all(connection, checkfirst=False)
            use(connection)
            metadata.drop_all(connection, checkfirst=False)

    works.__name__ = f"core_with_{driver}"
    check(works)

    def creates():
        database = engine(driver, isolation_level="AUTOCOMMIT", use_native_hstore=False)
        with database.connect() as connection:
            metadata.create_all(connection)
            metadata.create_all(connection)
            found = sa.inspect(connection).get_columns("compat_authors")
            equal([column["name"] for column in found], ["id", "name", "key", "made"])
            metadata.drop_all(connection)

    creates.__name__ = f"create_all_and_inspect_with_{driver}"
    check(creates)

    def transacts():
        with engine(driver, use_native_hstore=False).begin() as connection:
            equal(connection.scalar(sa.text("SELECT 1")), 1)

    transacts.__name__ = f"transactions_with_{driver}"
    check(transacts)


def use(connection):
    ids = connection.execute(sa.insert(authors).returning(authors.c.id), [{"name": "Ursula"}, {"name": "Iain"}]).scalars().all()
    equal(ids, [1, 2])
    connection.execute(
        sa.insert(books),
        [
            {"author_id": 1, "title": "The Dispossessed", "rating": 4.5, "cover": b"\x00\xff", "sold": True},
            {"author_id": 1, "title": "Lathe; of 'Heaven'", "rating": 4.0, "cover": None, "sold": False},
            {"author_id": 2, "title": "Excession", "rating": None, "cover": b"", "sold": None},
        ],
    )
    joined = (
        sa.select(authors.c.name, sa.func.count(books.c.id).label("n"), sa.func.max(books.c.rating))
        .join(books, books.c.author_id == authors.c.id, isouter=True)
        .group_by(authors.c.name)
        .having(sa.func.count() > 0)
        .order_by(sa.desc("n"), authors.c.name)
    )
    equal([tuple(row) for row in connection.execute(joined)], [("Ursula", 2, 4.5), ("Iain", 1, None)])
    found = connection.execute(sa.select(books).where(books.c.title.like("The%"), books.c.sold)).one()
    equal((found.cover, found.rating, found.sold), (b"\x00\xff", 4.5, True))
    some = sa.select(books.c.title).where(books.c.id.in_([1, 3])).order_by(books.c.id.desc()).limit(1).offset(1)
    equal(connection.scalar(some), "The Dispossessed")
    upsert = insert(authors).values(name="Iain", id=9)
    upsert = upsert.on_conflict_do_update(index_elements=["name"], set_={"name": upsert.excluded.name + " M."})
    equal(connection.execute(upsert.returning(authors.c.id, authors.c.name)).one(), (2, "Iain M."))
    equal(connection.execute(sa.update(books).where(books.c.author_id == 1).values(sold=sa.not_(books.c.sold))).rowcount, 2)
    exists = sa.select(authors.c.name).where(sa.exists().where(books.c.author_id == authors.c.id, books.c.sold))
    equal(connection.scalars(exists).all(), ["Ursula"])
    case = sa.select(sa.case((books.c.rating > 4.2, "good"), (books.c.rating.is_(None), "?"), else_="fair")).order_by(books.c.id)
    equal(connection.scalars(case).all(), ["good", "fair", "?"])
    row = connection.execute(sa.select(authors).where(authors.c.id == 1)).one()
    assert isinstance(row.key, uuid.UUID) and row.made.tzinfo is not None, row
    with expect("23505"):
        connection.execute(sa.insert(authors).values(name="Ursula"))
    with expect("23502"):
        connection.execute(sa.insert(authors).values(name=None))
    equal(connection.execute(sa.delete(books)).rowcount, 3)


for driver in ("psycopg", "psycopg2"):
    through(driver)


@check
def pool_hands_out_clean_connections():
    database = engine("psycopg", isolation_level="AUTOCOMMIT", use_native_hstore=False, pool_size=1, max_overflow=0)
    for _ in range(3):
        with database.connect() as connection:
            equal(connection.scalar(sa.text("SELECT 1")), 1)
            with expect("42703"):
                connection.execute(sa.text("SELECT nosuch"))


@check
def streamed_results():
    database = engine("psycopg", isolation_level="AUTOCOMMIT", use_native_hstore=False)
    with database.connect() as connection:
        values = sa.values(sa.column("x", sa.Integer), name="v").data([(n,) for n in range(1000)])
        equal(sum(connection.scalars(sa.select(values.c.x))), 499500)


run()
