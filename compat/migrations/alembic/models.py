"""What the revisions come to: autogenerate says so."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData()

sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(start=100), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.String(200), nullable=False),
    sa.Column("bio", sa.JSON),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("born", sa.DateTime),
    sa.Column("wakes", sa.Time),
    sa.Column("seen", sa.DateTime),
    sa.Column("joined", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    sa.Column("worked", sa.Interval),
    sa.Column("balance", sa.Numeric(12, 2), server_default="0"),
    sa.Column("exact", sa.Numeric),
    sa.Column("height", sa.Float),
    sa.Column("tiny", sa.Numeric(10, 2)),
    sa.Column("big", sa.BigInteger),
    sa.Column("photo", sa.LargeBinary),
    sa.Column("token", sa.Uuid),
    sa.Column("raw", sa.JSON),
    sa.Column("settings", postgresql.JSONB, server_default=sa.text("'{}'::jsonb")),
    sa.Column("words", postgresql.ARRAY(sa.String(10))),
    sa.Column("numbers", postgresql.ARRAY(sa.Integer), server_default="{}"),
    sa.Column("code", sa.CHAR(3), server_default=sa.text("'abc'::bpchar")),
    sa.Column("mood", sa.Enum("sad", "ok", "glad", "merry", name="mood"), server_default="ok"),
    sa.Column("boss_id", sa.Integer, sa.ForeignKey("users.id", name="users_boss", onupdate="CASCADE", ondelete="SET NULL", deferrable=True)),
    sa.Column("nick", sa.String(10), unique=True),
    sa.UniqueConstraint("email", name="users_email"),
    sa.Index("users_nick_code", "nick", "code", unique=True),
    sa.Index("users_lower_email", sa.text("lower(email)"), unique=True),
    sa.Index("users_born_nulls", sa.text("born DESC NULLS LAST")),
    sa.CheckConstraint("big < 0", name="users_big"),
)
sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=False, start=10, increment=2), primary_key=True),
    sa.Column("title", sa.String(80), nullable=False, index=True, comment="The title"),
    sa.Column("content", sa.Text, server_default="-", nullable=False),
    sa.Column("stars", sa.BigInteger, nullable=False),
    sa.Column("user_id", sa.Integer, nullable=False),
    sa.Column("made", sa.DateTime(timezone=True), server_default=sa.text("CURRENT_TIMESTAMP")),
    sa.Column("kind", sa.Enum("plain", "rich", name="article_kind"), nullable=False),
    sa.Column("price", sa.Integer, sa.CheckConstraint("price >= 0", name="posts_price"), server_default=sa.text("1 + 1")),
    sa.Column("number", sa.Integer, sa.Sequence("article_numbers", start=1000, increment=5, minvalue=1000), server_default=sa.Sequence("article_numbers").next_value()),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="articles_user", ondelete="RESTRICT", deferrable=True, initially="DEFERRED"),
    sa.UniqueConstraint("title", "kind", name="articles_title_kind"),
    sa.Index("articles_title_like", "title", postgresql_ops={"title": "varchar_pattern_ops"}),
    sa.CheckConstraint("length(title) > 2", name="articles_long"),
    sa.Column("size", sa.Integer, sa.Computed("length(title::text) + length(content)", persisted=True)),
    sa.Column("slug", sa.Text, sa.Computed("lower(replace(title::text, ' '::text, '-'::text))", persisted=True), nullable=False, index=False, comment="Of the title"),
    sa.Index("articles_slug", "slug"),
    sa.CheckConstraint("size > 0", name="articles_size"),
    comment="What is read here",
)
sa.Table(
    "boxes",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("wide", sa.Numeric(8, 2), nullable=False),
    sa.Column("deep", sa.Numeric(8, 2), nullable=False, server_default="1"),
    sa.Column("area", sa.Numeric(16, 4)),
)
sa.Table(
    "remarks",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True, comment="A number"),
    comment="Made with one",
)
sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), index=True),
    sa.Column("total", sa.Numeric(12, 2), nullable=False),
    sa.Column("paid", sa.Boolean, server_default=sa.false(), nullable=False, comment="Money is there"),
    sa.Column("shipping", postgresql.DOMAIN("amount", sa.Numeric(12, 2), default="1.5", check="VALUE >= 0"), server_default="1.5"),
    sa.Column("note", sa.Text, comment="Of the buyer"),
    sa.UniqueConstraint("user_id", "total", name="orders_once"),
    sa.Index("orders_unpaid", "user_id", postgresql_where=sa.text("NOT paid")),
    sa.CheckConstraint("total > 0", name="orders_total"),
    comment="What is 'bought'",
    schema="shop",
)
sa.Table(
    "lines",
    metadata,
    sa.Column("order_id", sa.BigInteger, sa.ForeignKey("shop.orders.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("line", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("text", sa.String, server_default="nothing"),
    schema="shop",
)
sa.Table(
    "nodes",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("parent_id", sa.Integer, server_default="1"),
    sa.Column("path", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["parent_id"], ["nodes.id"], name="nodes_parent", ondelete="SET DEFAULT", initially="DEFERRED", deferrable=True),
)
sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.String(30), nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("branch_a", sa.Text),
    sa.Column("label", postgresql.DOMAIN("label", sa.String(40), schema="shop"), server_default="none", nullable=False),
)
