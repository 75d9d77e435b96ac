from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0015_options")]
    operations = [
        migrations.AddConstraint("book", models.UniqueConstraint(fields=["title", "edition"], name="book_title_edition")),
        migrations.AddConstraint("author", models.UniqueConstraint(fields=["token"], include=["name"], name="author_token")),
    ]
