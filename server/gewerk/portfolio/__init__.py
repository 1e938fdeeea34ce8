"""What there is: properties, sub-properties (unit, tenant, landlord), groups, types, outside references, integration runs.

Every row belongs to an organisation; every question takes the actor. Never: decides who may log in, sends mail.
Read first: ``models/``, then ``operations/`` (upsert is the ERP's door, edit is the clerk's).
"""
