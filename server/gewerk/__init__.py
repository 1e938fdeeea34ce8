"""Gewerk, the platform: a staircase of domains, each one step.

From the bottom: ``kit`` (knows no domain), ``journal`` (what happened), ``identity`` (who acts), ``portfolio`` (what there is),
``outreach`` (who hears of it), ``journeys`` (what crosses domains), ``entrypoints`` (doors that decide nothing).
"""
