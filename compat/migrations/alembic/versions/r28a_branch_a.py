import sqlalchemy as sa
from alembic import op

revision, down_revision = "28a", "27"


def upgrade():
    op.add_column("settings", sa.Column("branch_a", sa.Text))


def downgrade():
    op.drop_column("settings", "branch_a")
