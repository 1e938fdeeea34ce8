"""Each kind of finding: what it is called, and what is to be done."""

from typing import NamedTuple

from gewerk_connect.canonical import FindingCode


class FindingText(NamedTuple):
    title_de: str
    todo_de: str
    title_en: str
    todo_en: str

    def title(self, language: str) -> str:
        return self.title_en if language == "en" else self.title_de

    def todo(self, language: str) -> str:
        return self.todo_en if language == "en" else self.todo_de


FINDINGS: dict[str, FindingText] = {
    FindingCode.TENANT_WITHOUT_EMAIL: FindingText(
        "Mieter ohne gültige E-Mail-Adresse",
        "E-Mail-Adresse im ERP nachtragen; erst dann wird der Mieter übertragen. Die Wohnung gilt trotzdem als vermietet.",
        "Tenant without a valid e-mail address",
        "Add the e-mail address in the ERP; only then is the tenant sent. The flat counts as let all the same.",
    ),
    FindingCode.UNIT_WITHOUT_BUILDING: FindingText(
        "Einheit ohne Gebäude",
        "Im ERP das Gebäude anlegen oder die Einheit einem vorhandenen zuordnen.",
        "Unit without building",
        "Create the building in the ERP or assign the unit to one that exists.",
    ),
    FindingCode.BROKEN_REFERENCE: FindingText(
        "Verweis ins Leere",
        "Der Vertrag nennt eine Einheit oder Person, die es im Export nicht gibt: im ERP berichtigen oder mit exportieren.",
        "Broken reference",
        "The contract names a unit or person that the export lacks: correct it in the ERP or export that too.",
    ),
    FindingCode.INVALID_DATE: FindingText(
        "Unmögliches Datum",
        "Beginn oder Ende des Vertrags im ERP berichtigen.",
        "Impossible date",
        "Correct the start or end of the contract in the ERP.",
    ),
    FindingCode.CONFLICTING_ROWS: FindingText(
        "Zwei Zeilen, ein Schlüssel, verschiedener Inhalt",
        "Im ERP klären, welche Zeile gilt; bis dahin wird keine von beiden übertragen.",
        "Two rows, one key, different content",
        "Settle in the ERP which row holds; until then neither is sent.",
    ),
    FindingCode.ID_COLLISION: FindingText(
        "Zwei Schlüssel ergeben dieselbe ID",
        "Einen Separator wählen, der in keinem Schlüssel vorkommt (check-source nennt die sicheren).",
        "Two keys render the same id",
        "Choose a separator that occurs in no key (check-source names the safe ones).",
    ),
    FindingCode.PARENT_HELD: FindingText(
        "Hängt an einem zurückgehaltenen Datensatz",
        "Den übergeordneten Datensatz im ERP berichtigen; dieser folgt dann von selbst.",
        "Depends on a held record",
        "Correct the record above it in the ERP; this one then follows by itself.",
    ),
    FindingCode.PARTIAL_CONTRACT: FindingText(
        "Vertrag nur mit einem Teil seiner Einheiten übertragen",
        "Die fehlende Einheit im ERP anlegen oder aus dem Vertrag nehmen.",
        "Contract sent with only some of its units",
        "Create the missing unit in the ERP or take it out of the contract.",
    ),
    FindingCode.UNMAPPED_USAGE: FindingText(
        "Unbekannte Nutzungsart",
        "In [settings] usage_table eintragen; bis dahin gilt die Einheit als „other“.",
        "Unknown usage",
        "Enter it in [settings] usage_table; until then the unit counts as other.",
    ),
    FindingCode.UNMAPPED_VALUE: FindingText(
        "Unbekannter Wert",
        "Den Wert in der Mapping-Datei der Quelle ([source] mapping) eintragen oder im ERP berichtigen.",
        "Unknown value",
        "Enter the value in the source's mapping file ([source] mapping) or correct it in the ERP.",
    ),
    FindingCode.INVALID_NUMBER: FindingText(
        "Zahl nicht lesbar",
        "Die Zahl im ERP berichtigen; das Feld bleibt bis dahin leer.",
        "Unreadable number",
        "Correct the number in the ERP; the field stays empty until then.",
    ),
    FindingCode.MISSING_KEY: FindingText(
        "Zeile ohne Schlüssel",
        "Im ERP die Nummer nachtragen; ohne sie kann die Zeile nicht übertragen werden.",
        "Row without key",
        "Add the number in the ERP; without it the row cannot be sent.",
    ),
    FindingCode.HOUSE_NUMBER_MISSING: FindingText(
        "Straße ohne Hausnummer",
        "Hausnummer im ERP nachtragen; die Zeile wird unverändert übertragen.",
        "Street without house number",
        "Add the house number in the ERP; the line is sent as it stands.",
    ),
    FindingCode.SEPARATOR_IN_KEY: FindingText(
        "Der Separator kommt in einem Schlüssel vor",
        "Vor dem ersten Lauf einen anderen Separator wählen (check-source nennt die sicheren).",
        "The separator occurs in a key",
        "Choose another separator before the first run (check-source names the safe ones).",
    ),
    FindingCode.UNKNOWN_CLIENT: FindingText(
        "Mandantennummer gibt es in der Quelle nicht",
        "[settings] clients prüfen.",
        "Client number unknown to the source",
        "Check [settings] clients.",
    ),
    FindingCode.UNKNOWN_OBJECT: FindingText(
        "Objektnummer gibt es in der Quelle nicht",
        "[settings] objects prüfen.",
        "Object number unknown to the source",
        "Check [settings] objects.",
    ),
    FindingCode.EMAIL_LOST: FindingText(
        "Übertragener Mieter hat keine E-Mail-Adresse mehr",
        "E-Mail-Adresse im ERP prüfen; der Mieter bleibt im Ziel, wie er zuletzt war.",
        "A tenant already sent has no e-mail address any more",
        "Check the e-mail address in the ERP; the tenant stays in the target as it was.",
    ),
    FindingCode.OBJECT_HIDDEN: FindingText(
        "Objekt fehlt in der Quelle und wurde behalten",
        "Im ERP prüfen, ob Gewerk noch Rechte auf das Objekt hat. Gibt es das Objekt nicht mehr, seine ID in"
        " [settings] objects_gone eintragen; dann wird es mit seinen Einheiten und Mietern archiviert.",
        "An object is missing in the source and was kept",
        "Check in the ERP whether Gewerk still has rights on the object. If it does not exist any more, put its id into"
        " [settings] objects_gone; then it is archived with its units and tenants.",
    ),
    FindingCode.REFUSED: FindingText(
        "Vom Ziel abgelehnt",
        "Den Grund im Bericht ansehen und die Daten im ERP berichtigen; jeder Lauf versucht es erneut.",
        "Refused by the target",
        "Look at the reason in the report and correct the data in the ERP; every run tries again.",
    ),
}
