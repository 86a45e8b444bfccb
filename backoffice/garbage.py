"""Python's collector of cyclic garbage, kept out of the middle of requests.

With CPython 3.11 a collection that began while SQLAlchemy was loading a thousand rows ended the process now and then
(segmentation fault in the collector: values of an ``InstanceState`` were gone while its dictionary still named them;
seen on 3.11.2 and 3.11.7, with and without compiled extensions, never with the collector off). Between requests
nothing is half made, and nobody waits.
"""

import gc
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

ENOUGH = 20_000
"""Containers made since the last collection: some two requests of an ordinary page."""


def collect_between_requests(app: Flask) -> None:
    """For a process that serves and does nothing else: the collector is off for good, but for what is done here."""
    gc.disable()
    answer: Callable[[Any, Any], Iterable[bytes]] = app.wsgi_app

    def answer_and_tidy(environ: Any, start_response: Any) -> Iterable[bytes]:
        body = answer(environ, start_response)
        if gc.get_count()[0] > ENOUGH:
            gc.collect()
        return body

    app.wsgi_app = answer_and_tidy  # type: ignore[method-assign]
