"""Addresses of getting in and of the account pages.

Mounted of allauth: login, logout, inactive, reauthenticate; of its second factors: authenticate, reauthenticate (code, passkey),
authenticator app, recovery codes, passkeys (add, remove, login). Not mounted: sign-up, e-mail changes, its password pages.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, URLResolver, path

from gewerk.entrypoints.web.account import entrance

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entrance.home, name="home"),
    path("health", entrance.health, name="health"),
    path("language/", entrance.choose_language, name="choose_language"),
    path("first-operator/", entrance.first_operator, name="first_operator"),
    path("invitations/<str:token>/", entrance.accept_invitation, name="accept_invitation"),
    path("login/", account.login, name="account_login"),
    path("login/link/", entrance.ask_for_login_link, name="ask_for_login_link"),
    path("login/link/<str:token>/", entrance.open_login_link, name="open_login_link"),
    path("login/demo/<slug:role>/", entrance.demo_login, name="demo_login"),
    path("login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("login/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("login/inactive/", account.account_inactive, name="account_inactive"),
    path("logout/", account.logout, name="account_logout"),
    path("organisation/<uuid:organisation_id>/", entrance.switch_organisation, name="switch_organisation"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/reauthenticate/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/reauthenticate/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/security/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/security/app/end/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/security/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/security/recovery-codes/new/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("account/security/passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("account/security/passkeys/<int:pk>/end/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
]
