"""Takes the revisions up and down again, one at a time, and prints what SQLAlchemy sees in the database after each.

usage: PGHOST=… PGPORT=… PGUSER=… PGDATABASE=… run.py
"""

import os
import sys
from pprint import pformat

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from models import metadata

engine = sa.create_engine("postgresql+psycopg://", poolclass=sa.pool.NullPool)


def alembic(run, revision):
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", here)
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        getattr(command, run)(config, revision)


def schema(connection):
    inspector = sa.inspect(connection)
    for schema in ["public", "shop"]:
        for part in [
            "columns",
            "pk_constraint",
            "foreign_keys",
            "unique_constraints",
            "check_constraints",
            "indexes",
            "table_comment",
        ]:
            found = getattr(inspector, f"get_multi_{part}")(schema=schema, kind=sa.engine.reflection.ObjectKind.ANY)
            for (_, table), value in sorted(found.items(), key=lambda one: one[0][1]):
                yield f"{schema}.{table} {part}: {pformat(value, width=150)}"
        for what in ["enums", "domains", "sequence_names", "view_names"]:
            yield f"{schema} {what}: {sorted(getattr(inspector, f'get_{what}')(schema=schema), key=str)}"
        for view in sorted(inspector.get_view_names(schema=schema)):
            yield f"{schema}.{view}: {inspector.get_view_definition(view, schema=schema)}"


def rows(connection):
    # Of time itself.
    unsteady = {"joined", "made"}
    inspector = sa.inspect(connection)
    for schema in ["public", "shop"]:
        for table in sorted(inspector.get_table_names(schema=schema)):
            found = connection.execute(sa.text(f'SELECT * FROM "{schema}"."{table}"')).mappings()
            for row in sorted(found, key=str):
                yield f"{schema}.{table}: " + " | ".join(f"{name}={row[name]!r}" for name in sorted(row) if name not in unsteady)


def show(title):
    print(f"=== {title}")
    with engine.connect() as connection:
        for line in schema(connection):
            print(line)
        if "alembic_version" in sa.inspect(connection).get_table_names():
            print(*rows(connection), sep="\n")


def check():
    with engine.connect() as connection:
        options = {"include_schemas": True, "compare_type": True, "compare_server_default": True}
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    if found:
        sys.exit(pformat(found))
    print("=== autogenerate finds nothing")


def main():
    config = Config()
    config.set_main_option("script_location", here)
    config.set_main_option("path_separator", "os")
    revisions = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    for revision in revisions:
        alembic("upgrade", revision)
        show(f"up to {revision}")
    check()
    # The metadata makes the same schema by itself.
    for revision in revisions[-2::-1]:
        if revision.startswith("28"):
            continue
        alembic("downgrade", revision)
        show(f"down to {revision}")
    alembic("downgrade", "base")
    show("down to base")


main()
