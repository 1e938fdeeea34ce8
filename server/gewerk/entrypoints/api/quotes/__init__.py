"""Requests for quotes, opened quotes, the award and its record, for programs of a manager. ``shapes`` says what is sent and answered,
``requests`` prepares and sends, ``awarding`` reads what was opened and decides, ``finding``
looks for firms. A quote goes through ``marketplace.access.quotes``.
"""
