from django.core.validators import MinValueValidator
from django.db import migrations, models
import uuid


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Author",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=40)),
                ("bio", models.TextField(blank=True)),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("site", models.URLField(blank=True)),
                ("active", models.BooleanField(default=True)),
                ("maybe", models.BooleanField(null=True)),
                ("born", models.DateField(null=True)),
                ("wakes", models.TimeField(null=True)),
                ("joined", models.DateTimeField(auto_now_add=True)),
                ("worked", models.DurationField(null=True)),
                ("height", models.FloatField(null=True)),
                ("balance", models.DecimalField(max_digits=12, decimal_places=2, default=0)),
                ("tiny", models.SmallIntegerField(default=0)),
                ("count", models.IntegerField(default=0, validators=[MinValueValidator(0)])),
                ("big", models.BigIntegerField(default=0)),
                ("small_positive", models.PositiveSmallIntegerField(default=0)),
                ("positive", models.PositiveIntegerField(default=0)),
                ("big_positive", models.PositiveBigIntegerField(default=0)),
                ("token", models.UUIDField(default=uuid.uuid4)),
                ("photo", models.BinaryField(null=True)),
                ("settings", models.JSONField(default=dict)),
                ("slug", models.SlugField(max_length=30)),
            ],
        ),
    ]
