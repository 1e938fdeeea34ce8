"""Verbs of tickets, one file each. Each writes its history and its journal entry in the caller's transaction."""
