"""The signed copy: the archived quote, byte for byte, followed by the signature page as an incremental update."""

import io
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, NumberObject
from pyhanko.pdf_utils.generic import pdf_name as name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader


class NotAppendable(Exception):
    """One of the two documents was not made by our renderer, or is damaged."""


def append_page(body: bytes, page: bytes) -> bytes:
    """``body`` as an exact prefix, then the pages of ``page``, tagged like the rest.

    Both are tagged PDFs of our renderer. Raises ``NotAppendable``.
    """
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(body))
        _append(writer, PdfFileReader(io.BytesIO(page)))
        signed = io.BytesIO()
        writer.write(signed)
    except (PdfError, KeyError, IndexError, TypeError) as error:
        raise NotAppendable(str(error)) from error
    return signed.getvalue()


def _append(writer: IncrementalPdfFileWriter, added: PdfFileReader) -> None:
    root: Any = added.root
    pages = list(_pages(root["/Pages"]))
    for page in pages:
        # Through its parent the import would bring the whole other document along.
        del page["/Parent"]
    structure = root["/StructTreeRoot"]
    document = structure["/K"][0]
    for element in document["/K"]:
        element.get_object().pop("/P", None)
    # One object holding all that is wanted, so that shared references are imported once.
    bundle = DictionaryObject(
        {
            name("/Pages"): ArrayObject([_reference(page, added) for page in pages]),
            name("/Elements"): document["/K"],
            name("/Parents"): structure["/ParentTree"]["/Nums"],
        }
    )
    bundle.container_ref = structure.container_ref
    imported: Any = writer.import_object(bundle)
    shift = _join_structure(writer, imported["/Elements"], imported["/Parents"])
    for position in range(len(imported["/Pages"])):
        reference = imported["/Pages"].raw_get(position)
        page = reference.get_object()
        page[name("/StructParents")] = NumberObject(int(page["/StructParents"]) + shift)
        _insert(writer, reference)


def _join_structure(writer: IncrementalPdfFileWriter, elements: Any, parents: Any) -> int:
    """Hang the imported elements under our document; return by how much the keys of their parent tree moved."""
    root: Any = writer.root
    structure = root["/StructTreeRoot"]
    document_reference = structure["/K"].raw_get(0)
    children = structure["/K"][0]["/K"]
    for position in range(len(elements)):
        reference = elements.raw_get(position)
        reference.get_object()[name("/P")] = document_reference
        children.append(reference)
    writer.update_container(children)
    numbers = structure["/ParentTree"]["/Nums"]
    shift = max((int(numbers[at]) for at in range(0, len(numbers), 2)), default=-1) + 1
    for at in range(0, len(parents), 2):
        numbers.append(NumberObject(int(parents[at]) + shift))
        numbers.append(parents.raw_get(at + 1))
    writer.update_container(numbers)
    return shift


def _insert(writer: IncrementalPdfFileWriter, page: IndirectObject) -> None:
    """Put an imported page last; the library's own ``insert_page`` would copy it and leave its tags behind."""
    tree_reference = writer.root.raw_get("/Pages")
    tree = tree_reference.get_object()
    page.get_object()[name("/Parent")] = tree_reference
    tree["/Kids"].append(page)
    tree[name("/Count")] = NumberObject(int(tree["/Count"]) + 1)
    writer.update_container(tree)


def _pages(node: Any) -> Any:
    """The page objects under ``node``, in order."""
    node = node.get_object()
    if node["/Type"] == "/Pages":
        for kid in node["/Kids"]:
            yield from _pages(kid)
    else:
        yield node


def _reference(page: Any, reader: PdfFileReader) -> IndirectObject:
    return IndirectObject(page.container_ref.idnum, page.container_ref.generation, reader)
