"""Requests may be open to the marketplace. A column with a default of the database: no table is rewritten."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0003_ratings_and_answer_cases")]

    operations = [
        migrations.AddField("quoterequest", "open_to_market", models.BooleanField(default=False, db_default=False)),
    ]
