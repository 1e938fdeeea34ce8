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

from gewerk.entrypoints.web.account import (
    api_keys,
    company,
    entrance,
    join,
    join_owner,
    profile,
    property_types,
    security,
    team,
    tenant_access,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entrance.home, name="home"),
    path("health", entrance.health, name="health"),
    path("language/", entrance.choose_language, name="choose_language"),
    path("first-operator/", entrance.first_operator, name="first_operator"),
    path("invitations/<str:token>/", entrance.accept_invitation, name="accept_invitation"),
    path("join/", join.join, name="join_as_firm"),
    path("join/owner/", join_owner.join, name="join_as_owner"),
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
    path("sub-properties/<uuid:sub_property_id>/access/", tenant_access.invite, name="invite_tenant"),
    path("account/", profile.index, name="account"),
    # allauth leads to these two by its own names.
    path("account/security/", security.index, name="mfa_index"),
    path("account/security/passkeys/", security.index, name="mfa_list_webauthn"),
    path("account/security/password/", security.password, name="account_password"),
    path("account/security/sessions/end/", security.end_other_sessions, name="end_other_sessions"),
    path("account/security/sessions/<int:session_id>/end/", security.end_session, name="end_session"),
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
    path("account/company/", company.index, name="account_company"),
    path("account/team/", team.index, name="account_team"),
    path("account/team/invite/", team.invite, name="account_team_invite"),
    path("account/team/<uuid:membership_id>/", team.member, name="account_team_member"),
    path("account/team/<uuid:membership_id>/end/", team.end, name="account_team_end"),
    path("account/team/invitations/<uuid:invitation_id>/withdraw/", team.withdraw, name="withdraw_invitation"),
    path("account/property-types/", property_types.index, name="account_property_types"),
    path("account/property-types/<uuid:property_type_id>/remove/", property_types.remove, name="remove_property_type"),
    path("account/api-keys/", api_keys.index, name="account_api_keys"),
    path("account/api-keys/new/", api_keys.create, name="account_api_key_new"),
    path("account/api-keys/<uuid:key_id>/", api_keys.show, name="account_api_key"),
    path("account/api-keys/<uuid:key_id>/picture/", api_keys.rotation_picture, name="account_api_key_picture"),
    path("account/api-keys/<uuid:key_id>/secret/", api_keys.reveal, name="account_api_key_reveal"),
    path("account/api-keys/<uuid:key_id>/reminder/", api_keys.remind, name="account_api_key_remind"),
    path("account/api-keys/<uuid:key_id>/rotate/", api_keys.rotate, name="account_api_key_rotate"),
    path("account/api-keys/<uuid:key_id>/overlap/", api_keys.end_overlap, name="account_api_key_end_overlap"),
    path("account/api-keys/<uuid:key_id>/end/", api_keys.end, name="account_api_key_end"),
]
