import sqlalchemy as sa
from alembic import op

revision, down_revision = "07", "06"


def upgrade():
    op.alter_column("posts", "stars", server_default=None)
    op.alter_column("posts", "price", server_default=sa.text("1 + 1"))
    op.alter_column("users", "code", server_default=sa.text("'abc'::bpchar"))


def downgrade():
    op.alter_column("users", "code", server_default=None)
    op.alter_column("posts", "price", server_default=None)
    op.alter_column("posts", "stars", server_default="4")
