from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0012_rename_models")]
    operations = [
        migrations.AddIndex("book", models.Index(fields=["title", "-published"], name="book_title_published")),
        migrations.AddIndex("book", models.Index(fields=["-price"], name="book_price")),
        migrations.AddIndex("author", models.Index(fields=["born"], name="author_born")),
    ]
