"""What developers and CI run: ``./gewerk check | test | docs``. Not part of the product.

Read first: ``__main__.py``; each command is one module.
"""
