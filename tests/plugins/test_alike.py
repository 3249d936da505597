"""The library `alike`: when two texts mean the same."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loanbatch.vocabulary import FieldType
from loanbatch_plugins.alike import (
    fullest,
    same_address,
    same_identifier,
    same_organization,
    same_person,
    same_value,
)

PERSONS = [
    ("John A. Doe", "DOE, JOHN", True),
    ("John Doe Jr.", "John Doe", True),
    ("John Doe Jr", "John Doe Sr", False),
    ("J Doe", "John Doe", True),
    ("John Doe", "Jane Doe", False),
    ("Maria Garcia-Lopez", "MARIA GARCIA LOPEZ", True),
    ("Daniel Rossi", "Daniela Rossi", False),
    ("Michael Jones", "Michae1 Jones", True),
    ("Anderson Clay", "Andersen Clay", True),
    ("John Michael Doe", "John M Doe", True),
    ("Doe", "John Doe", False),
    ("John Doe", "John Smith", False),
    ("José Núñez", "JOSE NUNEZ", True),
    ("Bernard Crane", "Bemard Crane", True),
    ("A. B.", "A. B. Roe", False),
    ("", "Jane Roe", False),
]
ADDRESSES = [
    ("45 Some Avenue, Anytown, ST 12345", "45 SOME AVE, ANYTOWN ST 12345-6789", True),
    ("45 Some Ave, Anytown", "54 Some Ave, Anytown", False),
    ("12 North Main Street Apt 4, Boston, Massachusetts", "12 N Main St #4 Boston MA", True),
    ("12 Main St, Boston, MA 02110", "12 Main St, Boston, MA 02111", False),
    ("10 Oak Ct, Reno NV", "10 Elm Ct, Reno NV", False),
    ("10 Oak Ct, Reno NV", "10 Oak Ct", True),
    ("", "10 Oak Ct", False),
]
COMPANIES = [
    ("Acme Corp.", "ACME CORPORATION", True),
    ("Alder & Works", "Alder and Works LLC", True),
    ("Ficus Bank", "Epsilon Bank", False),
    ("Acme Bank", "Acme Bank Mortgage Division, N.A.", True),
    ("The Co.", "the co", True),
    ("", "Acme", False),
]
IDENTIFIERS = [
    ("123-45-6789", "123456789", True),
    ("123-45-6789", "XXX-XX-6789", True),
    ("123-45-6789", "***-**-6780", False),
    ("A-12", "a12", True),
    ("112", "12", False),
]


def both_ways(function, one, other):
    answers = {function(one, other), function(other, one)}
    assert len(answers) == 1
    return answers.pop()


@pytest.mark.parametrize(("one", "other", "same"), PERSONS)
def test_persons(one, other, same):
    assert both_ways(same_person, one, other) is same


@pytest.mark.parametrize(("one", "other", "same"), ADDRESSES)
def test_addresses(one, other, same):
    assert both_ways(same_address, one, other) is same


@pytest.mark.parametrize(("one", "other", "same"), COMPANIES)
def test_companies(one, other, same):
    assert both_ways(same_organization, one, other) is same


@pytest.mark.parametrize(("one", "other", "same"), IDENTIFIERS)
def test_identifiers(one, other, same):
    assert both_ways(same_identifier, one, other) is same


def test_fullest_variant_is_the_one_with_most_words():
    assert fullest(["ROE, J", "Jane Q. Roe", "Jane Quincy Roe"]) == "Jane Quincy Roe"


@pytest.mark.parametrize(
    ("one", "other", "kind", "same"),
    [
        (Decimal("1.00"), Decimal("1.004"), FieldType.MONEY, True),
        (Decimal("1.00"), Decimal("1.01"), FieldType.MONEY, False),
        (Decimal("5.5"), Decimal("5.500"), FieldType.PERCENT, True),
        (Decimal("5.5"), Decimal("5.501"), FieldType.PERCENT, False),
        (True, False, FieldType.YES_NO, False),
        (True, 1, FieldType.YES_NO, False),
        (360, Decimal(360), FieldType.MONTHS, True),
        ("Fixed Rate", "FIXED RATE", FieldType.TEXT, True),
        ("Fixed Rate", "Adjustable Rate", FieldType.TEXT, False),
        (("Jane Roe", "Ann Poe"), ("POE, ANN", "Jane Roe"), FieldType.NAMES, True),
        (("Jane Roe",), ("Jane Roe", "Ann Poe"), FieldType.NAMES, False),
    ],
)
def test_values(one, other, kind, same):
    assert both_ways(lambda a, b: same_value(a, b, kind), one, other) is same


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_raises_and_order_makes_no_difference(one, other):
    for function in (same_address, same_identifier, same_organization, same_person):
        both_ways(function, one, other)
