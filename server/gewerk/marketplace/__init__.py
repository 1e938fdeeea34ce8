"""Who offers: requests for quotes, sealed quotes, questions, comparison, the award and its record that nobody can change.

Owns: ``QuoteRequest`` with its items and invitations, ``Quote`` with its lines, ``AwardRecord``, the owner's approval; ``Rating`` and
the published score (``score.py``); ``AnswerCase`` and ``Appeal`` of firms that leave requests unanswered (``answer_rule.py``). Never:
moves a work order (journeys do: ``request_quotes``, ``open_quotes``, ``award_quote``, ``claim_offer``), sends mail, decides
who is vetted (``firms``; asked through ``gate``). Read first: ``states.py``, ``access.py`` (``quotes``: the one way to a quote,
sealed until the deadline), ``sums.py`` (totals that add up), then ``models/`` and ``operations/``.
"""
