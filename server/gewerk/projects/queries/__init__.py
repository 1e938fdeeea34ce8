"""Questions about orders. Each takes the actor; a question never changes anything.

Read first: ``order_list`` (the clerk's list), ``orders_for_programs`` (the API's shapes), ``waiting`` (whose turn it is).
"""
