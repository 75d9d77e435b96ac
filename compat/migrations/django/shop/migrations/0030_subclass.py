from django.db import migrations, models


def classics(apps, schema_editor):
    Book, Classic = apps.get_model("shop", "Book"), apps.get_model("shop", "Classic")
    for book in Book.objects.filter(price__lt=2).order_by("id"):
        classic = Classic(book_ptr=book, century=book.id % 5 + 15)
        classic.__dict__.update({key: value for key, value in book.__dict__.items() if not key.startswith("_")})
        classic.save()


class Migration(migrations.Migration):
    dependencies = [("shop", "0029_postgres")]
    operations = [
        migrations.CreateModel(
            name="Classic",
            fields=[
                (
                    "book_ptr",
                    models.OneToOneField("shop.book", models.CASCADE, auto_created=True, parent_link=True, primary_key=True, serialize=False),
                ),
                ("century", models.PositiveSmallIntegerField()),
            ],
            bases=("shop.book",),
        ),
        migrations.RunPython(classics, migrations.RunPython.noop),
    ]
