"""Words that several pages share, German and English side by side."""

from collections.abc import Mapping

from gewerk_connect.messages import table
from gewerk_connect.service.web.said import Said

ENTITIES: Mapping[str, Said] = {
    "property": Said("Objekte", "Properties"),
    "unit": Said("Einheiten", "Units"),
    "landlord": Said("Eigentümer", "Owners"),
    "tenant": Said("Mieter", "Tenants"),
    "group": Said("Objektgruppen", "Property groups"),
}
ONE: Mapping[str, Said] = {
    "property": Said("Objekt", "Property"),
    "unit": Said("Einheit", "Unit"),
    "landlord": Said("Eigentümer", "Owner"),
    "tenant": Said("Mieter", "Tenant"),
    "group": Said("Objektgruppe", "Property group"),
}
ACTIONS: Mapping[str, tuple[str, Said]] = {
    "create": ("plus", Said("neu", "new")),
    "update": ("pencil", Said("geändert", "changed")),
    "archive": ("archive", Said("archiviert", "archived")),
}
"""Planned change -> icon and word."""
COUNTS: Mapping[str, Said] = {
    "create": Said("neu", "new"),
    "update": Said("geändert", "changed"),
    "archive": Said("archiviert", "archived"),
    "created": Said("neu", "new"),
    "updated": Said("geändert", "changed"),
    "archived": Said("archiviert", "archived"),
    "unchanged": Said("unverändert", "unchanged"),
    "held": Said("zurückgehalten", "held back"),
    "refused": Said("abgelehnt", "refused"),
}
RUN_STATES: Mapping[str, tuple[str, str, Said]] = {
    "succeeded": ("plain", "circle-check", Said("fertig", "finished")),
    "failed": ("danger", "triangle-alert", Said("fehlgeschlagen", "failed")),
    "stopped_by_fuse": ("turn", "hand", Said("wartet auf Bestätigung", "waits for confirmation")),
    "interrupted": ("line", "circle-pause", Said("unterbrochen", "interrupted")),
    "cancelled": ("line", "ban", Said("angehalten", "stopped")),
    "planning": ("run", "refresh-cw", Said("läuft", "running")),
    "pushing": ("run", "refresh-cw", Said("läuft", "running")),
}
"""A run's status -> kind of state, icon, word."""
USAGES: Mapping[str, Said] = {
    "living": Said("Wohnen", "Living"),
    "commercial": Said("Gewerbe", "Commercial"),
    "parking": Said("Stellplatz", "Parking"),
    "storage": Said("Lager", "Storage"),
    "other": Said("Sonstige", "Other"),
}
SEPARATORS: Mapping[str, Said] = {
    "-": Said("Bindestrich", "Hyphen"),
    "_": Said("Unterstrich", "Underscore"),
    ".": Said("Punkt", "Dot"),
    "/": Said("Schrägstrich", "Slash"),
    "|": Said("Senkrechter Strich", "Vertical bar"),
}
SKIPPED: Mapping[str, Said] = {
    "tenant_without_email": Said("Mieter ohne gültige E-Mail-Adresse", "Tenants without a valid e-mail address"),
    "ended": Said("Verträge schon beendet", "Contracts ended before"),
    "not_yet": Said("Verträge beginnen später", "Contracts that begin later"),
    "unit_without_building": Said("Einheiten ohne Gebäude", "Units without building"),
    "broken_reference": Said("Verweise ins Leere", "References that lead nowhere"),
    "invalid_date": Said("Unmögliche Daten", "Impossible dates"),
    "conflicting_rows": Said("Zeilen, die sich widersprechen", "Rows that contradict each other"),
    "id_collision": Said("IDs, die gleich würden", "Ids that would be the same"),
    "parent_held": Said("Hängen an Zurückgehaltenem", "Depend on held records"),
    "unmapped_value": Said("Unbekannte Schlüssel des ERP", "Unknown codes of the ERP"),
}
TO_DO: Mapping[str, Said] = {
    "unmapped_usage": Said(
        "Einer Nutzung zuordnen; bis dahin gilt die Einheit als „Sonstige“.",
        "Map it to a usage; until then the unit counts as “Other”.",
    ),
    "unmapped_value": Said(
        "In der Zuordnung eintragen oder im ERP berichtigen.", "Enter it in the mapping, or correct it in the ERP."
    ),
    "id_collision": Said(
        "Einen Separator wählen, der in keiner Nummer vorkommt; die Einstellungen nennen die sicheren.",
        "Choose a separator that occurs in no number; the settings name the safe ones.",
    ),
    "separator_in_key": Said(
        "Vor dem ersten Lauf einen sicheren Separator wählen; die Einstellungen nennen ihn.",
        "Choose a safe separator before the first run; the settings name it.",
    ),
    "unknown_client": Said(
        "Die Mandanten Nummern in den Einstellungen prüfen.", "Check the client numbers in the settings."
    ),
    "unknown_object": Said(
        "Die Objektnummern in den Einstellungen prüfen.", "Check the object numbers in the settings."
    ),
    "object_hidden": Said(
        "Im ERP prüfen, ob Gewerk noch Rechte auf das Objekt hat. Gibt es das Objekt nicht mehr, tragen Sie seine ID in den"
        " Einstellungen unter „Objekte, die es nicht mehr gibt“ ein.",
        "Check in the ERP whether Gewerk still has rights on the property. If it is gone, enter its id in the settings"
        " under “Properties that are gone”.",
    ),
}
"""What to do about a finding, where the page has a place for it that the command line lacks."""
REASONS: Mapping[str, Said] = {
    "erp_changed": Said("im ERP geändert", "changed in the ERP"),
    "settings_changed": Said("Einstellung oder ERP geändert", "setting or ERP changed"),
    "target_changed": Said("im Ziel von Hand geändert", "changed by hand in the target"),
    "lease_ended": Said("Vertrag beendet", "contract ended"),
    "vanished": Said("im ERP nicht mehr vorhanden", "gone from the ERP"),
    "filtered": Said("durch einen Filter ausgeschlossen", "excluded by a filter"),
    "not_yet": Said("beginnt erst nach der Vorlaufzeit", "begins after the lead time"),
}
FIELDS: Mapping[str, Said] = {
    "name": Said("Bezeichnung", "Name"),
    "address.street": Said("Straße", "Street"),
    "address.house_number": Said("Hausnummer", "House number"),
    "address.addition": Said("Adresszusatz", "Address addition"),
    "address.postcode": Said("PLZ", "Postcode"),
    "address.city": Said("Ort", "City"),
    "address.district": Said("Ortsteil", "District"),
    "address.country": Said("Land", "Country"),
    "address.raw": Said("Adresse im ERP", "Address in the ERP"),
    "construction_year": Said("Baujahr", "Year built"),
    "storeys": Said("Geschosse", "Storeys"),
    "group_external_ids": Said("Objektgruppen", "Property groups"),
    "client_number": Said("Mandant", "Client"),
    "property_external_id": Said("Objekt", "Property"),
    "usage": Said("Nutzung", "Usage"),
    "usage_raw": Said("Nutzungsart im ERP", "Usage in the ERP"),
    "floor": Said("Etage", "Floor"),
    "floor_raw": Said("Lage im ERP", "Floor in the ERP"),
    "position": Said("Lage", "Position"),
    "living_area_m2": Said("Wohnfläche", "Living area"),
    "usable_area_m2": Said("Nutzfläche", "Usable area"),
    "rooms": Said("Zimmer", "Rooms"),
    "occupancy": Said("Belegung", "Occupancy"),
    "unit_external_ids": Said("Einheiten", "Units"),
    "kind": Said("Art", "Kind"),
    "salutation": Said("Anrede", "Salutation"),
    "title": Said("Titel", "Title"),
    "first_name": Said("Vorname", "First name"),
    "last_name": Said("Nachname", "Last name"),
    "company_name": Said("Firma", "Company"),
    "email": Said("E-Mail", "E-mail"),
    "further_emails": Said("Weitere E-Mails", "Further e-mails"),
    "phones": Said("Telefon", "Phones"),
    "language": Said("Sprache", "Language"),
    "contract_number": Said("Vertrag", "Contract"),
    "contract_start": Said("Vertragsbeginn", "Contract start"),
    "contract_end": Said("Vertragsende", "Contract end"),
    "role": Said("Rolle", "Role"),
    "share": Said("Anteil", "Share"),
    "party_number": Said("Partnernummer", "Party number"),
    "external_id": Said("ID", "Id"),
}
VALUES: Mapping[str, Mapping[str, Said]] = {
    "usage": USAGES,
    "occupancy": {
        "let": Said("vermietet", "let"),
        "vacant": Said("leer", "vacant"),
        "unknown": Said("unbekannt", "unknown"),
    },
    "kind": {
        "natural": Said("Person", "person"),
        "legal": Said("Firma", "company"),
        "association": Said("Gemeinschaft", "association"),
    },
    "role": {
        "main_tenant": Said("Hauptmieter", "main tenant"),
        "co_tenant": Said("Mitmieter", "co-tenant"),
        "owner": Said("Eigentümer", "owner"),
        "co_owner": Said("Miteigentümer", "co-owner"),
    },
}
"""Field -> what its codes mean."""
RULES: Mapping[str, Said] = {
    "ids.composite": Said("Nummern mit dem Separator verbunden", "numbers joined by the separator"),
    "first_filled": Said("erste gefüllte Spalte", "first filled column"),
    "copied": Said("unverändert übernommen", "taken as it stands"),
    "usage.table": Said("Tabelle der Nutzungsarten", "table of usages"),
    "floor.gewerk": Said("Regel für Etagen (Gewerk)", "rule for floors (Gewerk)"),
    "floor.wodis-sigma": Said("Regel für Etagen (Wodis Sigma)", "rule for floors (Wodis Sigma)"),
    "floor.position": Said("links, rechts, mitte, vorne, hinten", "left, right, middle, front, rear"),
    "numbers.decimal": Said("Dezimalzahl", "decimal number"),
    "numbers.whole_number": Said("ganze Zahl", "whole number"),
    "occupancy.leases": Said("ein Mietvertrag läuft am Stichtag", "a lease runs on the day"),
    "addresses.house_number": Said("letzte Zahl der Straße ist die Hausnummer", "the last number is the house number"),
    "settings.country": Said("Einstellung Land", "setting country"),
    "contacts.emails": Said("erste gültige E-Mail, klein geschrieben", "first valid e-mail, in lower case"),
    "contacts.phone": Said("Telefonnummer in internationaler Form", "phone number in international form"),
    "codes.party_kind": Said("Schlüssel der Zuordnung", "code of the mapping"),
    "codes.role": Said("Schlüssel der Zuordnung", "code of the mapping"),
    "dates": Said("Datum", "date"),
}
"""A rule's name in ``explain`` -> what it does."""
EVENTS: Mapping[str, tuple[str, Said]] = {
    "created": ("plus", Said("Einrichtung begonnen", "Set-up begun")),
    "credentials_entered": ("key-round", Said("Zugang eingegeben", "Access entered")),
    "credentials_saved": ("key-round", Said("Zugangsdaten geprüft und gespeichert", "Credentials checked and saved")),
    "settings_saved": ("sliders-horizontal", Said("Einstellungen geändert", "Settings changed")),
    "separator_changed": ("git-compare", Said("Separator gewechselt", "Separator changed")),
    "schedule_saved": ("calendar", Said("Zeitplan geändert", "Schedule changed")),
    "notify_saved": ("bell", Said("Benachrichtigungen geändert", "Notifications changed")),
    "mapping_saved": ("git-compare", Said("Zuordnung geändert", "Mapping changed")),
    "usages_saved": ("shapes", Said("Nutzungsarten geändert", "Usages changed")),
    "floors_saved": ("layers", Said("Etagen geändert", "Floors changed")),
    "started": ("play", Said("Abgleich gestartet", "Sync started")),
    "run_asked": ("refresh-cw", Said("Lauf von Hand gestartet", "Run started by hand")),
    "run_stopped": ("ban", Said("Lauf angehalten", "Run stopped")),
    "fuse_confirmed": ("shield-check", Said("Sicherung bestätigt", "Fuse confirmed")),
    "paused": ("pause", Said("Angehalten", "Paused")),
    "resumed": ("play", Said("Fortgesetzt", "Resumed")),
    "plan_seen": ("eye", Said("Ersten Plan angesehen", "First plan looked at")),
    "signed_off": ("clipboard-check", Said("Abnahme erteilt", "Signed off")),
    "went_live": ("flag", Said("Auf das Produktivkonto umgestellt", "Moved to the production account")),
    "renamed": ("pencil", Said("Umbenannt", "Renamed")),
}
"""An event of the story -> icon and words."""
STAGES: Mapping[str, Said] = {
    "draft": Said("wird eingerichtet", "being set up"),
    "test": Said("Testbetrieb", "test operation"),
    "production": Said("produktiv", "in production"),
}
TOASTS: Mapping[str, Said] = {
    "saved": Said("Gespeichert", "Saved"),
    "started": Said("Der Lauf beginnt", "The run begins"),
    "stopping": Said(
        "Der Lauf hält an, sobald die laufenden Anfragen beantwortet sind",
        "The run stops as soon as the requests under way are answered",
    ),
    "paused": Said("Angehalten: von selbst beginnt kein Lauf", "Paused: no run begins by itself"),
    "resumed": Said("Fortgesetzt", "Resumed"),
    "signed": Said("Abnahme festgehalten", "Sign-off noted"),
    "live": Said("Auf das Produktivkonto umgestellt", "Moved to the production account"),
    "removed": Said("Entwurf gelöscht", "Draft deleted"),
}


def entity(name: str) -> Said:
    """An entity, or a table of the source."""
    return ENTITIES.get(name) or Said(table("de", name), table("en", name))


def field(name: str) -> Said:
    """A field of a payload; its own name where we have no word for it."""
    return FIELDS.get(name, Said(name, name))
