import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import CreateSequence, DropSequence

revision, down_revision = "17", "16"

numbers = sa.Sequence("article_numbers", start=1000, increment=5, minvalue=1000)


def upgrade():
    op.execute(CreateSequence(numbers))
    op.add_column("articles", sa.Column("number", sa.Integer, server_default=numbers.next_value()))
    op.execute("UPDATE articles SET number = id")


def downgrade():
    op.drop_column("articles", "number")
    op.execute(DropSequence(numbers))
