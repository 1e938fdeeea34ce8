"""The walks through the whole house, as end-to-end tests: real processes, real HTTP, a real browser.

Read first: ``conftest.py`` (an installation that really runs), then the stories by name.
"""
