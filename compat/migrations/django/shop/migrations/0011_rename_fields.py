from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_edition_number")]
    operations = [
        migrations.RenameField("book", "pages", "length"),
        migrations.RenameField("book", "author", "writer"),
        migrations.RenameField("author", "small_positive", "rank"),
    ]
