"""Short texts by name, in German and English."""

import os
from collections.abc import Mapping

_WORDS: dict[str, tuple[str, str]] = {
    "property": ("Objekte", "Properties"),
    "unit": ("Einheiten", "Units"),
    "landlord": ("Eigentümer", "Landlords"),
    "tenant": ("Mieter", "Tenants"),
    "group": ("Objektgruppen", "Property groups"),
    "create": ("neu", "create"),
    "update": ("ändern", "update"),
    "archive": ("archivieren", "archive"),
    "created": ("neu", "created"),
    "updated": ("geändert", "updated"),
    "archived": ("archiviert", "archived"),
    "unchanged": ("unverändert", "unchanged"),
    "held": ("zurückgehalten", "held"),
    "refused": ("abgelehnt", "refused"),
    "verified": ("Geprüft:", "Verified:"),
    "assumed": ("Angenommen:", "Assumed:"),
    "untried": ("Nie am Original versucht:", "Never tried against the real one:"),
    "cannot": ("Geht dort nicht:", "Not possible there:"),
    "sheet_overview": ("Übersicht", "Overview"),
    "sheet_findings": ("Befunde", "Findings"),
    "connection": ("Anbindung", "Connection"),
    "as_of": ("Stichtag", "As of"),
    "started": ("Begonnen", "Started"),
    "finished": ("Beendet", "Finished"),
    "result": ("Ergebnis", "Result"),
    "message": ("Meldung", "Message"),
    "finding": ("Befund", "Finding"),
    "code": ("Kennung", "Code"),
    "entity": ("Art", "Kind"),
    "external_id": ("ID", "Id"),
    "file": ("Datei", "File"),
    "row_head": ("Zeile", "Row"),
    "column": ("Spalte", "Column"),
    "detail": ("Einzelheit", "Detail"),
    "todo_head": ("Zu tun", "To do"),
    "source_made": (
        "Angelegt: {folder}. Die Quelle läuft schon, mit dem Musterexport in ihrem Ordner. Probieren Sie:",
        "Made: {folder}. The source works already, with the sample export in its folder. Try:",
    ),
    "source_next": (
        "Dann legen Sie einen Export Ihres ERP (ohne echte Personen) nach golden/export und passen mapping.toml an:"
        " docs/how-to/neue-quelle.md.",
        "Then put an export of your ERP (without real persons) into golden/export and adapt mapping.toml:"
        " docs/how-to/neue-quelle.md.",
    ),
    "xlsx_written": ("Bericht geschrieben: {file}", "Report written: {file}"),
    "forgotten": (
        "Vergessen: {entity} {external_id}. Gelöscht: {intents} gesendete Stände, {findings} Befunde. Der Datensatz bleibt"
        " als archiviert bekannt und wird nicht neu angelegt, solange das ERP ihn nicht sendet.",
        "Forgotten: {entity} {external_id}. Deleted: {intents} versions sent, {findings} findings. The record stays known"
        " as archived and is not made again unless the ERP sends it.",
    ),
    "nothing_known": (
        "Über {entity} {external_id} ist hier nichts gespeichert.",
        "Nothing is stored here about {entity} {external_id}.",
    ),
    "same_person": (
        "Dieselbe Person steht auch in: {others}. Vergessen Sie diese ebenso, wenn die ganze Person gehen soll.",
        "The same person also stands in: {others}. Have those forgotten too if the whole person is to go.",
    ),
    "snapshot_deleted": (
        "Der letzte Abzug der Quelle wurde gelöscht; der nächste Lauf holt einen neuen.",
        "The last snapshot of the source was deleted; the next run fetches a new one.",
    ),
    "source_still_has": (
        "Das ERP liefert {entity} {external_id} noch: Der nächste Lauf sendet den Datensatz wieder. Löschen Sie ihn zuerst"
        " dort.",
        "The ERP still has {entity} {external_id}: the next run sends the record again. Delete it there first.",
    ),
    "tidied": (
        "Aufgeräumt: {runs} Läufe, {findings} Befunde, {payloads} Stände archivierter Datensätze.",
        "Tidied: {runs} runs, {findings} findings, {payloads} versions of archived records.",
    ),
    "plan_title": ("Plan für {as_of}: {name}", "Plan for {as_of}: {name}"),
    "run_title": ("Lauf für {as_of}: {name}", "Run for {as_of}: {name}"),
    "report_title": (
        "Letzter Lauf: {name}, begonnen {started}, Stichtag {as_of}",
        "Last run: {name}, started {started}, as of {as_of}",
    ),
    "status": ("Ergebnis: {status}", "Result: {status}"),
    "succeeded": ("abgeschlossen", "succeeded"),
    "failed": ("fehlgeschlagen", "failed"),
    "stopped_by_fuse": ("von der Sicherung angehalten", "stopped by the fuse"),
    "interrupted": ("unterbrochen", "interrupted"),
    "planning": ("läuft oder wurde unterbrochen", "running or interrupted"),
    "pushing": ("läuft oder wurde unterbrochen", "running or interrupted"),
    "nothing_to_do": (
        "Nichts zu tun: Das Ziel ist auf dem Stand des ERP.",
        "Nothing to do: the target matches the ERP.",
    ),
    "no_change": (
        "Export und Einstellungen sind unverändert seit dem letzten Lauf.",
        "Export and settings have not changed since the last run.",
    ),
    "occupancy": ("Vermietet: {let}, leer: {vacant}", "Let: {let}, vacant: {vacant}"),
    "skipped": ("Nicht übertragen:", "Not sent:"),
    "tenant_without_email": ("Mieter ohne E-Mail-Adresse", "tenants without e-mail address"),
    "ended": ("Verträge beendet", "contracts ended"),
    "not_yet": ("Verträge beginnen erst später", "contracts that begin later"),
    "unit_without_building": ("Einheiten ohne Gebäude", "units without building"),
    "broken_reference": ("Verweise ins Leere", "broken references"),
    "invalid_date": ("unmögliche Daten", "impossible dates"),
    "conflicting_rows": ("widersprüchliche Zeilen", "conflicting rows"),
    "id_collision": ("gleiche IDs", "colliding ids"),
    "parent_held": ("hängen an Zurückgehaltenem", "depend on held records"),
    "unmapped_value": ("unbekannte Schlüssel des ERP", "unknown codes of the ERP"),
    "findings": ("Befunde: {total}", "Findings: {total}"),
    "todo": ("Zu tun: {todo}", "To do: {todo}"),
    "and_more": ("... und {count} weitere", "... and {count} more"),
    "row": ("Zeile {row}", "row {row}"),
    "changes": ("Was geschehen würde:", "What would happen:"),
    "fields": ("Felder: {fields}", "fields: {fields}"),
    "refusals": ("Vom Ziel abgelehnt:", "Refused by the target:"),
    "duration": ("Dauer: {seconds} s", "Duration: {seconds} s"),
    "fuse": (
        "SICHERUNG: {count} von {in_force} ({percent} %) würden archiviert ({entity}).",
        "FUSE: {count} of {in_force} ({percent} %) would be archived ({entity}).",
    ),
    "fuse_apply": (
        "Es wurde nichts gesendet. Prüfen Sie, ob der Export vollständig ist und ein Filter geändert wurde. Ist alles"
        " so gewollt, bestätigen Sie mit: gewerk-connect apply --confirm-fuse",
        "Nothing was sent. Check whether the export is complete and whether a filter was changed. If it is meant so,"
        " confirm with: gewerk-connect apply --confirm-fuse",
    ),
    "fuse_plan": (
        "Ein Lauf würde hier anhalten, bevor etwas gesendet wird, bis er mit apply --confirm-fuse bestätigt ist.",
        "A run would stop here before anything is sent, until it is confirmed with apply --confirm-fuse.",
    ),
    "not_posted": (
        "Der Bericht konnte Gewerk nicht übergeben werden; der nächste Lauf holt es nach.",
        "The report could not be handed to Gewerk; the next run will do it.",
    ),
    "busy": (
        "Für diese Verbindung läuft schon ein anderer Lauf. Warten Sie, bis er fertig ist.",
        "Another run of this connection is under way. Wait until it has finished.",
    ),
    "no_run": ("Für diese Verbindung gab es noch keinen Lauf.", "There was no run of this connection yet."),
    "no_target": (
        "In der Konfiguration fehlt [target]: base_url, client_id und client_secret eintragen.",
        "The configuration lacks [target]: enter base_url, client_id and client_secret.",
    ),
    "no_config": (
        "--config fehlt. Geben Sie die Konfigurationsdatei der Verbindung an, zum Beispiel --config verbindung.toml.",
        "--config is missing. Name the connection's configuration file, for example --config connection.toml.",
    ),
    "unexpected": (
        "Unerwarteter Fehler ({kind}). Einzelheiten stehen in {log}. Der nächste Lauf macht dort weiter, wo dieser"
        " aufgehört hat.",
        "Unexpected error ({kind}). Details are in {log}. The next run goes on where this one stopped.",
    ),
    "stopped_by_hand": (
        "Angehalten. Der nächste Lauf macht dort weiter, wo dieser aufgehört hat.",
        "Stopped. The next run goes on where this one stopped.",
    ),
    "cancelled_by": (
        "Abgebrochen von {by}. Was schon bestätigt ist, bleibt; den Rest sendet der nächste Lauf.",
        "Cancelled by {by}. What is confirmed stays; the next run sends the rest.",
    ),
    "unexpected_in_service": (
        "Unerwarteter Fehler ({kind}); wo, steht im Protokoll des Dienstes. Der nächste Lauf macht dort weiter, wo dieser"
        " aufgehört hat. Bleibt es dabei, geben Sie dem Betreiber diesen Text.",
        "Unexpected error ({kind}); the service's log says where. The next run goes on where this one stopped. If it stays"
        " so, give this text to the operator.",
    ),
    "renaming": ("umbenennen", "renaming"),
    "separator_plan": (
        "Vorschau: Separator „{old}“ -> „{new}“ für {name}. Neue IDs bekämen:",
        'Preview: separator "{old}" -> "{new}" for {name}. New ids would go to:',
    ),
    "separator_done": (
        "Separator „{old}“ -> „{new}“ für {name}: fertig. Neue IDs haben jetzt:",
        'Separator "{old}" -> "{new}" for {name}: done. New ids have now:',
    ),
    "separator_already": (
        "Alle IDs haben schon den Separator „{new}“. Nichts zu tun.",
        'All ids already have the separator "{new}". Nothing to do.',
    ),
    "separator_missing": (
        "{count} Datensätze hat das Ziel nicht (mehr); der nächste Lauf entscheidet über sie.",
        "The target does not have {count} records (any more); the next run decides about them.",
    ),
    "separator_taken": (
        "So geht es nicht: {count} der neuen IDs gehören im Ziel schon einem anderen Datensatz. Geben Sie diesen eine"
        " andere Nummer oder wählen Sie einen anderen Separator.",
        "This cannot be done: {count} of the new ids already belong to another record in the target. Give those another"
        " number or choose another separator.",
    ),
    "separator_confirm": (
        "Es wurde nichts geändert. Die Datensätze selbst bleiben dieselben, es entstehen keine Dubletten. Ausführen:"
        " {command}",
        "Nothing was changed. The records themselves stay the same, nothing is doubled. To carry it out: {command}",
    ),
    "separator_configure": (
        'Tragen Sie jetzt in der Konfiguration separator = "{new}" ein; vorher laufen plan und apply nicht.',
        'Now put separator = "{new}" into the configuration; plan and apply do not run before that.',
    ),
    "usage": ("Aufruf: {message}", "Usage: {message}"),
    "help_hint": ("Hilfe: {command} --help", "Help: {command} --help"),
    "reading_target": ("Bestand im Ziel lesen", "Reading the stock of the target"),
    "fetching_source": ("Aus dem ERP holen", "Fetching from the ERP"),
    "reading_source": ("Export lesen", "Reading the export"),
    "sending": ("senden", "sending"),
    "comparing": ("Vergleichen", "Comparing"),
    "source_ok": ("Quelle lesbar: {name}", "Source readable: {name}"),
    "source_rows": ("Gelesene Zeilen:", "Rows read:"),
    "rows_of_clients": ("Mandanten", "clients"),
    "rows_of_economic_entities": ("Wirtschaftseinheiten", "economic entities"),
    "rows_of_buildings": ("Gebäude", "buildings"),
    "rows_of_units": ("Einheiten", "units"),
    "rows_of_contracts": ("Verträge", "contracts"),
    "rows_of_contract_units": ("Einheiten der Verträge", "units of contracts"),
    "rows_of_contract_parties": ("Partner der Verträge", "parties of contracts"),
    "rows_of_parties": ("Personen und Firmen", "people and companies"),
    "safe_separators": ("Sichere Separatoren: {separators}", "Safe separators: {separators}"),
    "would_send": ("Würde übertragen:", "Would be sent:"),
    "source_moved": (
        "Der Export hat sich seit dem letzten Lauf geändert; 1 bis 4 zeigen, was heute darin steht.",
        "The export has changed since the last run; 1 to 4 show what it says today.",
    ),
    "explain_erp": ("1. Was das ERP sagt", "1. What the ERP says"),
    "explain_rules": ("2. Wie daraus Werte werden", "2. How values are made of it"),
    "explain_verdict": ("3. Urteil", "3. Verdict"),
    "explain_payload": ("4. Was gesendet werden soll", "4. What is to be sent"),
    "explain_diff": ("5. Vergleich mit dem zuletzt Bestätigten", "5. Compared with what was last confirmed"),
    "explain_sent": ("6. Zuletzt gesendet", "6. Sent last"),
    "explain_answer": ("7. Antwort des Ziels", "7. The target's answer"),
    "nothing_sent": ("noch nichts gesendet", "nothing sent yet"),
    "no_answer": ("noch keine Antwort", "no answer yet"),
    "not_in_source": ("nicht in der Quelle", "not in the source"),
    "not_confirmed": ("noch nichts bestätigt", "nothing confirmed yet"),
    "same_as_confirmed": ("gleich", "the same"),
    "differs": ("verschieden: {fields}", "different: {fields}"),
    "unknown_record": (
        "{entity} {external_id} kennt weder die Quelle noch der letzte Lauf. Prüfen Sie Schreibweise und Separator.",
        "Neither the source nor the last run knows {entity} {external_id}. Check spelling and separator.",
    ),
    "unknown_field": (
        "Das Feld {field} gibt es hier nicht. Möglich sind: {fields}.",
        "There is no field {field} here. Possible are: {fields}.",
    ),
    "run_of": ("Lauf {run} ({action})", "run {run} ({action})"),
    "state_of": ("Zustand im Konnektor: {state}", "state in the connector: {state}"),
    "verdict_send": ("wird übertragen", "is sent"),
    "verdict_left_out": ("wird nicht übertragen ({reason})", "is not sent ({reason})"),
    "verdict_held": ("wird zurückgehalten ({reason})", "is held ({reason})"),
    "adopt": ("übernommen", "adopted"),
}


def say(language: str, name: str, /, **values: object) -> str:
    """The text ``name`` in a language; German where it is none of ours."""
    german, english = _WORDS[name]
    return (english if language == "en" else german).format(**values)


def table(language: str, name: str) -> str:
    """What people call a table of the canonical model (``contract_units``); a source's own list keeps its name."""
    known = f"rows_of_{name}"
    return say(language, known) if known in _WORDS else name


def language_from(environment: Mapping[str, str] = os.environ) -> str:
    """``en`` when the environment asks for English, else German."""
    for name in ("GEWERK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "de"
    return "de"
