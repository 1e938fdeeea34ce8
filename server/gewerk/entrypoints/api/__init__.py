"""The door for programs: one ``NinjaAPI`` per date version (spec 02).

Owns: checking what arrives, translating refusals into problems (RFC 9457), the published schema. Never: decides anything.
Read first: ``urls.py``, ``master_data.py``, then ``problems.py`` (which refusal is which status).
"""
