from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0019_together")]
    operations = [
        migrations.AlterUniqueTogether("book", {("writer", "isbn")}),
        migrations.AddField("book", "sequel", models.ForeignKey("shop.book", models.PROTECT, null=True, related_name="+")),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("stars", models.PositiveSmallIntegerField()),
                (
                    "book",
                    models.ForeignKey(
                        "shop.book", models.DO_NOTHING, to_field="isbn", db_column="of_isbn", db_index=False
                    ),
                ),
                ("by", models.ForeignKey("shop.author", models.CASCADE, db_constraint=False, null=True)),
            ],
            options={
                "db_table": "reviews",
                "indexes": [models.Index(fields=["stars"], name="review_stars")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(stars__range=(1, 5)), name="review_stars_range"),
                    models.UniqueConstraint(fields=["book", "by"], name="review_once"),
                ],
            },
        ),
    ]
