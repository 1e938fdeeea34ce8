"""Pages of private owners: start (``home``), their house or flat (``place``), a job described in two steps (``job``).

Quotes, orders and calendar are the manager's pages, which a private owner may open as well. Decides nothing itself.
"""
