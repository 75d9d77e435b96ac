from alembic import op

revision, down_revision = "12", "11"


def upgrade():
    op.create_check_constraint("articles_kind", "articles", "kind IN ('plain', 'rich') OR views = 0")
    op.drop_constraint("articles_stars", "articles", type_="check")
    op.create_check_constraint("users_names", "users", "length(name) > 0 AND (nick IS NULL OR nick <> name)")


def downgrade():
    op.drop_constraint("users_names", "users", type_="check")
    op.create_check_constraint("articles_stars", "articles", "stars BETWEEN 1 AND 5")
    op.drop_constraint("articles_kind", "articles", type_="check")
