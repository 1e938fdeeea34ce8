"""How Django's templates write dates, where a page or mail does not use the organisation's own formats (``web.manager.formats``)."""
