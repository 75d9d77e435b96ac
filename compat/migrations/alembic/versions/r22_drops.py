import sqlalchemy as sa
from alembic import op

revision, down_revision = "22", "21"


def upgrade():
    op.drop_column("articles", "views")
    op.drop_column("users", "ratio")
    op.drop_constraint("users_names", "users")


def downgrade():
    op.create_check_constraint("users_names", "users", "length(name) > 0 AND (nick IS NULL OR nick <> name)")
    op.add_column("users", sa.Column("ratio", sa.REAL))
    op.add_column("articles", sa.Column("views", sa.BigInteger, nullable=False, server_default="0"))
    op.create_index("articles_stars_views", "articles", ["stars", "views"])
    op.create_index("articles_title_more", "articles", ["title"], postgresql_include=["views", "kind"])
