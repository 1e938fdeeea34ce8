"""Documents that several doors hand out: the order sheet (Auftragsschein), the bundle for an insurer.

Owns: what stands on them, in the reader's language, as the organisation's country writes numbers and days. Never: asks whether
somebody may see it (the door has fetched the order and the contact). Read first: ``order_sheet.py`` with ``order_sheet.typ``.
"""
