from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_nulls")]
    operations = [
        migrations.AlterField("author", "count", models.BigIntegerField(default=0)),
        migrations.AlterField("author", "tiny", models.IntegerField(default=0)),
        migrations.AlterField("author", "site", models.TextField(blank=True)),
        migrations.AlterField("book", "stock", models.DecimalField(max_digits=10, decimal_places=3, db_default=5)),
        migrations.AlterField("author", "height", models.DecimalField(max_digits=6, decimal_places=3, null=True)),
        migrations.AlterField("author", "positive", models.IntegerField(default=0)),
        migrations.AlterField("author", "big", models.PositiveBigIntegerField(default=0)),
    ]
