from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0025_rename_index")]
    operations = [
        migrations.AlterField("book", "title", models.CharField(max_length=120)),
        migrations.AlterField("author", "slug", models.SlugField(max_length=30, unique=True)),
        migrations.AlterField("book", "house", models.ForeignKey("shop.firm", models.PROTECT, null=True, db_index=False)),
        migrations.AlterField("book", "sequel", models.OneToOneField("shop.book", models.SET_NULL, null=True, related_name="+")),
        migrations.AlterField("author", "email", models.EmailField(max_length=200)),
    ]
