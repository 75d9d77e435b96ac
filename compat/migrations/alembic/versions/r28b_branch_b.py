import sqlalchemy as sa
from alembic import op

revision, down_revision = "28b", "27"


def upgrade():
    op.add_column("settings", sa.Column("branch_b", sa.Double))


def downgrade():
    op.drop_column("settings", "branch_b")
