"""What changed since an earlier version, told to the client; reading only."""

from flask.typing import ResponseReturnValue as Answer

from backoffice.comparison.rows import tables_of
from backoffice.comparison.since import since_version
from backoffice.db import db
from portal.views import blueprint, shown, this_page

__all__ = ["blueprint"]


@blueprint.get("/changes-since/<int:number>")
def changes_since(number: int) -> Answer:
    page = this_page()
    since = since_version(db.session(), page.version, number, page.language)
    return shown("portal/changes_since.html", page, since=since, tables=tables_of(since.comparison))
