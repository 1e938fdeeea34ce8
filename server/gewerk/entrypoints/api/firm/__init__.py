"""A firm's own programs: what its office does on its pages, by the same operations. All addresses begin with ``/firm/``."""
