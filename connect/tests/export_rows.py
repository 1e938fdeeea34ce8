"""The rows of the shared exports as the standard library reads them: against these the simulated ERP is tested."""

import csv
import json
from datetime import datetime
from functools import cache
from typing import Any

import openpyxl
from erp_client import EXPORTS

Row = dict[str, Any]


def sigma(table: str) -> list[Row]:
    with (EXPORTS / "sigma" / f"{table}.csv").open(encoding="cp1252", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def karthago(table: str) -> list[Row]:
    return list(json.loads((EXPORTS / "karthago" / f"{table}.json").read_text(encoding="utf-8"))["daten"])


@cache
def sap(sheet: str) -> list[Row]:
    rows = openpyxl.load_workbook(EXPORTS / "sap" / "stammdaten.xlsx", read_only=True)[sheet].iter_rows(
        values_only=True
    )
    head = next(rows)
    return [
        {
            name: cell.strftime("%Y-%m-%d") if isinstance(cell, datetime) else cell
            for name, cell in zip(head, row, strict=True)
        }
        for row in rows
    ]
