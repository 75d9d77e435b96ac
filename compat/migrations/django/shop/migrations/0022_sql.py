from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0021_through")]
    operations = [
        migrations.RunSQL(
            [
                "CREATE VIEW shop_cheap AS SELECT id, price FROM shop_book WHERE price < 5",
                ("UPDATE shop_book SET price = price + %s WHERE price = 0", [1]),
            ],
            [
                ("UPDATE shop_book SET price = price - %s WHERE title = %s", [1, "Book 00"]),
                "DROP VIEW shop_cheap",
            ],
        ),
        migrations.RunSQL("CREATE INDEX shop_sale_amount ON shop_sale (amount); SELECT 1", "DROP INDEX shop_sale_amount"),
    ]
