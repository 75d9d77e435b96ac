from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_more_fields")]
    operations = [
        migrations.AlterField("author", "name", models.CharField(max_length=80)),
        migrations.AlterField("book", "pages", models.IntegerField(default=1)),
        migrations.AlterField("author", "bio", models.TextField(null=True)),
        migrations.AlterField("book", "stock", models.IntegerField(db_default=5)),
    ]
