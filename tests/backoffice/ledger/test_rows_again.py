"""What a script sends a second time, too late, or after another sign-in."""

import re
from uuid import uuid4

import pytest

from tests.backoffice.ledger.conftest import complaints
from tests.factories import a_line, a_member, a_product, an_opportunity
from tests.factories import stored_deal as stored


def test_an_edit_whose_answer_was_lost_is_no_conflict_when_it_is_sent_again(script, deal):
    opened = script.row(0)
    assert script.save(0, {"quantity": "7", "name": "Plateau en frêne"}, opened).status_code == 200
    revision = stored(deal).lines[0].revision
    again = script.save(0, {"quantity": "7", "name": "Plateau en frêne"}, opened)
    assert again.status_code == 200
    assert stored(deal).lines[0].revision == revision
    assert script.save(0, {"quantity": "8", "name": "Plateau en frêne"}, opened).status_code == 409


def test_a_price_that_somebody_took_meanwhile_makes_a_typed_row_stale(script, deal, reader):
    script.arrange("product", product=a_product("CHENE", "Chêne", "100"))
    script.save(2, {"unit_price": "90"})
    opened = script.row(2)
    page = f"/lines/{stored(deal).lines[2].uuid}/price"
    assert reader.submit(page, {}, page).status_code == 303
    late = script.save(2, {"description": "Sans nœuds"}, opened)
    assert late.status_code == 409
    assert "data-conflict" in late.text
    assert stored(deal).lines[2].unit_price == 100


@pytest.mark.parametrize("act", ["free", "duplicate"])
def test_a_line_that_somebody_removed_is_not_added_by_a_request_that_comes_again(script, deal, act):
    sent = {"adding": "Taquets", "line": stored(deal).lines[0].uuid, "new": uuid4()}
    assert script.arrange(act, **sent).status_code == 200
    assert script.arrange("remove", line=sent["new"]).status_code == 200
    assert script.arrange(act, **sent).status_code == 200
    assert [str(line.name) for line in stored(deal).lines] == ["Plateau", "Pose"]


@pytest.mark.parametrize("act", ["free", "duplicate"])
def test_the_identity_of_a_line_of_another_deal_is_nobodys_here(script, deal, act):
    other = an_opportunity(owner=a_member(email="autre@atelier-duval.example"), lines=[a_line("Bardage")])
    taken = stored(other).lines[0].uuid
    answer = script.arrange(act, adding="Taquets", line=stored(deal).lines[0].uuid, new=taken)
    assert answer.status_code == 404
    assert len(stored(deal).lines) == 2


@pytest.mark.parametrize("act", ["up", "down", "to", "option", "duplicate"])
def test_what_is_done_to_a_line_that_somebody_removed_is_told(script, deal, act):
    gone = stored(deal).lines[0].uuid
    assert script.arrange("remove", line=gone).status_code == 200
    answer = script.arrange(act, line=gone, new=uuid4())
    assert answer.status_code == 409
    assert "Rétablissez-la" in complaints(answer)
    assert [str(line.name) for line in stored(deal).lines] == ["Pose"]


def test_an_act_that_nobody_knows_is_not_passed_over(script, deal):
    assert script.arrange("explode", line=stored(deal).lines[0].uuid).status_code == 404


def test_a_line_that_two_people_remove_is_removed(script, deal):
    gone = stored(deal).lines[0].uuid
    assert [script.arrange("remove", line=gone).status_code for _ in range(2)] == [200, 200]
    assert script.arrange("restore", line=gone).status_code == 200
    assert len(stored(deal).lines) == 2


def test_a_place_before_a_line_that_somebody_removed_is_none(script, deal):
    first, second = (line.uuid for line in stored(deal).lines)
    script.arrange("remove", line=first)
    answer = script.arrange("to", line=second, before=first)
    assert answer.status_code == 409
    assert "Rechargez la page" in complaints(answer)


def test_a_token_of_another_session_comes_back_with_one_that_is_good(script, deal):
    row, script.token = script.row(0), "of another session"
    refused = script.save(0, {"quantity": "7"}, row)
    assert refused.status_code == 422
    found = re.search(r'data-token="([^"]+)"', refused.text)
    assert found is not None
    script.token = found[1]
    assert script.save(0, {"quantity": "7"}, row).status_code == 200
    assert stored(deal).lines[0].quantity == 7


def test_what_is_merely_wrong_brings_no_other_token(script):
    assert "data-token" not in script.save(0, {"quantity": "beaucoup"}).text


@pytest.mark.parametrize("act", ["free", "section", "duplicate", "to", "remove", "option"])
def test_each_act_counts_once_so_that_a_page_can_tell_its_own_from_those_of_others(script, deal, act):
    before = stored(deal).revision
    assert (
        script.arrange(act, line=stored(deal).lines[0].uuid, adding="Taquets", new=uuid4()).status_code == 200
    )
    assert stored(deal).revision == before + 1


def test_an_option_that_is_asked_for_twice_is_one(script, deal):
    line = stored(deal).lines[0].uuid
    answers = [script.arrange("option", line=line, optional="yes") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (stored(deal).lines[0].is_optional, stored(deal).lines[0].revision) == (True, 2)
    script.arrange("option", line=line, optional="no")
    assert not stored(deal).lines[0].is_optional
