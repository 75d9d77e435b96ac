revision, down_revision = "29", ("28a", "28b")


def upgrade():
    pass


def downgrade():
    pass
