import sqlalchemy as sa
from alembic import op

revision, down_revision = "23", "22"


def upgrade():
    op.alter_column("users", "id", server_default=None, existing_type=sa.Integer)
    op.execute("DROP SEQUENCE users_id_seq")
    op.alter_column("users", "id", server_default=sa.Identity(start=100), existing_type=sa.Integer)
    op.alter_column("articles", "id", server_default=sa.Identity(always=False), existing_server_default=sa.Identity(always=True), existing_type=sa.BigInteger)


def downgrade():
    op.alter_column("articles", "id", server_default=sa.Identity(always=True), existing_server_default=sa.Identity(always=False), existing_type=sa.BigInteger)
    op.alter_column("users", "id", server_default=None, existing_server_default=sa.Identity(), existing_type=sa.Integer)
    op.execute("CREATE SEQUENCE users_id_seq AS integer START 200 OWNED BY users.id")
    op.alter_column("users", "id", server_default=sa.text("nextval('users_id_seq'::regclass)"), existing_type=sa.Integer)
