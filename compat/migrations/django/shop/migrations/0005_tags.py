from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_book_publisher")]
    operations = [
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("word", models.CharField(max_length=20, unique=True)),
            ],
        ),
        migrations.AddField("book", "tags", models.ManyToManyField(to="shop.tag", related_name="books")),
    ]
