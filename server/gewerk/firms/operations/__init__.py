"""Verbs of firms: ``list_firm`` (a manager's own list), ``write_profile`` (the firm's own), ``framework_prices``, ``crews``.

Never: several domains at once; inviting is the journey ``invite_firm``.
"""
