"""The rendering process: started by ``rendering``, it makes one PDF after another and knows nothing else.

The only module that imports WeasyPrint.
"""

import gc
import logging
import mimetypes
import os
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import pydyf
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from backoffice.documents import channel
from backoffice.documents.characters import drawable_text
from backoffice.documents.packaged import ORIGIN, packaged_files

_LONGEST_HTML = 8 * 1024 * 1024
_LARGEST_FILE = 64 * 1024 * 1024
_SHEET = "css/document.css"
_WARMING = '<!doctype html><html lang="fr"><title>–</title><p>é<h1>é</h1><strong>é</strong><p class="hand">é'


class Refused(ValueError):
    """A document asked for something that neither is packaged nor came with the job."""


class PackagedFetcher(URLFetcher):
    """Answers from memory for addresses under ``ORIGIN``; no other address, scheme or file is ever opened."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._files = files

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        name = unquote(urlsplit(url).path).removeprefix("/")
        if not url.startswith(ORIGIN) or name not in self._files:
            raise Refused(url[:200])
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, self._files[name], {"Content-Type": kind})


class Press:
    """Packaged files and faces loaded once, then PDF after PDF."""

    def __init__(self) -> None:
        self._packaged = packaged_files()
        self._faces = FontConfiguration()
        self._sheet = CSS(
            url=f"{ORIGIN}{_SHEET}", url_fetcher=PackagedFetcher(self._packaged), font_config=self._faces
        )
        # Reading the style sheet again would cost each document a fifth of its time.
        self._packaged[_SHEET] = b""
        self.pdf(_WARMING, {})
        gc.freeze()

    def pdf(self, html: str, files: Mapping[str, bytes]) -> bytes:
        if len(html) > _LONGEST_HTML:
            raise ValueError("the document is too long")
        source = HTML(
            string=drawable_text(html),
            base_url=ORIGIN,
            url_fetcher=PackagedFetcher({**files, **self._packaged}),
        )
        pdf: bytes = source.write_pdf(
            stylesheets=[self._sheet], font_config=self._faces, pdf_variant="pdf/a-3a", finisher=_finish
        )
        return pdf


def _finish(_document: Document, pdf: pydyf.PDF) -> None:
    """Show the title, not the file name, as readers of assistive technology need."""
    pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})


def _limit_processor(seconds: int) -> None:
    """Let this process use ``seconds`` more of processor time before the kernel ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, hard))


def main(link: socket.socket, memory: int) -> None:
    """Serve jobs from ``link`` until the other side closes it; ``memory`` bounds the address space in bytes."""
    # Ctrl-C reaches the whole group: the program that started this process decides when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    press = Press()
    # The collector finds next to nothing while a document is laid out, and costs a fifth of the time.
    gc.disable()
    # What went wrong at the start is worth a traceback; later on, what a document provokes goes into the answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    channel.send(link, {"ready": True}, {}, deadline=None)
    while True:
        job, parts = channel.receive(link, deadline=None)
        _limit_processor(job["processor_seconds"])
        answer: dict[str, Any] = {}
        made: dict[str, bytes] = {}
        try:
            html = parts.pop("html").decode()
            made["pdf"] = press.pdf(html, {name.removeprefix("file:"): data for name, data in parts.items()})
        except MemoryError:
            os._exit(1)
        except Exception as error:  # noqa: BLE001 - whatever a document provokes is told, and the process goes on
            answer["error"] = f"{type(error).__name__}: {error}"[:500]
        channel.send(link, answer, made, deadline=None)
        gc.collect()  # while nobody waits


if __name__ == "__main__":
    try:
        main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
    except channel.Closed:
        sys.exit(0)
