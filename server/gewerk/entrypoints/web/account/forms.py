"""Forms of getting in and of one's own security. Those of allauth wear our words and classes."""

from typing import Any

from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateWithCode
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from gewerk.config.installation import installation
from gewerk.entrypoints.web.countries import country_choices
from gewerk.entrypoints.web.forms import PageForm, without_placeholders


def _word(form: forms.BaseForm, **labels: Any) -> None:
    form.label_suffix = ""
    for name, label in labels.items():
        form.fields[name].label = label
    if "password" in form.fields:
        # allauth's own help links to a page that is not mounted; the login link serves instead.
        form.fields["password"].help_text = ""
    without_placeholders(form)


class PasswordLogin(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, login=_("E-mail"), password=_("Password"))


class PasswordAgain(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, password=_("Password"))


class CodeLogin(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, code=_("Code"))
        self.fields["code"].help_text = _("Six digits from your app, or one of your recovery codes.")


class CodeAgain(ReauthenticateWithCode):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, code=_("Code"))
        self.fields["code"].help_text = _("Six digits from your app, or one of your recovery codes.")


class ActivateApp(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, code=_("Code from the app"))


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, name=_("Name"))
        if not self.is_bound:
            self.initial["name"] = ""
        self.fields["name"].help_text = _("So that you recognise it: for example “phone” or “office PC”.")
        passwordless = self.fields["passwordless"]
        passwordless.label = _("Log in with it alone, without a password")
        passwordless.help_text = _("Needs a fingerprint, face or PIN on the device.")


class AskForLink(PageForm):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class NewPassword(PageForm):
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 10 characters, not your name and not one of the usual ones."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class FirstOperatorForm(PageForm):
    """Seven fields: who runs this installation, and for whom."""

    organisation_name = forms.CharField(label=_("Name of your organisation"), max_length=200)
    country = forms.ChoiceField(
        label=_("Country"),
        choices=country_choices,
        help_text=_("Language, currency and time zone follow from it; you can change them later."),
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters, not your name and not one of the usual ones."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    setup_code = forms.CharField(
        label=_("Code"),
        help_text=_("./gewerk up printed it when it started."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].initial = "DE" if installation().language == "de" else "GB"


class AcceptInvitation(PageForm):
    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters, not your name and not one of the usual ones."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
