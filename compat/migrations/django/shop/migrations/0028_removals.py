from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0027_key_types")]
    operations = [
        migrations.RemoveIndex("author", "author_born"),
        migrations.RemoveConstraint("book", "book_kind"),
        migrations.RemoveConstraint("label", "label_lower_word"),
        migrations.RemoveConstraint("author", "author_token"),
        migrations.RemoveField("author", "photo"),
        migrations.RemoveField("book", "sequel"),
        migrations.AlterOrderWithRespectTo("profile", "author"),
        migrations.DeleteModel("Review"),
    ]
