import sqlalchemy as sa
from alembic import op

revision, down_revision = "16", "15"

kind = sa.Enum("plain", "rich", name="article_kind")


def upgrade():
    op.drop_constraint("articles_kind", "articles", type_="check")
    op.drop_index("articles_plain", "articles")
    op.drop_index("articles_title_more", "articles")
    kind.create(op.get_bind())
    op.alter_column("articles", "kind", type_=kind, existing_type=sa.String(10), postgresql_using="kind::article_kind")
    op.create_index("articles_title_more", "articles", ["title"], postgresql_include=["views", "kind"])


def downgrade():
    op.drop_index("articles_title_more", "articles")
    op.alter_column("articles", "kind", type_=sa.String(10), existing_type=kind)
    kind.drop(op.get_bind())
    op.create_index("articles_title_more", "articles", ["title"], postgresql_include=["views", "kind"])
    op.create_index("articles_plain", "articles", ["title"], postgresql_where=sa.text("kind = 'plain'"))
    op.create_check_constraint("articles_kind", "articles", "kind IN ('plain', 'rich') OR views = 0")
