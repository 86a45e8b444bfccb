"""Pictures of what is offered: those that the quote's content names, and no other."""

from flask import Response, current_app
from flask.typing import ResponseReturnValue as Answer

from backoffice.catalogue.images import image_bytes
from backoffice.db import db
from backoffice.errors import NotFound
from portal.views import blueprint, this_page

__all__ = ["blueprint"]


@blueprint.get("/images/<digest>")
def image(digest: str) -> Answer:
    """404 alike for one of another quote and one that is not there. A page asks many times: no line is worked out."""
    if all(line.get("image") != digest for line in this_page().content["lines"]):
        raise NotFound(image=digest)
    data, media_type = image_bytes(current_app.extensions["accord.archive"], db.session(), digest)
    return Response(data, mimetype=media_type)
