"""Messages that were worded for the configuration file, in the words of the pages: the field instead of its entry."""

import re

_GERMAN = {
    "[source] path": "den Ordner des Exports",
    "[source] mapping": "die Seite „Felder zuordnen“",
    "[source] encoding": "die Angabe „Zeichenkodierung“",
    "[source] ca_file": "die Angabe „Eigene Zertifizierungsstelle“",
    "[source] url": "die Adresse der Schnittstelle",
    "[source]: empty_allowed": "die Angabe „Dürfen leer sein“",
    "[source]": "den Zugang zum ERP",
    "[target] client_secret (oder die Datei bzw. Umgebungsvariable)": "das Feld Client-Geheimnis",
    "[target] base_url": "dieser Adresse",
    "[target] mapping": "die Zuordnung des Ziels",
    "[target]": "den Zugang zum Ziel",
    "[settings] usage_table": "die Seite „Nutzungsarten zuordnen“",
    "[settings] objects_gone": "die Einstellung „Objekte, die es nicht mehr gibt“",
    "[settings]": "die Einstellungen",
    "[state] url": "den Speicher des Dienstes",
    "gewerk-connect apply --confirm-fuse": "dem Formular auf dieser Seite",
    "apply --confirm-fuse": "dem Formular auf dieser Seite",
}
_ENGLISH = {
    "[source] path": "the export's folder",
    "[source] mapping": "the page “Map fields”",
    "[source] encoding": "the entry “Encoding”",
    "[source] ca_file": "the entry “Certificate authority of your own”",
    "[source] url": "the interface's address",
    "[source]: empty_allowed": "the entry “May be empty”",
    "[source]": "the access to the ERP",
    "[target] client_secret (or its file or environment variable)": "the field client secret",
    "[target] base_url": "this address",
    "[target] mapping": "the target's mapping",
    "[target]": "the access to the target",
    "[settings] usage_table": "the page “Map usages”",
    "[settings] objects_gone": "the setting “Properties that are gone”",
    "[settings]": "the settings",
    "[state] url": "the service's store",
    "gewerk-connect apply --confirm-fuse": "the form on this page",
    "apply --confirm-fuse": "the form on this page",
}


def plainly(text: str, language: str) -> str:
    """The message as somebody reads it who has no configuration file."""
    words = _ENGLISH if language == "en" else _GERMAN
    pattern = "|".join(re.escape(entry) for entry in words)  # the longer entries stand first
    return re.sub(pattern, lambda found: words[found[0]], text)
