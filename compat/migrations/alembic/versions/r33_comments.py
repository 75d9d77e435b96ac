import sqlalchemy as sa
from alembic import op

revision, down_revision = "33", "32"


def upgrade():
    op.create_table_comment("articles", "What is read")
    op.create_table_comment("orders", "What is 'bought'", schema="shop")
    op.alter_column("articles", "title", existing_type=sa.String(80), existing_nullable=False, comment="As it is printed")
    op.alter_column("articles", "slug", existing_type=sa.Text, existing_nullable=False, comment="Of the title")
    op.add_column("orders", sa.Column("note", sa.Text, comment="Of the buyer"), schema="shop")
    op.alter_column("orders", "paid", existing_type=sa.Boolean, comment="Money is there", schema="shop")
    op.create_table("remarks", sa.Column("id", sa.Integer, sa.Identity(), primary_key=True, comment="A number"), comment="Made with one")
    op.execute("COMMENT ON INDEX articles_slug IS 'For addresses'")
    op.execute("COMMENT ON CONSTRAINT articles_size ON articles IS 'Not empty'")
    op.execute("COMMENT ON TYPE mood IS 'How one is'")
    op.alter_column("articles", "title", existing_type=sa.String(80), existing_nullable=False, comment="The title", existing_comment="As it is printed")
    op.create_table_comment("articles", "What is read here", existing_comment="What is read")


def downgrade():
    op.execute("COMMENT ON TYPE mood IS NULL")
    op.execute("COMMENT ON CONSTRAINT articles_size ON articles IS NULL")
    op.execute("COMMENT ON INDEX articles_slug IS NULL")
    op.drop_table("remarks")
    op.alter_column("orders", "paid", existing_type=sa.Boolean, comment=None, existing_comment="Money is there", schema="shop")
    op.drop_column("orders", "note", schema="shop")
    op.alter_column("articles", "slug", existing_type=sa.Text, existing_nullable=False, comment=None, existing_comment="Of the title")
    op.alter_column("articles", "title", existing_type=sa.String(80), existing_nullable=False, comment=None, existing_comment="The title")
    op.drop_table_comment("orders", existing_comment="What is 'bought'", schema="shop")
    op.drop_table_comment("articles", existing_comment="What is read here")
