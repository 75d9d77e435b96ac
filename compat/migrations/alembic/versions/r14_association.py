import sqlalchemy as sa
from alembic import op

revision, down_revision = "14", "13"


def upgrade():
    op.create_table(
        "tags",
        sa.Column("space", sa.String(10), primary_key=True),
        sa.Column("word", sa.String(20), primary_key=True),
        sa.PrimaryKeyConstraint("space", "word", name="tags_key"),
    )
    op.create_table(
        "article_tags",
        sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("space", sa.String(10), primary_key=True),
        sa.Column("word", sa.String(20), primary_key=True),
        sa.ForeignKeyConstraint(["space", "word"], ["tags.space", "tags.word"], onupdate="CASCADE", name="article_tags_tag"),
    )
    op.execute("INSERT INTO tags VALUES ('en', 'red'), ('de', 'rot')")
    op.execute("INSERT INTO article_tags SELECT id, 'en', 'red' FROM articles WHERE stars > 3")
    op.execute("UPDATE tags SET word = 'crimson' WHERE word = 'red'")


def downgrade():
    op.drop_table("article_tags")
    op.drop_table("tags")
