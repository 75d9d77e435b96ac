import sqlalchemy as sa
from alembic import op

revision, down_revision = "25", "24"


def upgrade():
    op.drop_constraint("users_boss", "users", type_="foreignkey")
    op.create_foreign_key("users_boss", "users", "users", ["boss_id"], ["id"], onupdate="CASCADE", ondelete="SET NULL", deferrable=True)
    op.create_table(
        "nodes",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("parent_id", sa.Integer, server_default="1"),
        sa.Column("path", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["nodes.id"], name="nodes_parent", ondelete="SET DEFAULT", initially="DEFERRED", deferrable=True),
    )
    op.execute("INSERT INTO nodes (parent_id, path) VALUES (1, '/'), (1, '/a'), (2, '/a/b')")
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute("DELETE FROM nodes WHERE path = '/a'")


def downgrade():
    op.drop_table("nodes")
    op.drop_constraint("users_boss", "users", type_="foreignkey")
    op.create_foreign_key("users_boss", "users", "users", ["boss_id"], ["id"])
