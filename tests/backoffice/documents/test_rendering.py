import hashlib
import http.server
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backoffice.documents.packaged import ORIGIN
from backoffice.documents.rendering import Renderer, RenderFailed, RenderTimeout

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[3]
ENDLESS = "<p style='overflow-wrap:anywhere'>" + "x" * 200_000
SMALL = f"<!doctype html><html lang='fr'><title>Petit</title><link rel='stylesheet' href='{ORIGIN}css/document.css'><p>Étude"


def test_the_same_page_gives_the_same_bytes_in_every_process(renderer):
    with Renderer() as other:
        assert other.pdf(SMALL) == renderer.pdf(SMALL) == renderer.pdf(SMALL)


def test_a_document_that_takes_too_long_is_ended_and_the_next_one_is_made():
    with Renderer(seconds=2) as impatient:
        started = time.monotonic()
        with pytest.raises(RenderTimeout):
            impatient.pdf(ENDLESS)
        assert time.monotonic() - started < 10
        assert impatient.pdf(SMALL).startswith(b"%PDF-")


def test_a_document_that_wants_too_much_memory_fails_alone():
    with Renderer(memory=320 * 1024 * 1024) as narrow:
        with pytest.raises(RenderFailed):
            narrow.pdf("<p>" + "<table><tr>" + "<td>x" * 30_000, seconds=60)
        assert narrow.pdf(SMALL).startswith(b"%PDF-")


def test_a_worn_process_is_replaced():
    with Renderer(documents=2) as renderer:
        made = {hashlib.sha256(renderer.pdf(SMALL)).digest() for _ in range(5)}
        assert len(made) == 1


def test_a_process_that_was_killed_between_two_documents_is_replaced():
    with Renderer() as renderer:
        renderer.pdf(SMALL)
        (child,) = renderer._idle.queue
        child._process.kill()
        child._process.wait()
        assert renderer.pdf(SMALL).startswith(b"%PDF-")


def test_threads_share_the_processes():
    with Renderer(2) as shared, ThreadPoolExecutor(6) as threads:
        made = list(
            threads.map(lambda number: shared.pdf(SMALL.replace("Petit", f"N {number % 3}")), range(18))
        )
    assert len(set(made)) == 3


def test_a_closed_renderer_refuses():
    renderer = Renderer()
    renderer.close()
    with pytest.raises(RenderFailed):
        renderer.pdf(SMALL)


def test_closing_ends_every_process_and_tells_those_who_wait():
    renderer = Renderer(2)
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(renderer.pdf, [SMALL] * 2))
        children = [child for child in renderer._idle.queue if child is not None]
        renderer.close()
        assert children
        assert not any(child.alive for child in children)
        for waiting in [threads.submit(renderer.pdf, SMALL) for _ in range(6)]:
            with pytest.raises(RenderFailed):
                waiting.result(timeout=10)


@pytest.fixture
def neighbour():
    """A web server on this machine and the requests it got."""
    requests: list[str] = []

    class Counting(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", requests
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_outside_the_job_is_ever_fetched(renderer, neighbour, tmp_path):
    address, requests = neighbour
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the house")
    page = f"""<!doctype html><html lang="fr"><title>x</title>
        <link rel="stylesheet" href="{address}/a.css"><link rel="attachment" href="{secret.as_uri()}">
        <link rel="stylesheet" href="{ORIGIN}evil.css">
        <style>@import "{address}/b.css"; @font-face {{ font-family: f; src: url({address}/f.ttf) }}
        p {{ font-family: f; background: url({address}/c.png); content: url({secret.as_uri()}) }}</style>
        <p>x<img src="{address}/d.png" alt=""><img src="{secret.as_uri()}" alt=""><object data="{address}/e.svg"></object>
        <embed src="{address}/g.svg"><img src="//127.0.0.1/h.png" alt=""><img src="data:image/png;base64,AAAA" alt="">"""
    evil = f'@import "{address}/i.css"; @import "{secret.as_uri()}"; p {{ background: url({ORIGIN}../../etc/passwd) }}'
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><image href="{address}/j.png"/></svg>'
    )
    pdf = renderer.pdf(
        page + f'<img src="{ORIGIN}logo.svg" alt="">',
        {"evil.css": evil.encode(), "logo.svg": drawing.encode()},
    )
    assert requests == []
    assert b"secret" not in pdf
    assert b"/EmbeddedFile" not in pdf


def test_a_job_cannot_replace_a_packaged_file(renderer):
    assert renderer.pdf(SMALL, {"css/document.css": b"p { display: none }"}) == renderer.pdf(SMALL)


def test_the_program_itself_never_loads_the_renderer():
    statement = (
        "import sys, backoffice.documents.rendering, backoffice.documents.quote, backoffice.documents.invoice,"
        " backoffice.documents.signature_page; sys.exit('weasyprint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", statement], cwd=PROJECT, check=False).returncode == 0


def test_the_rendering_process_gets_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "not for the renderer")
    with Renderer() as renderer:
        renderer.pdf(SMALL)
        (child,) = renderer._idle.queue
        environment = Path(f"/proc/{child._process.pid}/environ").read_bytes()
    assert b"not for the renderer" not in environment
