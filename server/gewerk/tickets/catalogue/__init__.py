"""What one may report, as data: groups, faults, questions (``faults.toml``); how urgent it is (``urgency.toml``).

Owns: reading these two files into typed values, and the pure function that judges urgency. Never: asks the database.
Read first: the two files, then ``faults.py`` and ``urgency.py``.
"""
