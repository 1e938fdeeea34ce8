"""What the ERP's text means, and whether a record is sent: one pure function per rule of spec 01.

Owns the rules. Never reads a file, never knows an ERP's column, never renders an id or a payload.
Read first: the module named like the rule: ``window``, ``contacts``, ``floor``, ``usage``, ``addresses``, ``scope``.
"""
