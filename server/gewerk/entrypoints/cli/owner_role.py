"""On PostgreSQL with two roles: one owns the tables and migrates, the application's role reads and writes rows.

What the application's role then cannot do, even by SQL of its own: change, delete or empty ``marketplace_awardrecord``, take its
trigger away, or change any table. With one role the trigger forbids changes, but whoever owns a table can drop its trigger.
"""

import os
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

FOR_EVER = ("marketplace_awardrecord",)
"""Tables into which the application's role only writes new rows."""


def migrate_as_owner(owner_url: str, application_url: str) -> None:
    """Bring the tables up to date as their owner, then grant the application's role what it needs. Raises on any failure."""
    environment = {**os.environ, "DATABASE_URL": owner_url, "GEWERK_DATABASE_URL": owner_url}
    for command in (("migrate", "--no-input", "-v0"), ("createcachetable", "-v0")):
        subprocess.run([sys.executable, "-m", "gewerk.entrypoints.cli.manage", *command], env=environment, check=True)
    grant(owner_url, unquote(urlsplit(application_url).username or ""))


def grant(owner_url: str, role: str) -> None:
    """Rows of every table for the role, but of ``FOR_EVER`` only new ones."""
    name = sql.Identifier(role)
    with psycopg.connect(owner_url) as connection:
        for statement in (
            "GRANT USAGE ON SCHEMA public TO {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        ):
            connection.execute(sql.SQL(statement).format(name))
        for table in FOR_EVER:
            connection.execute(
                sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), name)
            )
