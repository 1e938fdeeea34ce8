"""An award record is written once: on PostgreSQL a trigger forbids to change or delete it, whoever asks."""

from django.db import migrations

MAKE = """
CREATE FUNCTION marketplace_award_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'An award record is never changed or deleted.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER marketplace_award_is_for_ever BEFORE UPDATE OR DELETE ON marketplace_awardrecord
  FOR EACH ROW EXECUTE FUNCTION marketplace_award_is_for_ever();
"""
UNMAKE = """
DROP TRIGGER marketplace_award_is_for_ever ON marketplace_awardrecord;
DROP FUNCTION marketplace_award_is_for_ever();
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def unmake(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(UNMAKE)


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
