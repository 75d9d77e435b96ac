from alembic import op

revision, down_revision = "13", "12"


def upgrade():
    op.drop_constraint("articles_user", "articles", type_="foreignkey")
    op.create_foreign_key(
        "articles_user", "articles", "users", ["user_id"], ["id"], ondelete="RESTRICT", deferrable=True, initially="DEFERRED"
    )
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")


def downgrade():
    op.drop_constraint("articles_user", "articles", type_="foreignkey")
    op.create_foreign_key("articles_user", "articles", "users", ["user_id"], ["id"], ondelete="CASCADE")
