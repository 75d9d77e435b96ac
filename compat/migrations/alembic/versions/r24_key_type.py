import sqlalchemy as sa
from alembic import op

revision, down_revision = "24", "23"


def change(to, was):
    op.drop_constraint("lines_order_id_fkey", "lines", schema="shop", type_="foreignkey")
    op.alter_column("orders", "id", type_=to, existing_type=was, schema="shop")
    op.alter_column("lines", "order_id", type_=to, existing_type=was, schema="shop")
    op.create_foreign_key(
        "lines_order_id_fkey", "lines", "orders", ["order_id"], ["id"], source_schema="shop", referent_schema="shop", ondelete="CASCADE"
    )


def upgrade():
    change(sa.BigInteger, sa.Integer)


def downgrade():
    change(sa.Integer, sa.BigInteger)
