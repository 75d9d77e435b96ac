import sqlalchemy as sa
from alembic import op

revision, down_revision = "20", "19"


def upgrade():
    op.add_column("orders", sa.Column("paid", sa.Boolean, server_default=sa.false(), nullable=False), schema="shop")
    op.alter_column("orders", "total", type_=sa.Numeric(12, 2), schema="shop")
    op.create_index("orders_unpaid", "orders", ["user_id"], postgresql_where=sa.text("NOT paid"), schema="shop")
    op.create_check_constraint("orders_total", "orders", "total > 0", schema="shop")


def downgrade():
    op.drop_constraint("orders_total", "orders", schema="shop", type_="check")
    op.drop_index("orders_unpaid", "orders", schema="shop")
    op.alter_column("orders", "total", type_=sa.Numeric(10, 2), schema="shop")
    op.drop_column("orders", "paid", schema="shop")
