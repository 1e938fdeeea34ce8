"""Verbs of firms: ``write_profile`` and ``evidence`` (the firm's own, and the operator's decision), ``list_firm``, ``override_gate``
and ``framework_prices`` (a manager's), ``crews``, ``remind_of_evidence`` (the worker's).

Never: several domains at once; inviting, joining and showing evidence with its files are journeys.
"""
