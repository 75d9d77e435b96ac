import sqlalchemy as sa
from alembic import op

revision, down_revision = "34", "33"

good = sa.table("good", *(sa.column(name) for name in ["number", "title", "stars", "user_id", "content", "kind"]))


def upgrade():
    op.execute(
        "CREATE VIEW good AS SELECT id AS number, title, stars, user_id, content, kind, length(title) AS letters"
        " FROM articles WHERE stars >= 3 WITH LOCAL CHECK OPTION"
    )
    op.execute("CREATE VIEW shop.best (n, t, s) AS SELECT number, title, stars FROM good WHERE stars >= 5 WITH CASCADED CHECK OPTION")
    op.execute("ALTER VIEW good ALTER COLUMN content SET DEFAULT 'by the view'")
    op.execute("COMMENT ON VIEW good IS 'Worth it'")
    op.execute("COMMENT ON COLUMN good.letters IS 'Of the title'")
    connection = op.get_bind()
    op.bulk_insert(good, [{"number": 1000 + n, "title": f"by view {n}", "stars": 3 + n, "user_id": 1, "kind": "plain"} for n in range(3)])
    made = connection.execute(sa.insert(good).values(number=1010, title="returned", stars=4, user_id=2, kind="rich").returning(good.c.number, good.c.content))
    assert made.all() == [(1010, "by the view")]
    connection.execute(sa.update(good).where(good.c.stars == 4).values(title=good.c.title + "+"))
    connection.execute(sa.delete(good).where(good.c.number == 1001))
    op.execute("UPDATE shop.best SET t = t || '*' WHERE n >= 1000")
    for refused in ["INSERT INTO good (number, title, stars, user_id, kind) VALUES (2000, 'bad', 1, 1, 'plain')", "UPDATE shop.best SET s = 4"]:
        try:
            with connection.begin_nested():
                connection.execute(sa.text(refused))
        except sa.exc.DBAPIError as error:
            assert error.orig.sqlstate == "44000", error
        else:
            raise AssertionError(refused)


def downgrade():
    op.execute("DELETE FROM good WHERE number >= 1000")
    op.execute("DROP VIEW shop.best")
    op.execute("DROP VIEW good")
    op.execute("UPDATE articles SET title = rtrim(title, '+*')")
