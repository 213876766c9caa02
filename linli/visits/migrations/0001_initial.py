from django.db import migrations


class Migration(migrations.Migration):
    """The app's place in the order of migrations; its tables come one room after another."""

    initial = True

    dependencies = [
        ("matters", "0001_initial"),
        ("org", "0001_initial"),
        ("places", "0001_initial"),
    ]

    operations: list[object] = []
