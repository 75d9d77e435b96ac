from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0011_rename_fields")]
    operations = [
        migrations.RenameModel("Publisher", "House"),
        migrations.RenameField("book", "publisher", "house"),
        migrations.RenameModel("Tag", "Label"),
    ]
