import sqlalchemy as sa
from alembic import op

revision, down_revision = "10", "09"


def upgrade():
    op.create_index("articles_plain", "articles", ["title"], postgresql_where=sa.text("kind = 'plain'"))
    op.create_index("users_lower_email", "users", [sa.text("lower(email)")], unique=True)
    op.create_index("articles_title_more", "articles", ["title"], postgresql_include=["views", "kind"])
    op.create_index("articles_title_like", "articles", ["title"], postgresql_ops={"title": "varchar_pattern_ops"})
    op.create_index("users_born_nulls", "users", [sa.text("born DESC NULLS LAST")])


def downgrade():
    for name in ["users_born_nulls", "users_lower_email"]:
        op.drop_index(name, "users")
    for name in ["articles_title_like", "articles_title_more", "articles_plain"]:
        op.drop_index(name, "articles")
