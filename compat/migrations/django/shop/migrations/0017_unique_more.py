from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [("shop", "0016_unique")]
    operations = [
        migrations.AddConstraint(
            "author",
            models.UniqueConstraint(fields=["slug"], condition=Q(active=True), name="author_active_slug"),
        ),
        migrations.AddConstraint("label", models.UniqueConstraint(Lower("word"), name="label_lower_word")),
        migrations.AddConstraint(
            "author",
            models.UniqueConstraint(Lower("email"), "active", condition=Q(rank__gte=0), name="author_lower_email"),
        ),
    ]
