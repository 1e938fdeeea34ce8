"""The ERP connector: master data flows from an ERP's export into Gewerk by fixed rules (spec 01).

Owns: reading, translating, judging, comparing and pushing. Never does: talk to the platform other than by its public API.
Read first: ``run.py`` (the whole river on one page), then ``canonical/`` (the words between every stage).
"""
