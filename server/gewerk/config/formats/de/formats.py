"""German: 22.11.2026, 08:06 Uhr."""

DATE_FORMAT = "j. F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j. F Y, H:i \\U\\h\\r"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y, H:i \\U\\h\\r"
FIRST_DAY_OF_WEEK = 1
