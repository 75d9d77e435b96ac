from alembic import op

revision, down_revision = "21", "20"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("articles_stars_views", "articles", ["stars", "views"], postgresql_concurrently=True, if_not_exists=True)
        op.drop_index("articles_views", "articles", postgresql_concurrently=True)


def downgrade():
    with op.get_context().autocommit_block():
        op.create_index("articles_views", "articles", ["views"], postgresql_concurrently=True)
        op.drop_index("articles_stars_views", "articles", postgresql_concurrently=True, if_exists=True)
