from alembic import op

revision, down_revision = "26", "25"


def upgrade():
    op.execute("ALTER TABLE articles ADD CONSTRAINT articles_long CHECK (length(title) > 2) NOT VALID")
    op.execute("ALTER TABLE articles VALIDATE CONSTRAINT articles_long")
    op.execute("ALTER TABLE users ADD CONSTRAINT users_big CHECK (big < 0) NOT VALID")


def downgrade():
    op.drop_constraint("users_big", "users")
    op.drop_constraint("articles_long", "articles")
