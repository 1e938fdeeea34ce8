"""Whoever comes with a link: what opens, and that nothing else does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gewerk_connect.canonical.refusals import SettingsError
from gewerk_connect.service.configuration import Configuration, Issuer
from gewerk_connect.service.installation import Service, open_service
from gewerk_connect.service.links import LinkRefused, public_key, read_link, use_link
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from issuing import Issuing, unpadded
from starlette.testclient import TestClient

HERE = "https://connect.example"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ISSUING, STRANGER = Issuing("gewerk"), Issuing("gewerk")
CONFIGURATION = Configuration(
    base_url=HERE, issuers=(Issuer(name="gewerk", public_key=ISSUING.public_key), Issuer(name="erp", public_key="x"))
)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with open_service(CONFIGURATION.model_copy(update={"data": tmp_path})) as opened:
        yield opened


def refused(token: str, at: datetime = NOW) -> str:
    with pytest.raises(LinkRefused) as error:
        read_link(token, CONFIGURATION, at)
    assert error.value.de
    assert error.value.en
    return error.value.code


def test_a_good_link_says_who_comes() -> None:
    link, issuer = read_link(ISSUING.token(HERE, NOW, zone="Europe/Vienna", country="AT"), CONFIGURATION, NOW)
    assert (link.org, link.role, link.lang, link.zone) == ("org-1", "admin", "de", "Europe/Vienna")
    assert issuer.names_organisations_of == "gewerk"


def test_a_link_opens_once(service: Service) -> None:
    token = ISSUING.token(HERE, NOW)
    use_link(token, service, NOW)
    with pytest.raises(LinkRefused) as error:
        use_link(token, service, NOW + timedelta(seconds=1))
    assert error.value.code == "link_used"


def test_a_used_link_is_remembered_as_long_as_it_could_be_used(service: Service) -> None:
    token = ISSUING.token(HERE, NOW)
    use_link(token, service, NOW)
    use_link(ISSUING.token(HERE, NOW + timedelta(seconds=59)), service, NOW + timedelta(seconds=59))
    with pytest.raises(LinkRefused) as error:
        use_link(token, service, NOW + timedelta(seconds=59))
    assert error.value.code == "link_used"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": "https://connect.example.evil"}, "link_for_another"),
        ({"aud": "https://connect.example/"}, "link_for_another"),
        ({"iss": "nobody"}, "link_unknown_issuer"),
        ({"exp": int(NOW.timestamp())}, "link_expired"),
        ({"iat": int(NOW.timestamp()) - 3600, "exp": int(NOW.timestamp()) + 30}, "link_lives_too_long"),
        ({"iat": int(NOW.timestamp()) + 30, "exp": int(NOW.timestamp()) + 60}, "link_from_the_future"),
        ({"role": "owner"}, "link_damaged"),
        ({"lang": "fr"}, "link_damaged"),
        ({"jti": "short"}, "link_damaged"),
        ({"org": "max.mustermann@web.de"}, "link_damaged"),
        ({"name": "Max Mustermann"}, "link_damaged"),
        ({"path": "//evil.example"}, "link_damaged"),
        ({"path": "https://evil.example"}, "link_damaged"),
        ({"zone": "Nowhere/Land"}, "link_damaged"),
        ({"exp": "9999999999"}, "link_damaged"),
    ],
)
def test_what_is_not_right_does_not_open(claims: dict[str, object], code: str) -> None:
    assert refused(ISSUING.token(HERE, NOW, **claims)) == code


def test_another_key_under_a_known_name_does_not_open() -> None:
    assert refused(STRANGER.token(HERE, NOW)) == "link_damaged"


@pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA ", "eddsa", ""])
def test_no_other_algorithm_is_taken(alg: str) -> None:
    assert refused(ISSUING.sign(ISSUING.claims(HERE, NOW), {"alg": alg})) == "link_damaged"


def test_an_issuer_whose_key_is_none_is_named_at_the_start() -> None:
    with pytest.raises(SettingsError) as error:
        public_key(CONFIGURATION.issuers[1])
    assert "erp" in error.value.de


def test_a_key_may_be_pem_or_base64_of_either_alphabet() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = public_key(CONFIGURATION.issuers[0])
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text in (pem, unpadded(key.public_bytes_raw()), ISSUING.public_key):
        assert public_key(Issuer(name="a", public_key=text)).public_bytes_raw() == key.public_bytes_raw()


GOOD = ISSUING.token(HERE, NOW)


@given(
    st.integers(0, len(GOOD) - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
)
def test_no_altered_sign_goes_unnoticed(place: int, sign: str) -> None:
    altered = GOOD[:place] + sign + GOOD[place + 1 :]
    if altered != GOOD:
        assert refused(altered) in ("link_damaged", "link_unknown_issuer")


@given(st.text(max_size=3_000))
def test_no_text_opens_and_none_is_a_fault_of_ours(text: str) -> None:
    refused(text)


@given(st.lists(st.binary(max_size=60), min_size=3, max_size=3))
def test_no_three_parts_open(parts: list[bytes]) -> None:
    refused(".".join(map(unpadded, parts)))


@given(st.integers(-120, 120), st.integers(0, 120), st.integers(-120, 120))
@settings(suppress_health_check=[HealthCheck.differing_executors])
def test_a_link_opens_exactly_in_its_minute(issued: int, life: int, asked: int) -> None:
    moment = int(NOW.timestamp())
    token = ISSUING.token(HERE, NOW, iat=moment + issued, exp=moment + issued + life)
    opens = life <= 60 and issued <= asked + 5 and asked < issued + life
    try:
        read_link(token, CONFIGURATION, NOW + timedelta(seconds=asked))
    except LinkRefused:
        assert not opens
    else:
        assert opens


def test_over_http_each_no_is_a_page_that_says_what_to_do(tmp_path: Path) -> None:
    from service_doors import BASE, opened

    with opened(tmp_path) as doors:
        client = TestClient(doors.app, base_url=BASE)
        token = doors.gewerk.token(BASE, datetime.now(UTC))
        assert client.get(f"/open?link={token}").status_code == 200
        for wrong, said in (
            (token, "schon benutzt"),
            (doors.gewerk.token("https://other.example", datetime.now(UTC)), "anderen Dienst"),
            (doors.gewerk.token(BASE, datetime.now(UTC) - timedelta(minutes=5)), "abgelaufen"),
            (Issuing("fremd").token(BASE, datetime.now(UTC)), "nicht eingetragen"),
            ("", "beschädigt"),
        ):
            answer = client.get(f"/open?link={wrong}")
            assert answer.status_code == 403
            assert said in answer.text


def test_the_cookie_is_for_tls_and_foreign_frames_where_there_is_tls(tmp_path: Path) -> None:
    from service_doors import opened

    with opened(tmp_path, base_url=HERE, frame_ancestors=("https://erp.example",)) as doors:
        client = TestClient(doors.app, base_url=HERE)
        answer = client.get(f"/open?link={doors.gewerk.token(HERE, datetime.now(UTC))}", follow_redirects=False)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-gewerk_connect=")
        for part in ("Path=/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"):
            assert f"; {part}" in cookie
        assert "frame-ancestors https://erp.example" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers
