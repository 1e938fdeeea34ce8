"""The walk of a housing company over HTTP: three steps, plan, start, runs, fuse, rotation, production. The engine works for real."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from exports_here import EXPORTS
from gewerk_connect.service.connections import Connections
from gewerk_connect.service.history import History
from gewerk_connect.service.limits import Limits
from gewerk_connect.service.looks import Looks
from service_doors import Doors, Visitor, activate, looked, now, opened, settings_form, wait_for
from standin import StandIn


@pytest.fixture
def working(tmp_path: Path) -> Iterator[Doors]:
    """An installation whose engine works."""
    with opened(tmp_path, engine=Limits(poll_seconds=0.05, drain_seconds=5)) as found:
        found.house.engine.start()  # type: ignore[attr-defined]
        yield found


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A copy of the sample that a test may change."""
    copied = tmp_path / "export"
    shutil.copytree(EXPORTS / "sigma", copied)
    return copied


def runs_ended(doors: Doors, connection_id: str, count: int) -> None:
    row = Connections(doors.service).get(connection_id)

    def ended() -> bool:
        total, runs = History(doors.service).runs(row)
        return total >= count and not any(run.under_way for run in runs) and doors.house.engine.progress(row.id) is None

    wait_for(ended)


def first_plan(visitor: Visitor, made: str) -> None:
    visitor.get(f"/connections/{made}/finish")
    looked(visitor, f"/connections/{made}/plan/progress")


def start(doors: Doors, visitor: Visitor, api: StandIn, export: Path, account: str = "test") -> str:
    """A connection in operation whose first run has ended."""
    made = activate(visitor, api, export)
    first_plan(visitor, made)
    visitor.post(f"/connections/{made}/start", account=account)
    runs_ended(doors, made, 1)
    return made


def test_three_steps_lead_from_nothing_to_a_full_account(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor(zone="Europe/Vienna")
    made = start(working, visitor, api, export)
    assert {name: len(of) for name, of in api.records.items() if of} == {
        "property": 40,
        "unit": 547,
        "landlord": 155,
        "tenant": len(api.records["tenant"]),
    }
    visitor.get(f"/connections/{made}")
    for said in ("Letzter Lauf", "Nächster Lauf", "Testbetrieb", "Abnahme", "Mieter ohne gültige E-Mail-Adresse"):
        assert said in visitor.text
    row = Connections(working.service).get(made)
    assert row.schedule["zone"] == "Europe/Vienna"
    assert row.next_run_at is not None
    assert row.next_run_at > now()


def test_the_platform_hears_where_the_connections_page_lies(working: Doors, api: StandIn, export: Path) -> None:
    made = start(working, working.visitor(), api, export)
    [run] = History(working.service).runs(Connections(working.service).get(made))[1]
    visitor = working.visitor()
    visitor.get(f"/connections/{made}/runs/{run.external_id}")
    assert "Bericht an Gewerk übergeben" in visitor.text
    [integration] = api.integrations.values()
    assert integration["connector_url"] == f"{working.service.configuration.base_url}/connections/{made}"
    assert integration["external_id"] == made


def test_a_wrong_secret_is_said_at_once_and_nothing_is_lost(working: Doors, api: StandIn) -> None:
    visitor = working.visitor()
    visitor.post("/targets/gewerk/activate")
    at = visitor.path
    visitor.post(f"{at}/target", 422, base_url=api.url, client_id="key-1", client_secret="wr0ng")
    assert "nimmt die Zugangsdaten nicht" in visitor.text
    assert "[target]" not in visitor.text
    assert f'value="{api.url}"' in visitor.page
    assert "wr0ng" not in visitor.page
    visitor.post(f"{at}/target", 422, base_url=api.url, client_id="", client_secret="")
    assert "Client-ID fehlt" in visitor.text
    visitor.post(f"{at}/target", base_url=api.url, client_id="key-1", client_secret=api.secret)
    assert "hat die Zugangsdaten angenommen" in visitor.text
    assert api.secret not in visitor.page
    assert api.records["property"] == {}


def test_an_address_that_is_no_gewerk_is_said(working: Doors, api: StandIn) -> None:
    visitor = working.visitor()
    visitor.post("/targets/gewerk/activate")
    visitor.post(f"{visitor.path}/target", 422, base_url="http://127.0.0.1:1", client_id="a", client_secret="b")
    assert "nicht erreichbar" in visitor.text


def test_an_export_that_cannot_be_read_is_said_with_its_place(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    visitor.post("/targets/gewerk/activate")
    at = visitor.path
    (export / "objekte.csv").unlink()
    visitor.post(f"{at}/source", kind="wodis-sigma", access="folder", path=str(export))
    assert "lässt sich so nicht lesen" in visitor.text
    assert "objekte.csv" in visitor.text
    shutil.copy(EXPORTS / "sigma" / "objekte.csv", export)
    visitor.post(f"{at}/source", kind="wodis-sigma", access="folder", path=str(export))
    assert "3 Mandanten, 40 Objekte, 547 Einheiten" in visitor.text


@pytest.mark.parametrize("path", ["/etc", "/etc/passwd", "{export}/../../../../../../etc", "", "relative/../../.."])
def test_no_folder_outside_the_roots_is_read(working: Doors, export: Path, path: str) -> None:
    visitor = working.visitor()
    visitor.post("/targets/gewerk/activate")
    named = path.format(export=export)
    visitor.post(f"{visitor.path}/source", 422, kind="wodis-sigma", access="folder", path=named)
    assert 'id="path_error"' in visitor.page or 'class="errors"' in visitor.page


def test_a_set_up_that_was_left_goes_on_where_it_was(working: Doors, api: StandIn) -> None:
    visitor = working.visitor()
    visitor.post("/targets/gewerk/activate")
    made = visitor.path.split("/")[2]
    visitor.post(f"{visitor.path}/target", base_url=api.url, client_id=api.client_id, client_secret=api.secret)
    again = working.visitor()
    again.get(f"/connections/{made}")
    assert again.path.endswith("/login")
    assert api.url in again.page
    made = activate(again, api)
    again.post(f"/connections/{made}/settings/draft", **settings_form(separator="_", lead_days="90", clients="7"))
    assert "Entwurf gespeichert" in again.text
    third = working.visitor()
    third.get(f"/connections/{made}/settings")
    assert 'value="90"' in third.page
    assert 'value="_" checked' in third.page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"separator": ""}, "Wählen Sie einen Separator"),
        ({"separator": "+"}, "Wählen Sie einen Separator"),
        ({"lead_days": "viele"}, "ganze Zahl von 0 bis 3660"),
        ({"lead_days": "99999"}, "ganze Zahl von 0 bis 3660"),
        ({"fuse_percent": "101"}, "Zahl von 0 bis 100"),
        ({"fuse_percent": "nan"}, "Zahl von 0 bis 100"),
        ({"country": "Deutschland"}, "Zwei Großbuchstaben"),
        ({"clients": "4711"}, "kennt Ihr ERP nicht"),
        ({"objects": "9" * 65}, "höchstens 64 Zeichen"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_stays_typed(
    working: Doors, api: StandIn, wrong: dict[str, str], said: str
) -> None:
    visitor = working.visitor()
    made = activate(visitor, api)
    before = Connections(working.service).get(made)
    visitor.post(f"/connections/{made}/settings", 422, **settings_form(separator="-") | wrong)
    assert said in visitor.text
    [(name, typed)] = wrong.items()
    assert f'id="{name}_error"' in visitor.page
    assert f'href="#{name}"' in visitor.page
    if typed and name != "separator":
        assert typed in visitor.page
    after = Connections(working.service).get(made)
    assert (after.document, after.version) == (before.document, before.version)


def test_numbers_may_be_written_without_their_zeros_and_are_asked_where_both_exist(
    working: Doors, api: StandIn, export: Path
) -> None:
    visitor = working.visitor()
    made = activate(visitor, api, EXPORTS / "sap" / "stammdaten.xlsx", "sap-blue-eagle")
    visitor.post(f"/connections/{made}/settings", **settings_form(separator="-", clients="1, 0002"))
    saved = Connections(working.service).get(made).document["settings"]
    assert (saved["clients"], saved["exact_numbers"]) == (["0001", "0002"], False)

    with (export / "mandanten.csv").open("a", encoding="cp1252") as file:
        file.write("0001;Altbestand\r\n")
    with (export / "objekte.csv").open("a", encoding="cp1252") as file:
        line = (EXPORTS / "sigma" / "objekte.csv").read_text("cp1252").splitlines()[1]
        file.write("000" + line + "\r\n")
    both = activate(visitor, api, export)
    at = f"/connections/{both}/settings"
    visitor.post(at, 422, **settings_form(separator="-", clients="1"))
    assert "in mehreren Schreibweisen" in visitor.text
    assert 'name="clients_meant_1" value="0001"' in visitor.page
    visitor.post(at, **settings_form(separator="-", clients="1", clients_meant_1=["0001"]))
    saved = Connections(working.service).get(both).document["settings"]
    assert (saved["clients"], saved["exact_numbers"]) == (["0001"], True)


def test_a_number_that_is_still_to_come_may_be_kept(working: Doors, api: StandIn) -> None:
    visitor = working.visitor()
    made = activate(visitor, api)
    form = settings_form(separator="-", clients="1\n4711")
    visitor.post(f"/connections/{made}/settings", 422, **form)
    visitor.post(f"/connections/{made}/settings", **form, clients_unknown="yes")
    assert Connections(working.service).get(made).document["settings"]["clients"] == ["1", "4711"]


def test_two_who_save_at_once_lose_nothing(working: Doors, api: StandIn, export: Path) -> None:
    tim, sabine = working.visitor(), working.visitor()
    made = start(working, tim, api, export)
    at = f"/connections/{made}/settings"
    version = Connections(working.service).get(made).version
    tim.get(at)
    sabine.get(at)
    tim.post(at, **settings_form(separator="-", lead_days="30", version=version))
    sabine.post(at, 409, **settings_form(separator="-", grace_days="5", version=version))
    assert "Inzwischen hat jemand anders gespeichert" in sabine.text
    assert "Vorlauf in Tagen" in sabine.text
    assert 'id="grace_days" name="grace_days" type="text" value="5"' in sabine.page
    sabine.post(at, **settings_form(separator="-", grace_days="5", lead_days="30", version=version + 1))
    saved = Connections(working.service).get(made).document["settings"]
    assert (saved["lead_days"], saved["grace_days"]) == (30, 5)


def test_what_was_typed_and_not_saved_is_said_and_can_be_dropped(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    made = start(working, visitor, api, export)
    at = f"/connections/{made}/settings"
    visitor.get(at)
    assert "nicht gespeichert hat" not in visitor.text
    visitor.post(f"{at}/draft", **settings_form(separator="-"))
    visitor.get(at)
    assert "nicht gespeichert hat" not in visitor.text
    visitor.post(at, 422, **settings_form(separator="-", lead_days="viele"))
    visitor.get(at)
    assert "nicht gespeichert hat" in visitor.text
    assert 'value="viele"' in visitor.page
    visitor.post(at, action="discard")
    assert "nicht gespeichert hat" not in visitor.text
    assert 'value="viele"' not in visitor.page


def test_the_separator_stands_after_the_first_run_and_the_page_says_how(
    working: Doors, api: StandIn, export: Path
) -> None:
    visitor = working.visitor()
    made = start(working, visitor, api, export)
    visitor.get(f"/connections/{made}/settings")
    assert "steht seit dem ersten Lauf fest" in visitor.text
    visitor.post(f"/connections/{made}/settings", **settings_form(separator="_"))
    assert Connections(working.service).get(made).document["settings"]["separator"] == "-"
    visitor.get(f"/connections/{made}/separator?to=_")
    assert f"--connection {made} --to _ --yes" in visitor.text


def test_the_plan_names_every_change(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    made = start(working, visitor, api, export)
    file = export / "objekte.csv"
    file.write_text(file.read_text("cp1252").replace(";2005;", ";2004;", 1), "cp1252")
    visitor.post(f"/connections/{made}/plan")
    looked(visitor, f"/connections/{made}/plan/progress")
    visitor.get(f"/connections/{made}/plan")
    assert "Baujahr" in visitor.text
    assert "2005 → 2004" in visitor.text
    assert "im ERP geändert" in visitor.text
    visitor.get(f"/connections/{made}/plan?action=archive")
    assert "Dazu passt keine Änderung" in visitor.text
    assert api.runs != {}
    assert len(api.runs) == 1


def test_a_plan_is_paged_filtered_and_searched(working: Doors, api: StandIn) -> None:
    visitor = working.visitor()
    made = activate(visitor, api)
    at = f"/connections/{made}/finish"
    first_plan(visitor, made)
    visitor.get(at)
    assert "Zeile 1 bis 50 von 1.1" in visitor.text
    visitor.get(f"{at}?entity=property&page=1")
    assert "Zeile 1 bis 40 von 40" in visitor.text
    visitor.get(f"{at}?q=1-9-66-2")
    assert "1-9-66-2" in visitor.text
    visitor.get(f"{at}?q=%25")
    assert "Dazu passt keine Änderung" in visitor.text


def test_the_fuse_is_confirmed_by_name_and_stands_in_the_story(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    made = start(working, visitor, api, export)
    keep = (export / "vertragspartner.csv").read_text("cp1252").splitlines(keepends=True)
    owners = [line for line in keep if ";Eigentümer;" not in line and ";Miteigentümer;" not in line]
    (export / "vertragspartner.csv").write_text("".join(owners), "cp1252")
    visitor.post(f"/connections/{made}/run")
    runs_ended(working, made, 2)
    visitor.get(f"/connections/{made}")
    assert "Die Sicherung hält an" in visitor.text
    in_force = sum(record.get("archived_at") is None for record in api.records["landlord"].values())
    assert in_force == 155
    assert "Eigentümer: 155 von 155 (100,0 %) würden archiviert" in visitor.text
    visitor.post(f"/connections/{made}/fuse", 422, name="")
    assert "Geben Sie Ihren Namen ein" in visitor.text
    visitor.post(f"/connections/{made}/fuse", name="Sabine Krüger")
    runs_ended(working, made, 3)
    [confirmed] = [one for one in Connections(working.service).story(made) if one.event == "fuse_confirmed"]
    assert confirmed.by == "Sabine Krüger"
    assert all(record.get("archived_at") for record in api.records["landlord"].values())
    visitor.get(f"/connections/{made}")
    assert "Sicherung bestätigt" in visitor.text
    assert "Sabine Krüger" in visitor.text


def test_a_rotated_secret_pauses_and_the_new_one_goes_on(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    made = start(working, visitor, api, export)
    api.secret = "secret-2"
    api.tokens.clear()
    visitor.post(f"/connections/{made}/run")
    wait_for(lambda: Connections(working.service).get(made).paused_at)
    wait_for(lambda: working.house.engine.progress(made) is None)
    visitor.get(f"/connections/{made}")
    assert "nimmt die Zugangsdaten nicht mehr an" in visitor.text
    assert "Neues Geheimnis eintragen" in visitor.text
    visitor.post(f"/connections/{made}/login/target", 422, base_url=api.url, client_id=api.client_id, client_secret="x")
    assert Connections(working.service).get(made).paused_at is not None
    visitor.post(
        f"/connections/{made}/login/target", base_url=api.url, client_id=api.client_id, client_secret="secret-2"
    )
    assert Connections(working.service).get(made).paused_at is None
    before = History(working.service).runs(Connections(working.service).get(made))[0]
    visitor.post(f"/connections/{made}/run")
    runs_ended(working, made, before + 1)
    assert History(working.service).last(Connections(working.service).get(made)).status == "succeeded"  # type: ignore[union-attr]


def test_pause_and_resume_are_by_hand_too(working: Doors, api: StandIn, export: Path) -> None:
    clerk = working.visitor(role="clerk")
    made = start(working, working.visitor(), api, export)
    clerk.post(f"/connections/{made}/pause")
    assert "Angehalten seit" in clerk.text
    clerk.post(f"/connections/{made}/resume")
    assert "Nächster Lauf" in clerk.text


def test_from_the_test_account_to_production_after_the_sign_off(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    made = start(working, visitor, api, export)
    with StandIn() as production:
        production.client_id = "key-2"
        keys = {"base_url": production.url, "client_id": "key-2", "client_secret": production.secret}
        visitor.post(f"/connections/{made}/go-live", 422, **keys)
        assert "Zuerst fehlt die Abnahme" in visitor.text
        visitor.post(f"/connections/{made}/sign-off", 422, name="Tim Albers")
        visitor.post(f"/connections/{made}/sign-off", name="Tim Albers", checked="yes")
        assert "Abnahme festgehalten" in visitor.text
        visitor.post(f"/connections/{made}/go-live", 422, **keys | {"client_secret": "falsch"})
        assert "nimmt die Zugangsdaten nicht" in visitor.text
        visitor.post(f"/connections/{made}/go-live", **keys)
        row = Connections(working.service).get(made)
        assert (row.stage, row.checklist["signed_off"]["by"]) == ("production", "Tim Albers")
        visitor.post(f"/connections/{made}/run")
        runs_ended(working, made, 2)
        assert len(production.records["property"]) == 40
        visitor.get(f"/connections/{made}/runs")
        assert "Lauf 2" in visitor.text
        assert "Lauf 1" in visitor.text


def test_the_mapping_is_tried_before_it_is_kept(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    made = start(working, visitor, api, export)
    at = f"/connections/{made}/mapping"
    own = visitor.client.get(f"{at}/download").text
    visitor.post(f"{at}?as=text", 422, text=own.replace('file = "objekte.csv"', ""), action="save")
    assert "braucht file" in visitor.text
    visitor.post(f"{at}?as=text", text=own.replace('email = "E-Mail"', 'email = "Telefon"'), action="try")
    looked(visitor, f"{at}/effect")
    visitor.get(at)
    assert "Wirkung" in visitor.text
    assert "Mieter mit E-Mail" in visitor.text
    assert Connections(working.service).get(made).mapping is None
    changed = own.strip().replace('Lager = "storage"', 'Lager = "storage"\nAtelier = "commercial"') + "\n"
    visitor.post(f"{at}?as=text", text=changed, action="save")
    assert Connections(working.service).get(made).mapping == changed
    assert visitor.client.get(f"{at}/download").text == changed
    looked(visitor, f"/connections/{made}/login/source/answer")
    looks = Looks(working.service, Connections(working.service), now)
    inventory = looks.newest(made, "inventory")
    assert inventory is not None
    assert all(one["known"] for one in inventory.outcome["usages"])
    visitor.post(at, text="", action="default")
    assert Connections(working.service).get(made).mapping is None


def test_a_field_is_explained_from_the_erp_to_the_answer(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor(role="clerk")
    made = start(working, working.visitor(), api, export)
    external_id = next(iter(api.records["tenant"]))
    email = api.records["tenant"][external_id]["email"]
    visitor.get(f"/connections/{made}/explain?entity=tenant&id={external_id}&field=email")
    assert "geschaeftspartner.csv" in visitor.text
    assert email in visitor.text
    assert "angelegt" in visitor.text
    visitor.get(f"/connections/{made}/explain?entity=tenant&id=gibt-es-nicht", 404)
    assert "kennt weder die Quelle" in visitor.text


def test_a_run_under_way_is_shown_and_can_be_stopped(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    made = activate(visitor, api, export)
    first_plan(visitor, made)
    api.slow_seconds = 1.0
    visitor.post(f"/connections/{made}/start", account="test")
    visitor.get(f"/connections/{made}")
    assert "Sie können die Seite schließen" in visitor.text
    assert f'hx-get="/connections/{made}/progress"' in visitor.page
    visitor.post(f"/connections/{made}/stop")
    wait_for(lambda: working.house.engine.progress(made) is None)
    api.slow_seconds = 0.0
    answer = visitor.client.get(f"/connections/{made}/progress")
    assert answer.headers["hx-refresh"] == "true"
    [stopped] = [one for one in Connections(working.service).story(made) if one.event == "run_stopped"]
    assert stopped.by == "admin@gewerk"


def test_a_draft_can_be_dropped_and_a_connection_in_operation_cannot(
    working: Doors, api: StandIn, export: Path
) -> None:
    visitor = working.visitor()
    draft = activate(visitor, api, export)
    visitor.post(f"/connections/{draft}/remove")
    visitor.get(f"/connections/{draft}", 404)
    made = start(working, visitor, api, export)
    visitor.post(f"/connections/{made}/remove")
    visitor.get(f"/connections/{made}")


def test_the_schedule_is_the_customers(working: Doors, api: StandIn, export: Path) -> None:
    visitor = working.visitor()
    made = start(working, visitor, api, export)
    at = f"/connections/{made}/schedule"
    visitor.post(at, 422, name="Bestand", time="25:00", zone="Europe/Berlin", days=["mon"])
    assert "Geben Sie eine Uhrzeit ein" in visitor.text
    visitor.post(at, 422, name="Bestand", time="03:30", zone="Europa/Berlin", days=["mon"])
    assert "Diese Zeitzone gibt es nicht" in visitor.text
    visitor.post(at, 422, name="Bestand", time="03:30", zone="Europe/Berlin")
    assert "mindestens einen Tag" in visitor.text
    visitor.post(at, name="Bestand", time="03:30", zone="Europe/Berlin", days=["mon", "fri"])
    assert "Montag, Freitag um 03:30 Uhr" in visitor.text
    row = Connections(working.service).get(made)
    assert row.name == "Bestand"
    assert row.next_run_at is not None
    assert row.next_run_at.weekday() in (0, 4)
