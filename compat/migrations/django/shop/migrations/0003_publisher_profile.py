from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_book")]
    operations = [
        migrations.CreateModel(
            name="Publisher",
            fields=[
                ("code", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                (
                    "author",
                    models.OneToOneField(on_delete=models.CASCADE, primary_key=True, serialize=False, to="shop.author"),
                ),
                ("text", models.TextField(default="")),
            ],
        ),
    ]
