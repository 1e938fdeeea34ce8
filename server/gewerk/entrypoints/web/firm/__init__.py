"""Pages of whoever does the work: a tradesperson's firm (owner, dispatcher, fitter), caretakers and in-house crews. Phone first.

Jobs, one job with accepting, declining, reporting, variations; the firm's profile. Its people and company stand under Account.
Read first: ``jobs.py``, ``job_page.py``.
"""
