"""A database is read from what was fetched; the queries stand in the mapping file."""

from gewerk_connect.sources.snapshot import read_snapshot as read
from gewerk_connect.sources.snapshot import snapshot_files as files

__all__ = ["files", "read"]
