"""What the worker does with the journal: ``compose`` turns due entries into mails, ``send`` delivers them."""
