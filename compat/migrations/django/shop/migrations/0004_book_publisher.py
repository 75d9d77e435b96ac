from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_publisher_profile")]
    operations = [
        migrations.AddField(
            "book", "publisher", models.ForeignKey(null=True, on_delete=models.SET_NULL, to="shop.publisher")
        ),
    ]
