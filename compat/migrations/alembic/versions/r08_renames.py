from alembic import op

revision, down_revision = "08", "07"


def upgrade():
    op.alter_column("posts", "body", new_column_name="content")
    op.rename_table("posts", "articles")
    op.execute("ALTER INDEX ix_posts_title RENAME TO ix_articles_title")
    op.execute("ALTER TABLE articles RENAME CONSTRAINT posts_stars TO articles_stars")
    op.execute("ALTER TABLE articles RENAME CONSTRAINT posts_user TO articles_user")
    op.execute("ALTER TABLE articles RENAME CONSTRAINT posts_pkey TO articles_pkey")


def downgrade():
    op.execute("ALTER TABLE articles RENAME CONSTRAINT articles_pkey TO posts_pkey")
    op.execute("ALTER TABLE articles RENAME CONSTRAINT articles_user TO posts_user")
    op.execute("ALTER TABLE articles RENAME CONSTRAINT articles_stars TO posts_stars")
    op.execute("ALTER INDEX ix_articles_title RENAME TO ix_posts_title")
    op.rename_table("articles", "posts")
    op.alter_column("posts", "content", new_column_name="body")
