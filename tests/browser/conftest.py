"""Debian's Chromium on a live installation; whatever a browser complains of fails the test."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.actors import Accountant, Client, Colleague, Company, Rep
from tests.browser.desk import Salesperson
from tests.browser.editor import ALL, Editor, some_lines
from tests.browser.mailbox import Mailbox, mailbox_listening
from tests.browser.site import Site
from tests.browser.watch import Axe, Look, Watch, tidy
from tests.databases import Cluster

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--force-color-profile=srgb",
]  # fmt: skip
HEIGHTS = {390: 844, 820: 1180, 1280: 900}
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
PATIENCE = 15_000  # milliseconds
expect.set_options(timeout=PATIENCE)  # as for acts: a worker on a busy machine is late, not wrong


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Nothing is downloaded: the browser is the one that Debian packages."""
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        "args": FLAGS,
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """On SQLite, mails shown in the back office only."""
    running = Site(tmp_path_factory.mktemp("site")).with_a_worker()
    yield running
    running.close()


@pytest.fixture(scope="session")
def quiet_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """No worker: every paper is still being prepared, every mail waits."""
    running = Site(tmp_path_factory.mktemp("quiet"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    with mailbox_listening() as box:
        yield box


@pytest.fixture(scope="session")
def postgresql_site(
    tmp_path_factory: pytest.TempPathFactory, cluster: Cluster, mailbox: Mailbox
) -> Iterator[Site]:
    """On PostgreSQL, mails leave by SMTP."""
    running = Site(
        tmp_path_factory.mktemp("postgresql"),
        DATABASE_URL=cluster.create("browser"),
        MAIL_SERVER="127.0.0.1", MAIL_PORT=str(mailbox.port), MAIL_SENDER="devis@atelier-duval.example",
    ).with_a_worker()  # fmt: skip
    yield running
    running.close()


@pytest.fixture(scope="session")
def axe() -> Axe:
    return Axe()


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """``open_browser(width, language, javascript=, scheme=, touch=)``: a page of a browser of its own."""
    with ExitStack() as opened:

        def open_one(
            width: int = 1280,
            language: str = "fr",
            *,
            javascript: bool = True,
            scheme: Any = "light",
            touch: bool = False,
        ) -> tuple[Page, Watch]:
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHTS[width]}, locale=LOCALES[language], timezone_id="Europe/Paris",
                java_script_enabled=javascript, color_scheme=scheme, has_touch=touch, is_mobile=touch, reduced_motion="reduce",
            )  # fmt: skip
            context.set_default_timeout(PATIENCE)
            if javascript:
                context.grant_permissions(["clipboard-read", "clipboard-write"])
            watch = opened.enter_context(tidy(context))
            return context.new_page(), watch

        yield open_one


@pytest.fixture
def sit(site: Site, open_browser: Callable[..., tuple[Page, Watch]]) -> Callable[[type[Editor]], Editor]:
    """``sit(Kind)``: one of the firm at a browser of their own, at the lines of the same deal of Julien's."""
    deal = site.begins_a_deal("Mme Claire Moreau", "Étagères à deux", *some_lines())

    def sit_down(kind: type[Editor]) -> Editor:
        page, watch = open_browser(1280)
        rep = kind(page, site, Look("together", 1280, "fr"), watch, language="fr")
        rep.signs_in()
        rep.goes_to(deal)
        rep.deal = page.url
        rep.reads_lines(*ALL)
        return rep

    return sit_down


@pytest.fixture
def company(
    open_browser: Callable[..., tuple[Page, Watch]], request: pytest.FixtureRequest
) -> Callable[..., Company]:
    """``company(site, story, width, language)``: a rep, a client and an accountant, each at a browser of their own."""

    def gather(site: Site, story: str, width: int = 1280, language: str = "fr", **browser: Any) -> Company:
        look = Look(story, width, language)

        def person(kind: Any, **more: Any) -> Any:
            page, watch = open_browser(width, language, **browser)
            return kind(page, site, look, watch, language=language, **more)

        return Company(rep=person(Rep), client=person(Client), accountant=person(Accountant))

    return gather


@pytest.fixture
def colleague(open_browser: Callable[..., tuple[Page, Watch]], axe: Axe) -> Iterator[Callable[..., Any]]:
    """``colleague(Kind, site, look, language)``: one of the firm at a browser of their own, reading that language.

    Every page that they look at is accessible.
    """
    with ExitStack() as told:

        def arrive(kind: type[Colleague], site: Site, look: Look, language: str) -> Colleague:
            page, watch = open_browser(look.width, language)
            site.speaks(kind.email, language)
            told.callback(site.speaks, kind.email, "fr")
            person = kind(page, site, look, watch, language=language)
            person.axe = axe
            return person

        yield arrive


@pytest.fixture
def desk(site: Site, colleague: Callable[..., Any]) -> Callable[..., Salesperson]:
    """``desk(story, width, language, kind, at=)``: one of the firm, signed in."""

    def sit_down(
        story: str, width: int, language: str, kind: type[Salesperson] = Salesperson, at: Site = site
    ) -> Salesperson:
        person: Salesperson = colleague(kind, at, Look(f"day-{story}", width, language), language)
        person.signs_in()
        return person

    return sit_down
