import sqlalchemy as sa
from alembic import op

revision, down_revision = "09", "08"


def upgrade():
    op.create_index("articles_user_made", "articles", ["user_id", sa.text("made DESC")])
    op.create_index("articles_views", "articles", ["views"])
    op.create_index("users_nick_code", "users", ["nick", "code"], unique=True)


def downgrade():
    op.drop_index("users_nick_code", "users")
    op.drop_index("articles_views", table_name="articles")
    op.drop_index("articles_user_made")
