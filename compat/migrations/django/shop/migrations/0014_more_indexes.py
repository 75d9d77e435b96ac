from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Length, Lower, Upper


class Migration(migrations.Migration):
    dependencies = [("shop", "0013_indexes")]
    operations = [
        migrations.AddIndex(
            "book", models.Index(fields=["price"], condition=Q(kind="p", price__gt=5), name="book_paper_price")
        ),
        migrations.AddIndex("author", models.Index(Lower("name"), name="author_lower_name")),
        migrations.AddIndex("author", models.Index(Upper("name").desc(), F("born"), name="author_upper_name")),
        migrations.AddIndex("book", models.Index(fields=["isbn"], include=["title", "price"], name="book_isbn_more")),
        migrations.AddIndex("book", models.Index(Length("title"), name="book_title_length")),
        migrations.AddIndex(
            "book", models.Index(fields=["title"], opclasses=["varchar_pattern_ops"], name="book_title_like")
        ),
    ]
