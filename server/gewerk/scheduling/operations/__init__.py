"""Verbs of scheduling. ``arrange`` makes a visit, ``answer`` agrees on its time, ``on_site`` tells what came of it,
``capture`` takes what was done, ``remind`` and ``feeds`` serve the calendar."""
