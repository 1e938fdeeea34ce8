"""Every named route is shown by a crawl or excused, and axe finds nothing on the administrator's pages, light and dark, phone and wide.

The other roles' pages are looked at in ``test_axe_elsewhere``: stories are shared out by file, and these two take the longest.
"""

import pytest
from playwright.sync_api import Browser

from stories.conftest import Demo
from stories.crawl import Crawler, example_of
from stories.looks import LOOKS, ROLES, bad_looks, crawl_as, open_as

pytestmark = pytest.mark.browser

# Named routes that a crawl of a running demo cannot show, each with the reason.
NO_PAGE = {
    "health": "answers a program",
    "account_api_key_reveal": "takes a POST; shown in test_the_clerks_day",
    "account_api_key_rotate": "takes a POST; shown in test_the_clerks_day",
    "account_api_key_end": "takes a POST",
    "account_api_key": "with one key the page account_api_keys shows it",
    "account_api_key_picture": "a picture inside the key's page",
    "mfa_login_webauthn": "answers the browser's passkey dialogue",
    "mfa_reauthenticate_webauthn": "needs a passkey; the same form as mfa_reauthenticate",
    "mfa_authenticate": "second step of a login; tested with a real code in test_second_factor",
    "mfa_reauthenticate": "needs a second factor; tested in test_second_factor",
    "mfa_activate_totp": "asks for the password again first; tested in test_second_factor",
    "mfa_list_webauthn": "asks for the password again first; tested in test_second_factor",
    "start": "the page that home shows",
    "mfa_add_webauthn": "asks for the password again first; tested in test_second_factor",
    "mfa_deactivate_totp": "needs a second factor; tested in test_second_factor",
    "mfa_view_recovery_codes": "needs a second factor; tested in test_second_factor",
    "mfa_generate_recovery_codes": "needs a second factor; tested in test_second_factor",
    "mfa_remove_webauthn": "needs a passkey",
    "account_inactive": "shown to somebody whose access was ended",
    "first_operator": "only on an empty installation: test_the_first_page_of_an_empty_installation",
    "accept_invitation": "only with a link from a mail: test_pages_behind_links_of_mails",
    "firm_appeal": "the demo's firm has appealed already; shown in test_rating_pages",
    "quote_file_by_link": "a picture behind the link of a mail",
    "open_login_link": "only with a link from a mail: test_pages_behind_links_of_mails",
    "new_ticket_questions": "a piece of new_ticket, fetched as soon as the fault is chosen; shown in test_damage_report",
    "order_insurance": "a file, for a claim",
    "calendar_feed": "answers a calendar program",
    "field_worker": "answers a program",
    "field_manifest": "answers a program",
    "field_jobs": "answers a program",
    "firm_job_files": "takes a POST",
    "join_quote_request": "takes a POST",
    "tenant_report_photo_show": "a picture of the report under way",
    "report_photo_show": "a picture of the report under way",
    "tenant_status_photo": "a picture",
    "status_photo": "a picture",
    "tenant_status_live": "a piece of tenant_status, fetched again and again",
    "status_live": "a piece of status, fetched again and again",
    "quote_bill": "a file, after the quotes are opened; server/tests/marketplace/test_pages.py",
    "quote_by_link": "only with the link of a mail; the form of firm_request",
    "owner_approval": "only with the link of a mail; server/tests/marketplace/test_pages.py",
}


@pytest.fixture(scope="module")
def crawled(browser: Browser, demo: Demo, routes: list[dict[str, object]]) -> dict[str | None, Crawler]:
    return {role: crawl_as(browser, demo, routes, role) for role in [None, *ROLES]}


def test_every_named_route_is_shown_or_excused(
    browser: Browser, demo: Demo, crawled: dict[str | None, Crawler], routes: list[dict[str, object]]
) -> None:
    shown = {name for crawler in crawled.values() for name in [*crawler.found, *crawler.passed]}
    context = open_as(browser, demo, "admin", LOOKS[0])
    unseen = []
    for route in routes:
        if route["name"] in shown or route["name"] in NO_PAGE:
            continue
        address = example_of(str(route["path"]))
        status = context.request.get(demo.base_url + address, max_redirects=0).status
        if status != 405:  # 405: takes a POST only
            unseen.append((route["name"], status))
    context.close()
    assert not unseen, unseen


def test_the_administrators_pages_with_data(browser: Browser, demo: Demo, crawled: dict[str | None, Crawler]) -> None:
    assert bad_looks(browser, demo, crawled["admin"], "admin") == {}
