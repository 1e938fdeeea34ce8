"""One ERP's interface: a login, requests within the limits asked for, and an ``ErpError`` for everything that goes wrong."""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx2
import orjson

from gewerk_connect import meter
from gewerk_connect.canonical.refusals import SettingsError, SourceError
from gewerk_connect.patience import Patience
from gewerk_connect.source_settings import SourceSettings, address_problems
from gewerk_connect.sources.http import errors
from gewerk_connect.sources.http.errors import ErpError
from gewerk_connect.sources.http.limiter import limiter_for
from gewerk_connect.sources.http.rules import AUTH, HttpRules

CONNECT_SECONDS = 10.0
FIRST_WAIT = 0.5
"""Seconds before a failed request is repeated; each further wait is twice as long."""
KNOCK_SECONDS = 30.0
"""How long an ERP is waited for that has not answered once: who starts a run by hand wants to know soon."""
_TOKEN_MARGIN_SECONDS = 60.0
"""A token is renewed this long before it ends, so that none ends on the way."""
_LONGEST_RETRY_AFTER = 3600.0


T = TypeVar("T")


class Answer:
    """An answer that is JSON."""

    __slots__ = ("data", "headers")

    def __init__(self, data: Any, headers: httpx2.Headers) -> None:
        self.data = data
        self.headers = headers


class Erp:
    """Safe to use from several threads. Raises ``SettingsError`` for entries that are missing or no addresses.

    ``sleep`` waits seconds; it may raise, and whoever is waiting then gives up.
    """

    def __init__(
        self, settings: SourceSettings, rules: HttpRules, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.url = settings.address("url")
        self.host = urlsplit(self.url).hostname or ""
        self._origin = _origin(self.url)
        self._rules = rules
        self._sleep = sleep
        self._secrets = self._credentials(settings)
        self._token_url = self._login_address(settings)
        self._entries = ", ".join(AUTH[rules.login.auth]) or "die Anmeldung"
        limiter = limiter_for(self._origin, settings.requests_per_second, settings.parallel_requests)
        self._limiter = limiter
        patience = settings.patience_seconds
        self.patience = Patience(
            first_wait=FIRST_WAIT, longest_wait=60.0, give_up_after=patience, side="erp", sleep=sleep
        )
        self._knock = Patience(
            first_wait=FIRST_WAIT, longest_wait=5.0, give_up_after=min(KNOCK_SECONDS, patience), side="erp", sleep=sleep
        )
        self._answered = False
        self._token: str | None = None
        self._token_ends = 0.0
        self._token_lock = threading.Lock()
        parallel = settings.parallel_requests
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(settings.timeout_seconds, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=parallel, max_keepalive_connections=parallel),
            headers={"User-Agent": "gewerk-connect", "Accept": "application/json", **rules.headers},
            verify=_trusted(settings)
            if self.url.startswith("https:") or self._token_url.startswith("https:")
            else False,
            auth=(self._secrets["user"], self._secrets["password"]) if rules.login.auth == "basic" else None,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._http.close()

    def _credentials(self, settings: SourceSettings) -> dict[str, str]:
        needed = AUTH[self._rules.login.auth]
        found = {
            name: settings.credential(name) for name in ("user", "password", "token", "client_id", "client_secret")
        }
        if missing := [name for name in needed if not found[name]]:
            raise SettingsError(
                "configuration_invalid",
                f"source.{missing[0]} fehlt; die Schnittstelle verlangt {', '.join(needed)} (auch mit _env oder _file).",
                f"source.{missing[0]} is missing; the interface asks for {', '.join(needed)} (also with _env or _file).",
            )
        return {**{name: value for name, value in found.items() if value}, "tenant": settings.tenant or ""}

    def _login_address(self, settings: SourceSettings) -> str:
        if self._rules.login.auth != "token":
            return ""
        address = settings.token_url or _filled(self._rules.login.token_url, {"tenant": self._secrets["tenant"]})
        address = urljoin(f"{self.url}/", address)
        for problem in address_problems(address, "url", allow_http=settings.allow_http, place="source.token_url"):
            raise SettingsError(
                "configuration_invalid", f"{problem.place}: {problem.de}.", f"{problem.place}: {problem.en}."
            )
        return address

    # -- requests -----------------------------------------------------------------------------------------------------

    def get(
        self,
        resource: str,
        address: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        fits: Callable[[Answer], None] = lambda _answer: None,
    ) -> Answer:
        """The answer to a GET below the ERP's address, waited for with patience. ``fits`` may raise ``ErpError`` for it."""

        def once() -> Answer:
            answer = self._json(resource, self._authorized(resource, address, params, headers))
            fits(answer)
            return answer

        return self.patiently(once)

    def status(self, resource: str, address: str) -> int:
        """The status of a GET, whatever it says; what waiting may mend is waited for."""

        def once() -> int:
            try:
                return self._authorized(resource, address, None, None).status_code
            except ErpError as error:
                if error.code in ("erp_forbidden", "erp_not_found"):
                    return 403 if error.code == "erp_forbidden" else 404
                raise

        return self.patiently(once)

    def patiently(self, request: Callable[[], T]) -> T:
        """Repeats what waiting may mend; an ERP that never answered is waited for only shortly."""
        patience = self.patience if self._answered else self._knock
        return patience.repeat(request, lambda error: error.again if isinstance(error, ErpError) else None)

    def next_address(self, resource: str, link: str, base: str) -> str:
        """A link of the ERP as an address. Raises ``ErpError`` when it leads to somebody else."""
        address = urljoin(urljoin(f"{self.url}/", base), link)
        if _origin(address) != self._origin:
            raise errors.next_page_elsewhere(resource)
        return address

    def _authorized(
        self, resource: str, address: str, params: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> httpx2.Response:
        """A request with the login; a token that ended meanwhile is renewed once."""
        login = self._rules.login

        def ask(key: str | None) -> httpx2.Response:
            own = {login.header: login.prefix + key} if key is not None else {}
            return self._once("GET", resource, address, params, {**own, **(headers or {})})

        if login.auth != "token":
            return ask(self._secrets["token"] if login.auth == "header" else None)
        token = self._bearer(stale=None)
        try:
            return ask(token)
        except ErpError as error:
            if error.code != "erp_credentials":
                raise
        try:
            return ask(self._bearer(stale=token))
        except ErpError as error:
            if error.code != "erp_credentials":
                raise
            raise errors.credentials(resource, self._entries, renewed=True) from None

    def _bearer(self, stale: str | None) -> str:
        """A token that is not ``stale``; only one thread fetches it, the others wait for it."""
        with self._token_lock:
            if self._token and self._token != stale and time.monotonic() < self._token_ends:
                return self._token
            self._token = None
            login = self._rules.login
            body = {name: _filled(value, self._secrets) for name, value in login.token_body.items()}
            content: dict[str, Any] = {"json": body} if login.body_form == "json" else {"data": body}
            try:
                data = self._json("", self._once("POST", "", self._token_url, None, None, **content)).data
            except ErpError as error:
                if error.code == "erp_refused":  # Entra says 400 for a wrong secret
                    raise errors.credentials("", self._entries) from None
                raise
            token = _at(data, login.token_field)
            if not isinstance(token, str) or not token:
                raise errors.wrong_form("", f"Token in {login.token_field}")
            lifetime = _at(data, login.token_lifetime)
            seconds = float(lifetime) if isinstance(lifetime, int | float) else 300.0
            self._token = token
            self._token_ends = time.monotonic() + max(seconds - _TOKEN_MARGIN_SECONDS, seconds / 2)
            return token

    def _once(
        self,
        method: str,
        resource: str,
        address: str,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
        **content: Any,
    ) -> httpx2.Response:
        try:
            with self._limiter.turn(self._sleep):
                answer = self._asked(
                    method,
                    urljoin(f"{self.url}/", address),
                    params=params or None,
                    headers=dict(headers or {}),
                    **content,
                )
        except httpx2.ConnectError as error:
            if _is_certificate(error):
                raise errors.certificate(self.host, _certificate_reason(error)) from None
            raise errors.unreachable(resource, self.host, "keine Verbindung") from None
        except httpx2.TimeoutException:
            raise errors.unreachable(resource, self.host, "keine Antwort in der Zeit von timeout_seconds") from None
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise errors.broke_off(resource, type(error).__name__) from None
        self._answered = True
        if answer.is_success:
            return answer
        raise self._error_of(resource, answer)

    def _asked(self, method: str, address: str, **content: Any) -> httpx2.Response:
        try:
            answer = self._http.request(method, address, **content)
        except httpx2.TransportError:
            meter.asked("erp", None)
            raise
        meter.asked("erp", answer.status_code)
        return answer

    def _error_of(self, resource: str, answer: httpx2.Response) -> ErpError:
        status = answer.status_code
        if status == 401:
            return errors.credentials(resource, self._entries)
        if status == 403:
            return errors.forbidden(resource)
        if status == 404:
            return errors.not_found(resource, answer.url.path)
        if status == 429:
            return errors.busy(resource, _retry_after(answer.headers))
        if status == 408 or status >= 500:
            return errors.faulty(resource, status, _retry_after(answer.headers))
        if answer.is_redirect:
            return errors.elsewhere(resource, status)
        return errors.refused(resource, status)

    @staticmethod
    def _json(resource: str, answer: httpx2.Response) -> Answer:
        content = answer.content.removeprefix(b"\xef\xbb\xbf")
        if "html" in answer.headers.get("content-type", "") or content.lstrip()[:1] == b"<":
            raise errors.web_page(resource)
        try:
            return Answer(orjson.loads(content), answer.headers)
        except orjson.JSONDecodeError:
            raise errors.broken(resource) from None


def place(answer: Answer, where: str) -> Any:
    """The value at a place of an answer (``data.items``, ``@odata.count``, ``header:X-Total``); None where there is none."""
    if where.startswith("header:"):
        return answer.headers.get(where.removeprefix("header:"))
    return _at(answer.data, where) if where else answer.data


def _at(data: Any, where: str) -> Any:
    if isinstance(data, dict) and where in data:
        return data[where]
    for part in where.split("."):
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _origin(url: str) -> str:
    """Scheme, host and port; "" for what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _trusted(settings: SourceSettings) -> ssl.SSLContext:
    """The usual certificate authorities, and the customer's own. Raises ``SourceError`` for a file that is none."""
    context = httpx2.create_ssl_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_file)
        except (OSError, ssl.SSLError):
            raise SourceError(
                "ca_file_unusable",
                "Das ist keine lesbare PEM-Datei mit Zertifikaten ([source] ca_file).",
                "This is no readable PEM file with certificates ([source] ca_file).",
                file=settings.ca_file,
            ) from None
    return context


def _is_certificate(error: BaseException) -> bool:
    return any(
        isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)
    ) or "CERTIFICATE_VERIFY" in str(error)


def _certificate_reason(error: BaseException) -> str:
    found = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLCertVerificationError)), None)
    return found.verify_message if found is not None else "nicht zu prüfen"


def _causes(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds to wait, from a number or a date; no more than an hour."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER) if isfinite(seconds) else None
