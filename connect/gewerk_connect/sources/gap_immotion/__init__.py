"""GAP immotion: REST, no building level, two persons in one address record. Read first: ``manifest.toml``, then ``read.py``."""
