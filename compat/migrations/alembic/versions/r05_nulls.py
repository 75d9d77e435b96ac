import sqlalchemy as sa
from alembic import op

revision, down_revision = "05", "04"


def upgrade():
    op.execute("UPDATE posts SET kind = 'plain'")
    op.alter_column("posts", "kind", existing_type=sa.String(10), nullable=False)
    op.alter_column("posts", "body", existing_type=sa.Text, nullable=False, server_default="-", existing_server_default="")


def downgrade():
    op.alter_column("posts", "body", existing_type=sa.Text, nullable=True, server_default="")
    op.alter_column("posts", "kind", existing_type=sa.String(10), nullable=True)
