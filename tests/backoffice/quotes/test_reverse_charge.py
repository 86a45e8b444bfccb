"""Only a professional client can owe the tax in the seller's place."""

import pytest

from backoffice.catalogue.models import VatCategory
from backoffice.clients.models import Standing
from backoffice.quotes.refusals import ConsumerPaysVat
from tests.factories import a_client, a_further_link, a_line, a_member, a_quote, a_seller, an_opportunity


@pytest.mark.parametrize("standing", list(Standing))
def test_reverse_charge_is_not_sent_to_a_consumer(app, standing):
    a_seller()
    rep = a_member()
    line = a_line(vat="0")
    line.vat_category = VatCategory.REVERSE_CHARGE
    quote = a_quote(an_opportunity(rep, a_client(rep, standing), [line]))
    if standing is Standing.PROFESSIONAL:
        assert a_further_link(quote).id
    else:
        with pytest.raises(ConsumerPaysVat):
            a_further_link(quote)
