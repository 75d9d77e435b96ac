import sqlalchemy as sa
from alembic import op

revision, down_revision = "06", "05"


def upgrade():
    op.alter_column("users", "name", type_=sa.Text, existing_type=sa.String(40))
    op.alter_column("posts", "stars", server_default=None)
    op.alter_column("posts", "stars", type_=sa.BigInteger, existing_type=sa.Integer)
    op.alter_column("posts", "stars", server_default="4")
    op.alter_column("users", "tiny", type_=sa.Numeric(10, 2), existing_type=sa.SmallInteger)
    op.alter_column("users", "bio", type_=sa.JSON, postgresql_using="to_json(bio)")
    op.alter_column("users", "born", type_=sa.DateTime, postgresql_using="born + time '12:00'")
    op.drop_constraint("posts_price", "posts")
    op.alter_column("posts", "price", type_=sa.Integer, postgresql_using="price::integer")
    op.create_check_constraint("posts_price", "posts", "price >= 0")


def downgrade():
    op.drop_constraint("posts_price", "posts")
    op.alter_column("posts", "price", type_=sa.Numeric(8, 3))
    op.create_check_constraint("posts_price", "posts", "price >= 0")
    op.alter_column("users", "born", type_=sa.Date)
    op.alter_column("users", "bio", type_=sa.Text, postgresql_using="bio #>> '{}'")
    op.alter_column("users", "tiny", type_=sa.SmallInteger)
    op.alter_column("posts", "stars", server_default=None)
    op.alter_column("posts", "stars", type_=sa.Integer)
    op.alter_column("posts", "stars", server_default="3")
    op.alter_column("users", "name", type_=sa.String(40))
