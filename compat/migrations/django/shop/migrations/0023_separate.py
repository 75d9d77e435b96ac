from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0022_sql")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL("ALTER TABLE shop_sale RENAME TO sales", "ALTER TABLE sales RENAME TO shop_sale")],
            state_operations=[migrations.AlterModelTable("sale", "sales")],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.AddIndex("sale", models.Index(fields=["amount"], name="shop_sale_amount"))],
        ),
    ]
