import sqlalchemy as sa
from alembic import op

revision, down_revision = "32", "31"


def upgrade():
    op.add_column("articles", sa.Column("size", sa.Integer, sa.Computed("length(title) + length(content)", persisted=True)))
    op.add_column("articles", sa.Column("slug", sa.Text, sa.Computed("lower(replace(title::text, ' ', '-'))", persisted=True), nullable=False))
    op.create_index("articles_slug", "articles", ["slug"])
    op.create_check_constraint("articles_size", "articles", "size > 0")
    op.create_table(
        "boxes",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("wide", sa.Numeric(8, 2), nullable=False),
        sa.Column("deep", sa.Numeric(8, 2), nullable=False, server_default="1"),
        sa.Column("area", sa.Numeric(16, 4), sa.Computed("wide * deep", persisted=True)),
    )
    op.execute("INSERT INTO boxes (wide) VALUES (1.5), (2)")
    op.execute("UPDATE boxes SET deep = wide * 2")
    op.execute("UPDATE articles SET content = content || '!' WHERE stars > 2")
    op.execute("ALTER TABLE boxes ALTER COLUMN area DROP EXPRESSION")
    op.execute("UPDATE boxes SET area = area + 1")


def downgrade():
    op.drop_table("boxes")
    op.drop_constraint("articles_size", "articles", type_="check")
    op.drop_index("articles_slug", "articles")
    op.drop_column("articles", "slug")
    op.drop_column("articles", "size")
    op.execute("UPDATE articles SET content = rtrim(content, '!') WHERE stars > 2")
