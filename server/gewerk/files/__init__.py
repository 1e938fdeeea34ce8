"""Photos, videos and documents: received, checked, kept once per organisation, linked to what they show.

Owns: ``StoredFile`` (what lies in the storage), ``FileLink`` (whose it is), ``StoreUse`` (how much an organisation keeps).
A file is linked to any number of objects by (object_type, object_id), so a ticket that becomes an order adds links and
loses nothing. Never: decides who may see an object (each domain says so in ``access.VIEWERS``), keeps a file as it was
sent when it can carry more than its picture. Read first: ``models.py``, ``receive.py`` (what becomes of bytes that
arrive), then ``operations/``.
"""
