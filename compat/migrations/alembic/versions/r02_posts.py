import sqlalchemy as sa
from alembic import op

revision, down_revision = "02", "01"


def upgrade():
    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True, start=10, increment=2), primary_key=True),
        sa.Column("title", sa.String(80), nullable=False, index=True),
        sa.Column("body", sa.Text, server_default=""),
        sa.Column("stars", sa.Integer, server_default="3", nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="posts_user", ondelete="CASCADE"),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name="posts_stars"),
    )


def downgrade():
    op.drop_table("posts")
