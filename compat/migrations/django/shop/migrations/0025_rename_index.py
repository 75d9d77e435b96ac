from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0024_concurrently")]
    operations = [
        migrations.RenameIndex("book", new_name="book_size", old_name="book_length"),
        migrations.RenameModel("House", "Firm"),
    ]
