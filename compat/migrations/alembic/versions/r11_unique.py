from alembic import op

revision, down_revision = "11", "10"


def upgrade():
    op.create_unique_constraint("articles_title_kind", "articles", ["title", "kind"])
    op.drop_constraint("users_email_key", "users", type_="unique")
    op.create_unique_constraint("users_email", "users", ["email"])


def downgrade():
    op.drop_constraint("users_email", "users", type_="unique")
    op.create_unique_constraint("users_email_key", "users", ["email"])
    op.drop_constraint("articles_title_kind", "articles", type_="unique")
