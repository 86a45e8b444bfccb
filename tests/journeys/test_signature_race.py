"""Eight people sign one quote at the same moment, over real HTTP on PostgreSQL: SQLite's lock would hide what goes wrong."""

import contextlib
import re
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from backoffice.db import db
from backoffice.notifications.models import MailKind, OutgoingMail
from backoffice.orders.models import Order
from backoffice.quotes.models import QuoteVersion
from backoffice.quotes.states import VersionState
from backoffice.signatures.models import Signature
from tests.factories import (
    a_sent_quote,
    another_recipient,
)
from tests.journeys.crowd import (
    LOCK,
    Answer,
    at_once,
    count,
    listening,
    meeting_after_reading,
    meeting_before_the_lock,
)
from tests.reader import Page

pytestmark = pytest.mark.slow

SIGNERS = 8


@pytest.fixture(params=["postgresql"])
def database(request):
    return request.param


@pytest.fixture
def pressing(site) -> list[Callable[[], Answer]]:
    """Eight colleagues with a link each, all about to press the button."""
    quote, link = a_sent_quote()
    return [site.filled_form(each, "en") for each in [link, *another_recipient(quote, link, SIGNERS - 1)]]


def test_of_eight_signers_one_is_first(pressing):
    with meeting_before_the_lock(SIGNERS):
        answers = at_once(pressing)
    assert sorted(answer.status for answer in answers) == [303] + [409] * 7
    assert [answer.location.endswith("/signed") for answer in answers if answer.status == 303] == [True]
    assert {Page(answer.text).headings[0] for answer in answers if answer.status == 409} == {
        "This quote is already signed"
    }
    assert (count(Signature), count(Order)) == (1, 1)
    mails = [
        count(OutgoingMail, OutgoingMail.kind == kind)
        for kind in (MailKind.QUOTE_SIGNED_CLIENT, MailKind.QUOTE_SIGNED_REP)
    ]
    assert mails == [1, 1]
    assert count(QuoteVersion, QuoteVersion.state == VersionState.SIGNED) == 1


class Guards:
    """What stands between two signatures. Each can be taken out in the database or on the way there; our code stays as it is."""

    LOCK, REVISION, UNIQUE = "row lock", "revision", "unique index"

    def __init__(self, kept: set[str]) -> None:
        self.kept = kept

    @contextlib.contextmanager
    def standing(self) -> Iterator[None]:
        dropped = [] if self.UNIQUE in self.kept else self._drop_unique()
        try:
            with listening("before_cursor_execute", self._rewrite, retval=True):
                yield
        finally:
            db.session.rollback()
            with db.engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                for table in ("signatures", "orders"):
                    connection.execute(sa.text(f"DELETE FROM {table}"))  # noqa: S608 - one of two names
                connection.exec_driver_sql("DELETE FROM outgoing_mails")
                for statement in dropped:
                    connection.exec_driver_sql(statement)

    def _rewrite(self, _connection, _cursor, statement, parameters, _context, _many):
        if self.LOCK not in self.kept and LOCK.search(statement):
            statement = re.sub(r" FOR UPDATE.*", "", statement, flags=re.DOTALL)
        if self.REVISION not in self.kept and statement.startswith("UPDATE quote"):
            statement = re.sub(r" AND quote(s|_versions)\.revision = %\(\w+\)s(::\w+)?", "", statement)
        return statement, parameters

    def _drop_unique(self) -> list[str]:
        """Drops every unique index and constraint of these tables but the primary keys; gives the statements that bring them back."""
        back = []
        with db.engine.begin() as connection:
            for table in ("signatures", "orders", "quote_versions", "outgoing_mails", "documents"):
                for each in sa.inspect(connection).get_unique_constraints(table):
                    connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {each['name']}")
                    back.append(
                        f"ALTER TABLE {table} ADD CONSTRAINT {each['name']} UNIQUE ({', '.join(each['column_names'])})"
                    )
        return back


def test_without_any_guard_several_signatures_pass_so_the_race_is_a_real_one(pressing):
    with Guards(set()).standing(), meeting_after_reading(SIGNERS, patience=5):
        answers = at_once(pressing)
        assert count(Signature) > 1
        assert sum(answer.status == 303 for answer in answers) > 1
        assert count(OutgoingMail, OutgoingMail.kind == MailKind.QUOTE_SIGNED_CLIENT) > 1


@pytest.mark.parametrize("guard", [Guards.LOCK, Guards.REVISION, Guards.UNIQUE])
def test_each_guard_alone_suffices(pressing, guard):
    with (
        Guards({guard}).standing(),
        meeting_after_reading(SIGNERS, patience=0.5 if guard == Guards.LOCK else 5),
    ):
        answers = at_once(pressing)
        assert (count(Signature), count(Order)) == (1, 1)
        assert sum(answer.status == 303 for answer in answers) == 1
        if (
            guard != Guards.UNIQUE
        ):  # the last line of defence stops with an error, behind the two that answer politely
            assert sorted(answer.status for answer in answers) == [303] + [409] * 7
