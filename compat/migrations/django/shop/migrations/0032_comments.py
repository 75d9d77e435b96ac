from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0031_generated")]
    operations = [
        migrations.AlterModelTableComment("author", "Who writes"),
        migrations.AlterModelTableComment("author", "Who writes, and 'more'"),
        migrations.AlterField("author", "site", models.TextField(blank=True, db_comment="Where to look")),
        migrations.AlterField("book", "length", models.IntegerField(default=1, db_comment="In pages")),
        migrations.AddField("firm", "city", models.CharField(max_length=30, default="", db_comment="Where it is")),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(db_comment="What is said")),
            ],
            options={"db_table_comment": "What one says"},
        ),
        migrations.AlterField("remark", "text", models.TextField(db_comment="")),
    ]
