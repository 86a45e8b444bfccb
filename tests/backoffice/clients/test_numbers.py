"""Registration numbers of firms."""

from collections.abc import Callable

import pytest

from backoffice.clients import numbers
from backoffice.clients.numbers import (
    SiretOfAnother,
    VatNumberOfAnother,
    WrongSiren,
    WrongSiret,
    WrongVatNumber,
)


def test_spaces_are_forgotten_and_nothing_is_allowed() -> None:
    assert numbers.siren("552 100 554") == "552100554"
    assert numbers.siret("552 100 554 00021", of="552100554") == "55210055400021"
    assert numbers.vat_number("fr 96 552 100 554", of="552100554") == "FR96552100554"
    assert numbers.siren(" ") == numbers.siret("") == numbers.vat_number("") == ""


@pytest.mark.parametrize(
    ("check", "typed", "refusal"),
    [
        (numbers.siren, "552100555", WrongSiren),
        (numbers.siren, "55210055", WrongSiren),
        (numbers.siren, "abcdefghi", WrongSiren),
        (numbers.siret, "55210055400022", WrongSiret),
        (numbers.vat_number, "FR00552100554", WrongVatNumber),
        (numbers.vat_number, "552100554", WrongVatNumber),
        (numbers.vat_number, "XX123", WrongVatNumber),
    ],
)
def test_a_number_that_does_not_check_is_refused(
    check: Callable[[str], str], typed: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check(typed)


def test_siret_and_vat_number_belong_to_the_siren() -> None:
    with pytest.raises(SiretOfAnother):
        numbers.siret("55210055400021", of="813420650")
    with pytest.raises(VatNumberOfAnother):
        numbers.vat_number("FR96552100554", of="813420650")
