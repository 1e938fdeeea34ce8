"""Sorting as a German telephone book does (DIN 5007-2), alike in SQLite and PostgreSQL whatever their collation."""

from typing import Any

from django.db.models import CharField, F, Func, IntegerField, Value
from django.db.models.functions import Lower, Replace
from django.db.models.sql.compiler import SQLCompiler

_SPELLED = {"Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}


def spelled_out(column: str | Func) -> Lower:
    """The column in lower case with ä as ae, ö as oe, ü as ue, ß as ss."""
    expression: Any = F(column) if isinstance(column, str) else column
    for sign, letters in _SPELLED.items():
        expression = Replace(expression, Value(sign), Value(letters))
    return Lower(expression, output_field=CharField())


class LeadingNumber(Func):
    """The number with which a text begins: 12 of ``12 a``, 5 of ``5-9``; so that house number 9 comes before 10."""

    output_field = IntegerField()
    arity = 1

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS INTEGER)", **context)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        template = r"CAST(substring(%(expressions)s from '^[0-9]{1,9}') AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **context)
