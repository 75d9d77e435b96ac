import sqlalchemy as sa
from alembic import op

revision, down_revision = "30", "29"


def upgrade():
    op.execute("DROP VIEW best")
    op.drop_table("article_tags")
    op.drop_table("tags")
    op.drop_index("articles_user_made", "articles")
    op.drop_column("settings", "branch_b")


def downgrade():
    op.add_column("settings", sa.Column("branch_b", sa.Double))
    op.create_index("articles_user_made", "articles", ["user_id", sa.text("made DESC")])
    op.create_table(
        "tags",
        sa.Column("space", sa.String(10)),
        sa.Column("word", sa.String(20)),
        sa.PrimaryKeyConstraint("space", "word", name="tags_key"),
    )
    op.create_table(
        "article_tags",
        sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("space", sa.String(10), primary_key=True),
        sa.Column("word", sa.String(20), primary_key=True),
        sa.ForeignKeyConstraint(["space", "word"], ["tags.space", "tags.word"], onupdate="CASCADE", name="article_tags_tag"),
    )
    op.execute("CREATE VIEW best AS SELECT a.id, a.title, u.name, a.stars FROM articles a JOIN users u ON u.id = a.user_id WHERE a.stars >= 4")
