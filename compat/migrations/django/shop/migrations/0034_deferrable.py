from django.db import migrations, models
from django.db.models import F


def stand(apps, schema_editor):
    Stand = apps.get_model("shop", "Stand")
    Stand.objects.bulk_create([Stand(shelf=1 + n // 3, place=n % 3, rank=n) for n in range(6)])
    # All move up by one, and two change places: for a moment, two are at the same.
    Stand.objects.update(place=F("place") + 1, rank=F("rank") + 1)
    one, other = Stand.objects.filter(shelf=1).order_by("place")[:2]
    one.rank, other.rank = other.rank, one.rank
    one.save()
    other.save()
    assert [stand.rank for stand in Stand.objects.order_by("shelf", "place")] == [2, 1, 3, 4, 5, 6]


class Migration(migrations.Migration):
    dependencies = [("shop", "0033_views")]
    operations = [
        migrations.CreateModel(
            name="Stand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shelf", models.IntegerField()),
                ("place", models.IntegerField()),
                ("rank", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["shelf", "place"], name="stand_place", deferrable=models.Deferrable.IMMEDIATE
                    )
                ]
            },
        ),
        migrations.AddConstraint(
            "Stand", models.UniqueConstraint(fields=["rank"], name="stand_rank", deferrable=models.Deferrable.DEFERRED)
        ),
        migrations.RunPython(stand, migrations.RunPython.noop),
    ]
