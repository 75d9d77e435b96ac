import sqlalchemy as sa
from alembic import op

revision, down_revision = "19", "18"


def upgrade():
    op.execute("CREATE SCHEMA shop")
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), index=True),
        sa.Column("total", sa.Numeric(10, 2), nullable=False),
        sa.UniqueConstraint("user_id", "total", name="orders_once"),
        schema="shop",
    )
    op.create_table(
        "lines",
        sa.Column("order_id", sa.Integer, sa.ForeignKey("shop.orders.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("line", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("text", sa.String, server_default="nothing"),
        schema="shop",
    )
    op.execute("INSERT INTO shop.orders (user_id, total) SELECT id, id * 1.5 FROM users ORDER BY id")
    op.execute("INSERT INTO shop.lines SELECT id, generate_series(1, 2) FROM shop.orders")


def downgrade():
    op.drop_table("lines", schema="shop")
    op.drop_table("orders", schema="shop")
    op.execute("DROP SCHEMA shop")
