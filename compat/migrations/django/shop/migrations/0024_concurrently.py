from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0023_separate")]
    operations = [
        AddIndexConcurrently("book", models.Index(fields=["length"], name="book_length")),
        RemoveIndexConcurrently("book", "book_price"),
    ]
