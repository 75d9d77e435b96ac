import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision, down_revision = "01", None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("email", sa.String(200), nullable=False, unique=True),
        sa.Column("bio", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("born", sa.Date),
        sa.Column("wakes", sa.Time),
        sa.Column("seen", sa.DateTime),
        sa.Column("joined", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("worked", sa.Interval),
        sa.Column("balance", sa.Numeric(12, 2), server_default="0"),
        sa.Column("exact", sa.Numeric),
        sa.Column("height", sa.Float),
        sa.Column("ratio", sa.REAL),
        sa.Column("tiny", sa.SmallInteger),
        sa.Column("big", sa.BigInteger),
        sa.Column("photo", sa.LargeBinary),
        sa.Column("token", sa.Uuid),
        sa.Column("raw", sa.JSON),
        sa.Column("settings", postgresql.JSONB, server_default=sa.text("'{}'::jsonb")),
        sa.Column("words", postgresql.ARRAY(sa.String(10))),
        sa.Column("numbers", postgresql.ARRAY(sa.Integer), server_default="{}"),
        sa.Column("code", sa.CHAR(3)),
        sa.Column("mood", sa.Enum("sad", "ok", "happy", name="mood"), server_default="ok"),
    )


def downgrade():
    op.drop_table("users")
    op.execute("DROP TYPE mood")
