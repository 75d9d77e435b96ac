from alembic import op

revision, down_revision = "15", "14"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad' AFTER 'ok'")
    op.execute("UPDATE users SET mood = 'glad' WHERE id = 1")
    op.execute("ALTER TYPE mood RENAME VALUE 'happy' TO 'merry'")


def downgrade():
    op.execute("ALTER TYPE mood RENAME VALUE 'merry' TO 'happy'")
    # A value can't be dropped: the type is made anew.
    op.execute("ALTER TABLE users ALTER COLUMN mood DROP DEFAULT")
    op.execute("UPDATE users SET mood = 'ok' WHERE mood = 'glad'")
    op.execute("ALTER TYPE mood RENAME TO old_mood")
    op.execute("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')")
    op.execute("ALTER TABLE users ALTER COLUMN mood TYPE mood USING mood::text::mood")
    op.execute("ALTER TABLE users ALTER COLUMN mood SET DEFAULT 'ok'")
    op.execute("DROP TYPE old_mood")
