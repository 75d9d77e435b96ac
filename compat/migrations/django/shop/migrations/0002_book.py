from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_author")]
    operations = [
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=100, db_index=True)),
                ("isbn", models.CharField(max_length=13, unique=True)),
                ("pages", models.IntegerField(null=True)),
                ("edition", models.CharField(max_length=5, default="1")),
                ("price", models.DecimalField(max_digits=8, decimal_places=2)),
                ("published", models.DateTimeField(null=True, db_index=True)),
                ("author", models.ForeignKey(on_delete=models.CASCADE, to="shop.author", related_name="books")),
            ],
            options={"ordering": ["title"]},
        ),
    ]
