"""What is fast, measured beside what others do: one run, the same records, ratios (issue 2, ``bench/README.md``).

Owns the generated export, the HTTP sink, the contestants and the table in ``RESULTS.md``. Never imports the platform or the
connector into the measuring process: every contestant is a process of its own, watched from outside.
Read first: ``README.md``, then ``__main__.py``, then ``contestants.py``.
"""
