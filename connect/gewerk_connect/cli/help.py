"""Help texts of commands and options: German, English."""

HELP: dict[str, tuple[str, str]] = {
    "app": (
        "Bringt Stammdaten aus dem ERP nach Gewerk. Endet mit 0 (fertig), 1 (Befunde, mit --strict), 2 (Aufruf oder"
        " Konfiguration), 3 (Quelle unbrauchbar), 4 (Gewerk unbrauchbar), 5 (von der Sicherung angehalten).",
        "Brings master data from the ERP into Gewerk. Ends with 0 (done), 1 (findings, with --strict), 2 (usage or"
        " configuration), 3 (source unusable), 4 (target unusable), 5 (stopped by the fuse).",
    ),
    "check-source": (
        "Liest den Export ganz, prüft ihn und zeigt, was übertragen würde. Sendet nichts.",
        "Reads the whole export, checks it and shows what would be sent. Sends nothing.",
    ),
    "plan": (
        "Zeigt, was ein Lauf tun würde. Ändert nichts.",
        "Shows what a run would do. Changes nothing.",
    ),
    "apply": (
        "Führt einen Lauf aus. Darf jederzeit abgebrochen werden: Der nächste macht weiter.",
        "Carries out a run. May be stopped at any time: the next one goes on.",
    ),
    "explain": (
        "Zeigt den Weg eines Datensatzes oder Feldes: ERP, Regel, gesendeter Wert, Antwort. Zeigt auch Personendaten.",
        "Shows the way of a record or field: ERP, rule, value sent, answer. Shows personal data too.",
    ),
    "report": ("Zeigt den Bericht des letzten Laufs.", "Shows the report of the last run."),
    "change-separator": (
        "Migration auf einen anderen Separator: gibt allen übertragenen Datensätzen die neuen IDs, ohne Dubletten. Zeigt ohne"
        " --yes nur die Vorschau.",
        "Migration to another separator: gives all records sent their new ids, without doubles. Without --yes shows only"
        " the preview.",
    ),
    "to": ("Der neue Separator.", "The new separator."),
    "yes": (
        "Führt die Änderung aus. Darf jederzeit abgebrochen werden: Derselbe Befehl vollendet sie.",
        "Carries out the change. May be stopped at any time: the same command completes it.",
    ),
    "connection": (
        "Anbindung des Dienstes; --config nennt dann die Konfiguration des Dienstes.",
        "A connection of the service; --config then names the service's configuration.",
    ),
    "serve": (
        "Startet den Dienst: Seiten zum Einrichten, Zeitplan und Läufe.",
        "Starts the service: pages to set it up, schedule and runs.",
    ),
    "worker": (
        "Führt Läufe des Dienstes aus, auch solche, die auf anderen Rechnern begonnen wurden. Mit PostgreSQL beliebig viele.",
        "Carries out runs of the service, also those begun on other machines. With PostgreSQL as many as you like.",
    ),
    "service_config": (
        "Konfiguration des Dienstes (TOML); jede Angabe auch als Umgebungsvariable GEWERK_CONNECT_*.",
        "The service's configuration (TOML); each entry also as environment variable GEWERK_CONNECT_*.",
    ),
    "sources": ("Nennt die ERP-Systeme, die gelesen werden können.", "Lists the ERPs that can be read."),
    "new-source": (
        "Legt den Ordner einer neuen Quelle an: Manifest, Zuordnung, Prüfliste, Musterexport und Test. Er läuft sofort und wird"
        " dann an das ERP angepasst.",
        "Makes the folder of a new source: manifest, mapping, checklist, sample export and test. It works at once and is then"
        " adapted to the ERP.",
    ),
    "new_source_kind": (
        "Kurzer Name der Quelle, zum Beispiel immo-blick; so heißt sie in [source] kind.",
        "The source's short name, e.g. immo-blick; [source] kind calls it so.",
    ),
    "new_source_name": ("Name des ERP, zum Beispiel Immo Blick.", "The ERP's name, e.g. Immo Blick."),
    "new_source_into": (
        "Ordner, in dem der neue Ordner entsteht; sonst der aktuelle.",
        "Folder in which the new folder is made; else the current one.",
    ),
    "xlsx": (
        "Schreibt den Bericht als XLSX-Datei: Zahlen und jeder Befund, ohne Personendaten.",
        "Writes the report as an XLSX file: counts and every finding, without personal data.",
    ),
    "forget": (
        "Löscht, was über eine Person gespeichert ist: gesendete Stände, Antworten, Befunde, den letzten Abzug der Quelle."
        " Erst, wenn ein Lauf sie archiviert hat.",
        "Deletes what is stored about a person: versions sent, answers, findings, the last snapshot of the source. Only"
        " after a run has archived them.",
    ),
    "tidy": (
        "Löscht, was länger gespeichert ist, als [retention] es will. Stört keinen Lauf.",
        "Deletes what has been stored for longer than [retention] wants. Disturbs no run.",
    ),
    "targets": (
        "Nennt die Ziele, in die übertragen werden kann, und was über sie bekannt ist.",
        "Lists the targets that records can go to, and what is known about them.",
    ),
    "config": ("Konfiguration der Verbindung (TOML).", "The connection's configuration (TOML)."),
    "file": ("DATEI", "FILE"),
    "day": ("JJJJ-MM-TT", "YYYY-MM-DD"),
    "as_of": (
        "Stichtag, für den die Regeln gelten; sonst heute (bei explain der des letzten Laufs).",
        "Day for which the rules hold; else today (for explain that of the last run).",
    ),
    "bad_day": ("Kein Datum. Schreiben Sie es so: 2026-11-22.", "No date. Write it like this: 2026-11-22."),
    "json": ("Gibt ein JSON-Objekt aus statt Text.", "Prints one JSON object instead of text."),
    "strict": ("Endet mit 1, wenn es Befunde gibt.", "Ends with 1 when there are findings."),
    "offline": (
        "Fragt Gewerk nicht nach seinem Bestand, sondern nimmt, was zuletzt bestätigt wurde.",
        "Does not ask Gewerk for its stock but takes what was last confirmed.",
    ),
    "whole": (
        "Vergleicht mit dem ganzen Bestand in Gewerk, etwa nach dessen Wiederherstellung aus einer Sicherung.",
        "Compares with the whole stock in Gewerk, for instance after it was restored from a backup.",
    ),
    "lang": ("Sprache der Ausgabe.", "Language of the output."),
    "examples": ("So viele Änderungen je Art beim Namen nennen.", "Name this many changes of each kind."),
    "confirm_fuse": (
        "Bestätigt, dass so viele Datensätze archiviert werden sollen, wie die Sicherung gemeldet hat.",
        "Confirms that as many records are to be archived as the fuse reported.",
    ),
    "entity": ("Art des Datensatzes.", "Kind of the record."),
    "external_id": (
        "ID, wie sie in Gewerk steht, zum Beispiel 1-601404-15023.",
        "Id as in Gewerk, e.g. 1-601404-15023.",
    ),
    "field": (
        "Nur dieses Feld, zum Beispiel email oder address.street.",
        "Only this field, e.g. email or address.street.",
    ),
    "field_name": ("FELD", "FIELD"),
    "simulate": (
        "Startet ein simuliertes ERP, das einen Export in jedem Dialekt ausliefert, auf Wunsch mit Fehlern. Zum"
        " Ausprobieren und Testen; schreibt zuerst »ready http://...« und läuft bis Strg-C.",
        "Starts a simulated ERP that serves an export in every dialect, with faults if wanted. For trials and tests;"
        ' first prints "ready http://..." and runs until Ctrl-C.',
    ),
    "simulate_data": (
        "Export von Wodis Sigma oder UTS KARTHAGO (Ordner) oder SAP (XLSX-Datei).",
        "Export of Wodis Sigma or UTS KARTHAGO (folder) or SAP (XLSX file).",
    ),
    "path": ("ORT", "PATH"),
    "simulate_host": ("Adresse, auf der gehört wird.", "Address to listen on."),
    "simulate_port": ("Port; 0 nimmt einen freien.", "Port; 0 takes a free one."),
    "simulate_rate": (
        "Anteil fehlerhafter Antworten, zum Beispiel 0.2.",
        "Share of faulty answers, e.g. 0.2.",
    ),
    "simulate_seed": (
        "Gleiche Zahl, gleiche Fehler.",
        "Same number, same faults.",
    ),
    "dialects": (
        "Nur diese Dialekte, zum Beispiel wodis-sigma,relion-one; sonst alle.",
        "Only these dialects, e.g. wodis-sigma,relion-one; else all.",
    ),
}
