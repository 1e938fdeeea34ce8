"""Questions about visits: of one order, of a span of days, as a calendar file."""
