"""Takes the project up and down again, a migration at a time, and prints what is in the database after each.

usage: PGHOST=… PGPORT=… PGUSER=… PGDATABASE=… run.py
"""

import os
import sys
from ast import literal_eval
from io import StringIO

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

django.setup()


def printed(command, *arguments, **options):
    out = StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=out, **options)
    except SystemExit:
        # It has found something, and said what.
        sys.exit(out.getvalue())
    return out.getvalue().rstrip()


def constraints(cursor, table):
    """As `inspectdb` and the schema editor see them: names that Django made are the same on every server."""
    found = connection.introspection.get_constraints(cursor, table)
    for name, of in sorted(found.items()):
        yield f"  {name}: " + ", ".join(f"{key}={value}" for key, value in sorted(of.items()))


def together(line):
    """Django asks for a table's constraints in no order."""
    name, equals, value = line.partition(" = ")
    if name.strip() != "unique_together":
        return line
    return name + equals + repr(tuple(sorted(literal_eval(value), key=repr)))


def tables(cursor):
    """The application's."""
    names = sorted(connection.introspection.table_names(cursor))
    return [name for name in names if not name.startswith(("auth_", "django_"))]


def schema():
    with connection.cursor() as cursor:
        seen = tables(cursor)
        views = sorted(connection.introspection.table_names(cursor, include_views=True))
        # inspectdb looks for what is asked for, or for all there is.
        views = [name for name in views if name.startswith("shop_") and name not in seen]
    lines = [together(line) for line in printed("inspectdb", *seen, *views).splitlines()] if seen else []
    with connection.cursor() as cursor:
        for table in seen:
            lines += [f"{table}:", *constraints(cursor, table)]
            lines.append(f"  sequences: {connection.introspection.get_sequences(cursor, table)}")
        for catalog in [
            "SELECT conname, contype, condeferrable, condeferred, convalidated, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text !~ '^(auth|django)_' ORDER BY 1",
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename !~ '^(auth|django)_'"
            " ORDER BY 1",
            "SELECT attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,"
            " pg_get_expr(adbin, adrelid) FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
            " JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')"
            " AND relname !~ '^(auth|django)_' AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2",
        ]:
            cursor.execute(catalog)
            lines += [" | ".join(map(str, row)) for row in cursor.fetchall()]
    return "\n".join(lines)


def rows():
    """Of the application's tables, in the order of their keys."""
    lines = []
    with connection.cursor() as cursor:
        for table in tables(cursor):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            names = [column.name for column in cursor.description]
            # Of time itself, and in an order of its own.
            kept = [name for name in sorted(names) if name != "added"]
            for row in cursor.fetchall():
                row = dict(zip(names, row))
                lines.append(f"{table}: " + " | ".join(f"{name}={row[name]!r}" for name in kept))
    return "\n".join(lines)


def main():
    migrations = sorted(name for app, name in MigrationLoader(connection).disk_migrations if app == "shop")
    print(printed("migrate", "auth", verbosity=0))
    print(printed("inspectdb", include_views=True))
    for name in migrations:
        print(f"=== up to {name}")
        print(printed("migrate", "shop", name, verbosity=0))
        print(schema())
        print(rows())
    print("=== check")
    print(printed("makemigrations", check=True, dry_run=True))
    print(printed("migrate", check_unapplied=True))
    print(printed("showmigrations", "shop"))
    print(printed("sqlmigrate", "shop", migrations[-1]))
    connection.check_constraints()
    for name in [*reversed(migrations[:-1]), "zero"]:
        print(f"=== down to {name}")
        print(printed("migrate", "shop", name, verbosity=0))
        print(schema())
        print(rows())
    print(printed("migrate", "auth", "zero", verbosity=0))
    print(printed("migrate", "contenttypes", "zero", verbosity=0))
    print(schema())


main()
