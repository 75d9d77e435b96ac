from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0009_types")]
    operations = [
        migrations.AlterField("book", "edition", models.IntegerField(default=1)),
        migrations.AlterField("book", "published", models.DateField(null=True)),
    ]
