"""What can go wrong with an ERP's interface, in a clerk's words, and whether waiting helps."""

from gewerk_connect.canonical.refusals import SourceError
from gewerk_connect.patience import Again

_BROKEN_TRIES = 8
"""How often an answer that makes no sense is asked for again."""
_UNSTEADY_TRIES = 5
"""How often a list that does not add up is read again from its beginning."""


class ErpError(SourceError):
    """The interface could not be used. It is raised to the outside only when waiting did not help.

    ``again``: the same request may do better; ``anew``: the list may, when it is read from its beginning.
    """

    def __init__(
        self, code: str, resource: str, de: str, en: str, *, again: Again | None = None, anew: Again | None = None
    ) -> None:
        super().__init__(code, de, en)
        self.resource = resource
        self.again = again
        self.anew = anew

    def message(self, language: str = "de") -> str:
        place = f"{'List' if language == 'en' else 'Liste'} {self.resource}: " if self.resource else ""
        return place + (self.en if language == "en" else self.de)


_NOTHING_SENT = "Es wurde nichts übertragen, der nächste Lauf versucht es von selbst wieder."
_NOTHING_SENT_EN = "Nothing was sent; the next run tries again by itself."


def unreachable(resource: str, host: str, why: str) -> ErpError:
    return ErpError(
        "erp_unreachable",
        resource,
        f"Das ERP unter {host} antwortet nicht ({why}): Der Server ist aus, das Netz gestört oder die Adresse falsch. "
        f"{_NOTHING_SENT} Bleibt es dabei, prüfen Sie [source] url und fragen Sie den Betreuer des ERP.",
        f"The ERP at {host} does not answer ({why}): the server is off, the network is disturbed or the address is wrong. "
        f"{_NOTHING_SENT_EN} If it stays like this, check [source] url and ask whoever runs the ERP.",
        again=Again(),
    )


def broke_off(resource: str, why: str) -> ErpError:
    return ErpError(
        "erp_broke_off",
        resource,
        f"Die Verbindung zum ERP brach mitten in der Antwort ab ({why}). {_NOTHING_SENT} "
        "Bleibt es dabei, verkleinern Sie page_size in [source] oder fragen Sie den Betreuer des ERP.",
        f"The connection to the ERP broke off in the middle of the answer ({why}). {_NOTHING_SENT_EN} "
        "If it stays like this, lower page_size in [source] or ask whoever runs the ERP.",
        again=Again(),
    )


def certificate(host: str, why: str) -> ErpError:
    return ErpError(
        "erp_certificate",
        "",
        f"Das Zertifikat von {host} ist nicht vertrauenswürdig ({why}). Es wurde nichts gelesen. Hat das ERP ein "
        "Zertifikat aus dem eigenen Haus, nennen Sie dessen Zertifizierungsstelle in [source] ca_file.",
        f"The certificate of {host} is not to be trusted ({why}). Nothing was read. If the ERP has a certificate of "
        "your own house, name its authority in [source] ca_file.",
    )


def busy(resource: str, retry_after: float | None) -> ErpError:
    return ErpError(
        "erp_busy",
        resource,
        f"Das ERP weist Abfragen ab, weil es zu viele sind (429). {_NOTHING_SENT} "
        "Senken Sie requests_per_second oder parallel_requests in [source], oder legen Sie den Lauf auf eine ruhige Zeit.",
        f"The ERP turns requests away because they are too many (429). {_NOTHING_SENT_EN} "
        "Lower requests_per_second or parallel_requests in [source], or move the run to a quiet time.",
        again=Again(retry_after),
    )


def faulty(resource: str, status: int, retry_after: float | None) -> ErpError:
    return ErpError(
        "erp_fault",
        resource,
        f"Das ERP meldet einen eigenen Fehler ({status}) und hat sich nicht erholt. {_NOTHING_SENT} "
        "Bleibt es dabei, fragen Sie den Betreuer des ERP.",
        f"The ERP reports a fault of its own ({status}) and did not recover. {_NOTHING_SENT_EN} "
        "If it stays like this, ask whoever runs the ERP.",
        again=Again(retry_after),
    )


def broken(resource: str) -> ErpError:
    return ErpError(
        "erp_answer_broken",
        resource,
        f"Das ERP schickt eine unvollständige Antwort (kein ganzes JSON), auch nach mehreren Versuchen. {_NOTHING_SENT} "
        "Bleibt es dabei, verkleinern Sie page_size in [source] oder fragen Sie den Betreuer des ERP.",
        f"The ERP sends an incomplete answer (no whole JSON), also after several tries. {_NOTHING_SENT_EN} "
        "If it stays like this, lower page_size in [source] or ask whoever runs the ERP.",
        again=Again(tries=_BROKEN_TRIES),
    )


def web_page(resource: str) -> ErpError:
    return ErpError(
        "erp_web_page",
        resource,
        "Statt Daten kommt eine Webseite, meist eine Anmeldeseite oder ein Hinweis eines Proxys, auch nach mehreren "
        "Versuchen. Es wurde nichts übertragen. Prüfen Sie [source] url und ob der Zugang zur Schnittstelle freigeschaltet ist.",
        "Instead of data a web page comes, mostly a login page or a notice of a proxy, also after several tries. "
        "Nothing was sent. Check [source] url and whether access to the interface has been granted.",
        again=Again(tries=_BROKEN_TRIES),
    )


def wrong_form(resource: str, wanted: str) -> ErpError:
    return ErpError(
        "erp_answer_form",
        resource,
        f"Die Antwort hat nicht die erwartete Form ({wanted}), auch nach mehreren Versuchen. Es wurde nichts übertragen. "
        "Wurde das ERP aktualisiert, passen Sie die Zuordnung an ([http] in der Zuordnungsdatei).",
        f"The answer has not the form expected ({wanted}), also after several tries. Nothing was sent. "
        "If the ERP was updated, adapt the mapping ([http] in the mapping file).",
        again=Again(tries=_BROKEN_TRIES),
    )


def credentials(resource: str, entries: str, *, renewed: bool = False) -> ErpError:
    """``renewed``: a login that has just been made was not taken, which may be an accident of the moment: an ERP that
    ends all its tokens does so to the lists fetched beside this one too, and to each new login among them.
    """
    return ErpError(
        "erp_credentials",
        resource,
        f"Das ERP lehnt die Anmeldung ab (401). Es wurde nichts übertragen. Prüfen Sie {entries} in [source]; wurde der "
        "Zugang erneuert, tragen Sie den neuen ein.",
        f"The ERP refuses the login (401). Nothing was sent. Check {entries} in [source]; if the access was renewed, "
        "enter the new one.",
        again=Again(tries=_BROKEN_TRIES) if renewed else None,
    )


def forbidden(resource: str) -> ErpError:
    return ErpError(
        "erp_forbidden",
        resource,
        "Das ERP erlaubt dem Zugang diese Liste nicht (403). Es wurde nichts übertragen. Lassen Sie den Zugang im ERP "
        "zum Lesen dieser Liste berechtigen.",
        "The ERP does not allow this access to read the list (403). Nothing was sent. Have the access granted the right "
        "to read this list in the ERP.",
    )


def not_found(resource: str, path: str) -> ErpError:
    return ErpError(
        "erp_not_found",
        resource,
        f"Unter dieser Adresse gibt es die Liste nicht (404, {path}). Es wurde nichts übertragen. Prüfen Sie [source] url "
        "und den Namen der Liste in der Zuordnung.",
        f"There is no such list at this address (404, {path}). Nothing was sent. Check [source] url and the list's name "
        "in the mapping.",
    )


def refused(resource: str, status: int) -> ErpError:
    return ErpError(
        "erp_refused",
        resource,
        f"Das ERP lehnt die Abfrage ab ({status}). Es wurde nichts übertragen. Prüfen Sie die Zuordnung ([http] und "
        "[resources]) gegen die Beschreibung der Schnittstelle.",
        f"The ERP refuses the request ({status}). Nothing was sent. Check the mapping ([http] and [resources]) against "
        "the interface's description.",
    )


def elsewhere(resource: str, status: int) -> ErpError:
    return ErpError(
        "erp_elsewhere",
        resource,
        f"Das ERP verweist auf eine andere Adresse ({status}). Ihr folgt der Konnektor nicht, damit kein Kennwort an "
        "Fremde geht. Tragen Sie die endgültige Adresse in [source] url ein.",
        f"The ERP points to another address ({status}). The connector does not follow, so that no password goes to "
        "strangers. Enter the final address in [source] url.",
    )


def next_page_elsewhere(resource: str) -> ErpError:
    return ErpError(
        "erp_next_page_elsewhere",
        resource,
        "Die nächste Seite läge auf einem anderen Rechner. Dorthin schickt der Konnektor keine Anmeldung. "
        "Es wurde nichts übertragen. Fragen Sie den Betreuer des ERP nach der richtigen Adresse.",
        "The next page would lie on another host. The connector sends no login there. Nothing was sent. "
        "Ask whoever runs the ERP for the right address.",
    )


def short(resource: str, announced: int, come: int) -> ErpError:
    return ErpError(
        "erp_list_short",
        resource,
        f"Das ERP nennt {announced} Sätze und liefert {come}, auch nach mehreren Versuchen. Eine unvollständige Liste "
        f"wird nie übernommen. {_NOTHING_SENT} Bleibt es dabei, fragen Sie den Betreuer des ERP.",
        f"The ERP announces {announced} records and delivers {come}, also after several tries. An incomplete list is "
        f"never taken over. {_NOTHING_SENT_EN} If it stays like this, ask whoever runs the ERP.",
        anew=Again(tries=_UNSTEADY_TRIES),
    )


def moving(resource: str) -> ErpError:
    return ErpError(
        "erp_list_moving",
        resource,
        "Die Liste ändert sich, während sie gelesen wird (andere Reihenfolge oder Zahl der Sätze von Seite zu Seite), auch "
        f"nach mehreren Versuchen. {_NOTHING_SENT} Legen Sie den Lauf auf eine Zeit, in der im ERP niemand arbeitet.",
        "The list changes while it is read (another order or number of records from page to page), also after several "
        f"tries. {_NOTHING_SENT_EN} Move the run to a time when nobody works in the ERP.",
        anew=Again(tries=_UNSTEADY_TRIES),
    )


def empty(resource: str, before: int | None, *, allowed: bool) -> ErpError:
    """``before``: records it held last time; ``allowed``: the setting may let it be empty."""
    was = f" Beim letzten Mal waren es {before} Sätze." if before else ""
    was_en = f" Last time it held {before} records." if before else ""
    hint = (
        f' Ist die Liste wirklich leer, tragen Sie in [source] ein: empty_allowed = ["{resource}"].' if allowed else ""
    )
    hint_en = f' If the list is empty indeed, put into [source]: empty_allowed = ["{resource}"].' if allowed else ""
    return ErpError(
        "erp_list_empty",
        resource,
        f"Die Liste ist leer, auch nach mehreren Versuchen.{was} Sie wird nicht übernommen, sonst würde archiviert, was es "
        f"noch gibt. Es wurde nichts übertragen. Prüfen Sie die Rechte des Zugangs im ERP.{hint}",
        f"The list is empty, also after several tries.{was_en} It is not taken over, or what still exists would be "
        f"archived. Nothing was sent. Check the rights of the access in the ERP.{hint_en}",
        anew=Again(tries=_UNSTEADY_TRIES),
    )
