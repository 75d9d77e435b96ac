import datetime
import decimal
import uuid

from django.db import migrations


def fill(apps, schema_editor):
    Author, Book = apps.get_model("shop", "Author"), apps.get_model("shop", "Book")
    Publisher, Tag = apps.get_model("shop", "Publisher"), apps.get_model("shop", "Tag")
    Profile = apps.get_model("shop", "Profile")
    when = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
    for number, name in enumerate(["Ada", "Bjørn", "Cécile", "dora"]):
        author = Author.objects.create(
            name=name,
            email=f"{number}@example.org",
            born=datetime.date(1950 + number, 1, 2),
            wakes=datetime.time(6, number),
            worked=datetime.timedelta(days=number, hours=3),
            height=1.5 + number / 8,
            balance=decimal.Decimal("10.25") * number,
            token=uuid.UUID(int=number),
            photo=bytes([number, 255]),
            settings={"number": number, "words": ["a", None]},
            slug=f"author-{number}",
            maybe=None if number == 2 else number == 1,
        )
        Author.objects.filter(pk=author.pk).update(joined=when)
        if number:
            Profile.objects.create(author=author, text=name * number)
    Author.objects.bulk_create(
        [
            Author(name=name, email=f"{name}@example.net", slug=name, token=uuid.UUID(int=number))
            for number, name in enumerate(["eve", "Fred"], 100)
        ],
        ignore_conflicts=True,
    )
    Author.objects.update(joined=when)
    Publisher.objects.bulk_create([Publisher(code=code, name=code.title()) for code in ["north", "south"]])
    tags = [Tag.objects.create(word=word) for word in ["old", "new", "red"]]
    authors = list(Author.objects.order_by("id"))
    for number in range(40):
        book = Book.objects.create(
            title=f"Book {number:02}",
            isbn=f"978{number:010}",
            pages=None if number % 7 == 0 else number * 10,
            edition=str(number % 4 + 1),
            price=decimal.Decimal(number) / 4,
            published=when + datetime.timedelta(days=number),
            author=authors[number % 4],
            publisher_id=[None, "north", "south"][number % 3],
        )
        book.tags.set(tags[: number % 4])


def empty(apps, schema_editor):
    for name in ["Book", "Profile", "Author", "Publisher", "Tag"]:
        apps.get_model("shop", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_tags")]
    operations = [migrations.RunPython(fill, empty)]
