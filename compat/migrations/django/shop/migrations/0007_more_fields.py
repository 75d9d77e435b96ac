from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_data")]
    operations = [
        migrations.AddField("book", "stock", models.IntegerField(default=3)),
        migrations.AddField("book", "kind", models.CharField(choices=[("p", "paper"), ("e", "e")], default="p", max_length=1)),
        migrations.AddField("book", "weight", models.PositiveIntegerField(db_default=100)),
        migrations.AddField("book", "added", models.DateTimeField(null=True, db_default=Now())),
        migrations.AddField("book", "extra", models.JSONField(null=True)),
        migrations.AddField("author", "nickname", models.CharField(max_length=10, null=True, unique=True)),
    ]
