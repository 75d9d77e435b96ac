import sqlalchemy as sa
from alembic import op

revision, down_revision = "04", "03"


def upgrade():
    op.add_column("posts", sa.Column("views", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("posts", sa.Column("kind", sa.String(10), nullable=True))
    op.add_column("posts", sa.Column("price", sa.Numeric(8, 3), sa.CheckConstraint("price >= 0", name="posts_price")))
    op.add_column("users", sa.Column("boss_id", sa.Integer, sa.ForeignKey("users.id", name="users_boss")))
    op.add_column("users", sa.Column("nick", sa.String(10), unique=True))


def downgrade():
    op.drop_column("users", "nick")
    op.drop_column("users", "boss_id")
    for name in ["price", "kind", "views"]:
        op.drop_column("posts", name)
