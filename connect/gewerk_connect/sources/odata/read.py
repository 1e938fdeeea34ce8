"""An OData service is read from what was fetched; how it is fetched stands in the mapping file."""

from gewerk_connect.sources.snapshot import read_snapshot as read
from gewerk_connect.sources.snapshot import snapshot_files as files

__all__ = ["files", "read"]
