from django.contrib.postgres.indexes import BTreeIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_more_indexes")]
    operations = [
        migrations.AddIndex("label", BTreeIndex(fields=["word"], name="label_btree")),
        migrations.AlterModelOptions("author", {"ordering": ["name"], "verbose_name": "writer"}),
        migrations.AlterModelManagers("author", []),
    ]
