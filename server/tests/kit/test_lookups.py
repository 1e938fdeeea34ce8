"""``among`` finds what ``in`` finds, of ids as of texts, on either database."""

import uuid

import gewerk.kit.lookups  # noqa: F401 - registers it
import pytest
from django.utils import timezone
from gewerk.identity.models import Membership, Organisation

pytestmark = pytest.mark.django_db


def test_among_finds_what_in_finds() -> None:
    known = [Organisation.objects.create(kind="manager", name=f"V{n}", created_at=timezone.now()).pk for n in range(4)]
    for ids in ([], known[:1], [*known, uuid.uuid4()], [uuid.uuid4()]):
        assert set(Organisation.objects.filter(pk__among=ids)) == set(Organisation.objects.filter(pk__in=ids))
    for names in ([], ["V1"], ["V1", "V3", "V9"]):
        assert set(Organisation.objects.filter(name__among=names)) == set(Organisation.objects.filter(name__in=names))


def test_a_foreign_key_needs_no_join() -> None:
    sql = str(Membership.objects.filter(organisation__id__among=[uuid.uuid4()]).query)
    assert " JOIN " not in sql
