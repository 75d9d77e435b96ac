import sqlalchemy as sa
from alembic import op

revision, down_revision = "27", "26"


def upgrade():
    op.create_table("settings", sa.Column("name", sa.String(30), nullable=False), sa.Column("value", sa.Text))
    op.create_primary_key("settings_key", "settings", ["name"])
    op.bulk_insert(sa.table("settings", sa.column("name"), sa.column("value")), [{"name": "a", "value": "1"}])
    op.drop_constraint("settings_key", "settings", type_="primary")
    op.add_column("settings", sa.Column("id", sa.Integer, sa.Identity()))
    op.create_primary_key("settings_key", "settings", ["id"])


def downgrade():
    op.drop_table("settings")
