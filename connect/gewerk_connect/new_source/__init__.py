"""A new source's folder: made of a template that works as it stands, so that every step of its author starts from green.

Owns ``template/`` (itself a whole source, of the kind ``neues-erp``), the command that copies it and the golden records that its
test compares. Never touches a folder that exists. Read first: ``make.py``, then ``docs/how-to/neue-quelle.md``.
"""

from gewerk_connect.new_source.make import make_source

__all__ = ["make_source"]
