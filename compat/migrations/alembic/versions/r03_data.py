import datetime

import sqlalchemy as sa
from alembic import op

revision, down_revision = "03", "02"

users = sa.table(
    "users",
    *(sa.column(name) for name in ["id", "name", "email", "big", "exact", "photo", "code"]),
    sa.column("born", sa.Date),
    sa.column("words", sa.ARRAY(sa.String)),
    sa.column("raw", sa.JSON),
    sa.column("worked", sa.Interval),
)
posts = sa.table("posts", sa.column("title", sa.String), sa.column("user_id", sa.Integer), sa.column("stars", sa.Integer))


def upgrade():
    op.bulk_insert(
        users,
        [
            {
                "id": number,
                "name": name,
                "email": f"{name}@example.org",
                "big": number * 10**10,
                "exact": number / 8,
                "photo": bytes([number, 0, 255]),
                "code": "x" * (number % 3 + 1),
                "born": datetime.date(1970 + number, 12, 31),
                "words": ["a", None, name],
                "raw": {"n": number},
                "worked": datetime.timedelta(hours=30 * number),
            }
            for number, name in enumerate(["ada", "bob", "cé"], 1)
        ],
    )
    op.execute("SELECT setval('users_id_seq', 3)")
    op.bulk_insert(posts, [{"title": f"post {n}", "user_id": n % 3 + 1, "stars": n % 5 + 1} for n in range(20)])
    count = op.get_bind().scalar(sa.select(sa.func.count()).select_from(posts))
    op.get_bind().execute(sa.update(posts).where(posts.c.title == f"post {count - 1}").values(stars=5))


def downgrade():
    op.execute(posts.delete())
    op.execute(users.delete())
