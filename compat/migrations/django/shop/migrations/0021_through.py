from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0020_more_keys")]
    operations = [
        migrations.CreateModel(
            name="Sale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.IntegerField(default=1)),
                ("book", models.ForeignKey("shop.book", models.CASCADE)),
                ("house", models.ForeignKey("shop.house", models.CASCADE)),
            ],
        ),
        migrations.AddField("house", "sold", models.ManyToManyField("shop.book", through="shop.Sale", related_name="sellers")),
        migrations.AlterModelTable("label", "labels"),
    ]
