from alembic import op

revision, down_revision = "18", "17"


def upgrade():
    op.execute("CREATE VIEW best AS SELECT a.id, a.title, u.name FROM articles a JOIN users u ON u.id = a.user_id WHERE a.stars = 5")
    op.execute("CREATE OR REPLACE VIEW best AS SELECT a.id, a.title, u.name, a.stars FROM articles a JOIN users u ON u.id = a.user_id WHERE a.stars >= 4")


def downgrade():
    op.execute("DROP VIEW best")
