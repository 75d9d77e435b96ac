import datetime
import uuid

from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Lower


def change(apps, schema_editor):
    Book, Author = apps.get_model("shop", "Book"), apps.get_model("shop", "Author")
    Book.objects.filter(pk__lt=5).update(price=F("price") * 2)
    made = Author.objects.create(name="Généré", bio="Généré", email="g@example.org", slug="generated", token=uuid.UUID(int=77))
    Author.objects.filter(pk=made.pk).update(joined=datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc))
    made.refresh_from_db()
    assert made.lower == "généré", made.lower
    assert Book.objects.filter(total=F("price") * F("edition")).count() == Book.objects.count()


class Migration(migrations.Migration):
    dependencies = [("shop", "0030_subclass")]
    operations = [
        migrations.AddField(
            "author",
            "lower",
            models.GeneratedField(expression=Lower("name"), output_field=models.CharField(max_length=80), db_persist=True),
        ),
        migrations.AddField(
            "book",
            "total",
            models.GeneratedField(
                expression=F("price") * F("edition"), output_field=models.DecimalField(max_digits=12, decimal_places=2), db_persist=True
            ),
        ),
        migrations.AddIndex("author", models.Index(fields=["lower"], name="author_lower_index")),
        migrations.AddConstraint("book", models.CheckConstraint(condition=models.Q(total__lt=1000000), name="book_total_small")),
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
