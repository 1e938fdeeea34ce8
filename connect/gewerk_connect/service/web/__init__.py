"""The pages of the service: activation, the use case's page, runs, mapping, explain (spec 01, "Activation").

A door decides nothing: ``door.py`` finds the session and checks the form, a page fetches what this session may see, makes
one call and answers. Texts stand where they are shown, German first: ``t("Weiter", "Next")``.
Read first: ``app.py`` (every address), ``door.py``, then the page you are after; macros lie in ``templates/pieces.html``.
"""
