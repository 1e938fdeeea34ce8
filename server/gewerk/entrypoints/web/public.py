"""What may be opened without a login: the whole list. The isolation test compares it with every address there is."""

PUBLIC = frozenset(
    {
        # Leads everybody on: strangers to the login, to the demo's logins or to the first-operator page.
        "home",
        # Says "ok" and nothing else.
        "health",
        "choose_language",
        # Only while nobody is there yet, with the setup code.
        "first_operator",
        # Signed links from mails.
        "accept_invitation",
        "open_login_link",
        # Signed links from mails to tenants: one visit, and its calendar file; and a calendar program's own address.
        "visit_by_link",
        "visit_calendar_file",
        "calendar_feed",
        # Signed links from mails: a firm answers one request for quotes, an owner one question.
        "quote_by_link",
        "owner_approval",
        # The on-site app's service worker and manifest: names of files, nobody's data.
        "field_worker",
        "field_manifest",
        # A firm asks to join; whether its address is known, nobody is told.
        "join_as_firm",
        # Getting in and out.
        "account_login",
        "account_logout",
        "account_inactive",
        "ask_for_login_link",
        "mfa_authenticate",
        "mfa_login_webauthn",
        # Signed links: of a QR code in the stairwell, and of a report's own status page.
        "report_begin",
        "report_step",
        "report_photo_add",
        "report_photo_show",
        "report_photo_remove",
        "status",
        "status_live",
        "status_take",
        "status_rate",
        "status_add_photos",
        "status_photo",
        # Only in a demo installation.
        "demo_login",
    }
)

ORGANISATIONS_MEET_HERE = frozenset(
    {
        # The operator sees names and numbers of all organisations, never their stock.
        "operator_organisations",
        # The operator sees to whom mails go (their text in a demo only).
        "operator_outbox",
        # The operator checks the papers of all firms: name, address and paper of the firm, nothing of its orders.
        "operator_vetting",
        "operator_evidence",
        "operator_evidence_confirm",
        "operator_evidence_refuse",
        # The operator looks again where a firm appeals: the firm's name, its words, whose requests stayed unanswered and when.
        "operator_appeals",
        "operator_appeal",
    }
)
"""Pages on which rows of other organisations may stand, each with its reason."""
