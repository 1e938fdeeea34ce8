import subprocess
import sys
import time
from pathlib import Path

import pytest
from gewerk_connect.ledger import Busy, open_store, run_lock

HOLDER = """
import sys, time
from gewerk_connect.ledger import open_store, run_lock
with open_store(sys.argv[1], "c", "http://x") as store, run_lock(store):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_gives_its_lock_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'state.db'}"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, url], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with open_store(url, "c", "http://x") as store, pytest.raises(Busy), run_lock(store):
            pass
        with open_store(url, "other", "http://x") as store, run_lock(store):
            pass  # another connection in the same state is free
    finally:
        holder.kill()
        holder.wait()
    with open_store(url, "c", "http://x") as store, run_lock(store):
        pass


def test_the_lock_is_given_back_in_order_too(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'state.db'}", "c", "http://x") as store:
        for _ in range(2):
            with run_lock(store):
                time.sleep(0)
