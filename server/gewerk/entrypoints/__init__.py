"""Doors: pages, API, worker, commands.

A door decides nothing: it fetches what this actor may touch, makes one call, translates the answer.
"""
