from django.db import migrations, models, transaction
from django.db.utils import Error


def write(apps, schema_editor):
    Dear = apps.get_model("shop", "Dear")
    Dear.objects.create(id=900, title="Dear one", isbn="9", price=100, writer_id=1)
    Dear.objects.bulk_create([Dear(id=901 + n, title=f"Dear {n}", isbn=f"9{n}", price=50 + n, writer_id=2) for n in range(3)])
    Dear.objects.filter(id=901).update(price=models.F("price") + 1, title="Dearer")
    dear = Dear.objects.get(id=902)
    dear.title = "Saved"
    dear.save()
    Dear.objects.filter(id=903).delete()
    found, made = Dear.objects.update_or_create(id=900, defaults={"title": "Dear two"})
    assert not made and found.doubled == 200, found.doubled
    try:
        with transaction.atomic():
            Dear.objects.filter(id=900).update(price=1)
    except Error as error:
        assert error.__cause__.sqlstate == "44000", error
    else:
        raise AssertionError("the check option")


def back(apps, schema_editor):
    apps.get_model("shop", "Dear").objects.filter(id__gte=900).delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "0032_comments")]
    operations = [
        migrations.RunSQL(
            "CREATE VIEW shop_dear AS SELECT id, title, isbn, price, writer_id, length, edition, kind, words, price * 2 AS doubled"
            " FROM shop_book WHERE price > 5 WITH CHECK OPTION; ALTER VIEW shop_dear ALTER words SET DEFAULT '{seen}';"
            " ALTER VIEW shop_dear ALTER length SET DEFAULT 7; ALTER VIEW shop_dear ALTER edition SET DEFAULT 1;"
            " ALTER VIEW shop_dear ALTER kind SET DEFAULT 'p'",
            "DROP VIEW shop_dear",
        ),
        migrations.CreateModel(
            name="Dear",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=120)),
                ("isbn", models.CharField(max_length=13)),
                ("price", models.DecimalField(max_digits=8, decimal_places=2)),
                ("writer_id", models.BigIntegerField()),
                ("doubled", models.GeneratedField(expression=models.F("price") * 2, output_field=models.DecimalField(max_digits=9, decimal_places=2), db_persist=True)),
            ],
            options={"managed": False, "db_table": "shop_dear"},
        ),
        migrations.RunPython(write, back),
    ]
