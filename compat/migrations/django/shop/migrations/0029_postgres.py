from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0028_removals")]
    operations = [
        migrations.AddField("book", "words", ArrayField(models.CharField(max_length=10), default=list)),
        migrations.AddField("book", "grid", ArrayField(ArrayField(models.IntegerField()), null=True)),
        AddConstraintNotValid("book", models.CheckConstraint(condition=models.Q(length__gte=0), name="book_length_positive")),
        ValidateConstraint("book", "book_length_positive"),
    ]
