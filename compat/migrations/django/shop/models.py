"""What the migrations come to: `makemigrations --check` says so."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BTreeIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Lower, Now, Upper


class Author(models.Model):
    name = models.CharField(max_length=80)
    bio = models.TextField(null=True)
    email = models.EmailField(max_length=200)
    site = models.TextField(blank=True, db_comment="Where to look")
    active = models.BooleanField(default=True)
    maybe = models.BooleanField(null=True)
    born = models.DateField(null=True)
    wakes = models.TimeField(null=True)
    joined = models.DateTimeField(auto_now_add=True)
    worked = models.DurationField(null=True)
    height = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    balance = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    tiny = models.IntegerField(default=0)
    count = models.BigIntegerField(default=0)
    big = models.PositiveBigIntegerField(default=0)
    rank = models.PositiveSmallIntegerField(default=0)
    positive = models.IntegerField(default=0)
    big_positive = models.PositiveBigIntegerField(default=0)
    token = models.UUIDField(default=uuid.uuid4)
    settings = models.JSONField(default=dict)
    slug = models.SlugField(max_length=30, unique=True)
    nickname = models.CharField(max_length=10, null=True, unique=True)
    lower = models.GeneratedField(expression=Lower("name"), output_field=models.CharField(max_length=80), db_persist=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "writer"
        db_table_comment = "Who writes, and 'more'"
        indexes = [
            models.Index(fields=["lower"], name="author_lower_index"),
            models.Index(Lower("name"), name="author_lower_name"),
            models.Index(Upper("name").desc(), F("born"), name="author_upper_name"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["slug"], condition=Q(active=True), name="author_active_slug"),
            models.UniqueConstraint(Lower("email"), "active", condition=Q(rank__gte=0), name="author_lower_email"),
            models.CheckConstraint(condition=Q(born__lt=F("joined")) | Q(born=None), name="author_born_before"),
            models.CheckConstraint(condition=~Q(name=""), name="author_named"),
        ]


class Firm(models.Model):
    code = models.CharField(max_length=12, primary_key=True)
    name = models.CharField(max_length=60)
    sold = models.ManyToManyField("Book", through="Sale", related_name="sellers")
    city = models.CharField(max_length=30, default="", db_comment="Where it is")


class Profile(models.Model):
    author = models.OneToOneField(Author, models.CASCADE, primary_key=True)
    text = models.TextField(default="")

    class Meta:
        order_with_respect_to = "author"


class Label(models.Model):
    id = models.AutoField(primary_key=True)
    word = models.CharField(max_length=20, unique=True)

    class Meta:
        db_table = "labels"
        indexes = [BTreeIndex(fields=["word"], name="label_btree")]


class Book(models.Model):
    title = models.CharField(max_length=120)
    isbn = models.CharField(max_length=13, unique=True)
    length = models.IntegerField(default=1, db_comment="In pages")
    edition = models.IntegerField(default=1)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    published = models.DateField(null=True)
    writer = models.ForeignKey(Author, models.CASCADE, related_name="books")
    house = models.ForeignKey(Firm, models.PROTECT, null=True, db_index=False)
    tags = models.ManyToManyField(Label, related_name="books")
    stock = models.DecimalField(max_digits=10, decimal_places=3, db_default=5)
    kind = models.CharField(choices=[("p", "paper"), ("e", "e")], default="p", max_length=1)
    weight = models.PositiveIntegerField(db_default=100)
    added = models.DateTimeField(null=True, db_default=Now())
    extra = models.JSONField(null=True)
    words = ArrayField(models.CharField(max_length=10), default=list)
    grid = ArrayField(ArrayField(models.IntegerField()), null=True)
    total = models.GeneratedField(
        expression=F("price") * F("edition"), output_field=models.DecimalField(max_digits=12, decimal_places=2), db_persist=True
    )

    class Meta:
        ordering = ["title"]
        unique_together = [("writer", "isbn")]
        indexes = [
            models.Index(fields=["title", "-published"], name="book_title_published"),
            models.Index(fields=["price"], condition=Q(kind="p", price__gt=5), name="book_paper_price"),
            models.Index(fields=["isbn"], include=["title", "price"], name="book_isbn_more"),
            models.Index(Length("title"), name="book_title_length"),
            models.Index(fields=["title"], opclasses=["varchar_pattern_ops"], name="book_title_like"),
            models.Index(fields=["length"], name="book_size"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["title", "edition"], name="book_title_edition"),
            models.CheckConstraint(condition=Q(price__gte=0), name="book_price_positive"),
            models.CheckConstraint(condition=Q(length__gte=0), name="book_length_positive"),
            models.CheckConstraint(condition=Q(total__lt=1000000), name="book_total_small"),
        ]


class Sale(models.Model):
    amount = models.IntegerField(default=1)
    book = models.ForeignKey(Book, models.CASCADE)
    house = models.ForeignKey(Firm, models.CASCADE)

    class Meta:
        db_table = "sales"
        indexes = [models.Index(fields=["amount"], name="shop_sale_amount")]


class Classic(Book):
    century = models.PositiveSmallIntegerField()


class Remark(models.Model):
    text = models.TextField(db_comment="")

    class Meta:
        db_table_comment = "What one says"


class Dear(models.Model):
    """A view, which is written through."""

    id = models.BigIntegerField(primary_key=True)
    title = models.CharField(max_length=120)
    isbn = models.CharField(max_length=13)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    writer_id = models.BigIntegerField()
    doubled = models.GeneratedField(
        expression=F("price") * 2, output_field=models.DecimalField(max_digits=9, decimal_places=2), db_persist=True
    )

    class Meta:
        managed = False
        db_table = "shop_dear"


class Stand(models.Model):
    shelf = models.IntegerField()
    place = models.IntegerField()
    rank = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shelf", "place"], name="stand_place", deferrable=models.Deferrable.IMMEDIATE),
            models.UniqueConstraint(fields=["rank"], name="stand_rank", deferrable=models.Deferrable.DEFERRED),
        ]
