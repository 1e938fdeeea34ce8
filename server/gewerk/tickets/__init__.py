"""What is broken: reports of damage from tenants, managers, programs and the ERP, until they are closed.

Owns: ``Ticket`` with its append-only history, the links and QR codes through which people report, drafts of reports.
Never: awards work (``projects`` does and reads tickets), keeps files (``files`` does, linked as ``ticket``), sends mail.
Read first: ``states.py`` (which step may follow which), ``catalogue/`` (what one may report, what is asked, what is an
emergency), then ``operations/`` (one file per verb).
"""
