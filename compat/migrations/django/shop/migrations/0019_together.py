from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0018_checks")]
    operations = [
        migrations.AlterUniqueTogether("book", {("writer", "isbn"), ("title", "length", "house")}),
    ]
