"""``python -m gewerk_connect`` is ``gewerk-connect``."""

from gewerk_connect.cli import main

main()
