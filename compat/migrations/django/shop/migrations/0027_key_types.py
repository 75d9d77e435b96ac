from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0026_keys_change")]
    operations = [
        migrations.AlterField("author", "id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        migrations.AlterField("label", "id", models.AutoField(primary_key=True, serialize=False)),
        migrations.AlterField("firm", "code", models.CharField(max_length=12, primary_key=True, serialize=False)),
    ]
