import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import DOMAIN

revision, down_revision = "31", "30"

amount = DOMAIN("amount", sa.Numeric(12, 2), default="0", check="VALUE >= 0", create_type=False)


def upgrade():
    op.execute("CREATE DOMAIN amount AS numeric(12, 2) DEFAULT 0 CONSTRAINT amount_check CHECK (VALUE >= 0)")
    op.execute("CREATE DOMAIN shop.label AS varchar(40) NOT NULL")
    op.add_column("orders", sa.Column("shipping", amount), schema="shop")
    op.execute("INSERT INTO shop.orders (id, user_id, total, shipping) SELECT 100 + id, id, 10 * id, id FROM users WHERE id < 4")
    op.execute("INSERT INTO shop.lines (order_id, line) SELECT id, 1 FROM shop.orders WHERE id > 100")
    op.execute("ALTER DOMAIN amount ADD CONSTRAINT amount_small CHECK (VALUE < 1000000)")
    op.execute("ALTER DOMAIN amount SET DEFAULT 1.5")
    op.add_column("settings", sa.Column("label", DOMAIN("label", sa.String(40), schema="shop", create_type=False), server_default="none"))
    op.execute("COMMENT ON DOMAIN amount IS 'In euros'")


def downgrade():
    op.drop_column("settings", "label")
    op.execute("DELETE FROM shop.orders WHERE id > 100")
    op.drop_column("orders", "shipping", schema="shop")
    op.execute("DROP DOMAIN shop.label")
    op.execute("DROP DOMAIN amount")
