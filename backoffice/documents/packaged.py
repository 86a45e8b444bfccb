"""The files that a document may draw on: they travel with the program, and nothing else is ever fetched."""

from pathlib import Path

from backoffice.faces import TEXT_FACES

STATIC = Path(__file__).resolve().parents[2] / "static"

ORIGIN = "https://doc.invalid/"

SIGNATURE_FACE = "signature.ttf"

# The style sheet names its faces as ../fonts/…, so both keep their folders here and under /static/ alike.
_PATHS = {
    "css/document.css": STATIC / "css" / "document.css",
    **{f"fonts/{name}": STATIC / "fonts" / name for name in TEXT_FACES},
    "fonts/title-semibold.ttf": STATIC / "fonts" / "title-semibold.ttf",
    "fonts/signature.ttf": STATIC / "fonts" / SIGNATURE_FACE,
}


def packaged_files() -> dict[str, bytes]:
    """Every packaged file that exists, by its path under ``ORIGIN``."""
    return {name: path.read_bytes() for name, path in _PATHS.items() if path.is_file()}


def packaged_address(name: str) -> str:
    """Where a document being made into a PDF finds ``name``: a style sheet of ours, or a file sent with the job."""
    return f"{ORIGIN}css/{name}" if f"css/{name}" in _PATHS else f"{ORIGIN}{name}"
