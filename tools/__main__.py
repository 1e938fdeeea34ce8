"""``python -m tools check | test | docs``."""

import sys

from tools import check, docs, test

_COMMANDS = {"check": check.main, "test": test.main, "docs": docs.main}

if __name__ == "__main__":
    sys.exit(_COMMANDS[sys.argv[1]](sys.argv[2:]))
