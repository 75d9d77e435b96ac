from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("shop", "0017_unique_more")]
    operations = [
        migrations.AddConstraint("book", models.CheckConstraint(condition=Q(price__gte=0), name="book_price_positive")),
        migrations.AddConstraint(
            "book", models.CheckConstraint(condition=Q(kind__in=["p", "e"]) | Q(stock=0), name="book_kind")
        ),
        migrations.AddConstraint(
            "author", models.CheckConstraint(condition=Q(born__lt=F("joined")) | Q(born=None), name="author_born_before")
        ),
        migrations.AddConstraint("author", models.CheckConstraint(condition=~Q(name=""), name="author_named")),
    ]
