"""Reading printed papers back: their text, their fonts, their places and their codes."""

from __future__ import annotations

import io
import re
import subprocess
from xml.etree import ElementTree

import zxingcpp
from PIL import Image

from receipts.coverage import _bits

PRINTABLE = 12
"""Points that an office printer may leave white at every edge (4.2 mm)."""


def _run(*command: str, given: bytes) -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def squeezed(text: str) -> str:
    """Return a text without blanks and line breaks, which typesetting may move."""
    return re.sub(r"\s+", "", text)


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF in the order it was set, without blanks."""
    return squeezed(_run("pdftotext", "-raw", "-", "-", given=pdf).decode())


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, without blanks."""
    return [
        squeezed(page) for page in _run("pdftotext", "-raw", "-", "-", given=pdf).decode().split("\f")[:-1]
    ]


def fonts_of(pdf: bytes) -> list[tuple[str, bool, bool, bool]]:
    """Return each font as (name, embedded, subset, has a map to Unicode)."""
    rows = _run("pdffonts", "-", given=pdf).decode().splitlines()[2:]
    found = []
    for row in rows:
        words = row.split()
        embedded, subset, mapped = words[-5:-2]
        found.append((words[0], embedded == "yes", subset == "yes", mapped == "yes"))
    return found


def words_of(pdf: bytes) -> list[tuple[int, float, float, float, float, float, float, str]]:
    """Return every word as (page, page width, page height, left, top, right, bottom, text) in points."""
    root = ElementTree.fromstring(_run("pdftotext", "-bbox", "-", "-", given=pdf))
    found = []
    tag = "{http://www.w3.org/1999/xhtml}"
    for n, page in enumerate(root.iter(f"{tag}page"), 1):
        width, height = float(page.attrib["width"]), float(page.attrib["height"])
        for word in page.iter(f"{tag}word"):
            box = [float(word.attrib[k]) for k in ("xMin", "yMin", "xMax", "yMax")]
            found.append((n, width, height, box[0], box[1], box[2], box[3], word.text or ""))
    return found


def raster(pdf: bytes, dpi: float, page: int = 1) -> Image.Image:
    """Return one page in grey as poppler paints it, which is not how typst paints it."""
    grey = _run("pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-gray", "-", given=pdf)
    return Image.open(io.BytesIO(grey))


def codes_in(image: Image.Image) -> dict[str, str]:
    """Return what a reader finds in a picture: {"Code128": digits, "QRCode": digits}."""
    found = zxingcpp.read_barcodes(image.convert("L"))
    return {code.format.name: code.text for code in found}


def printable() -> list[str]:
    """Return every character both faces have."""
    bits = _bits()
    return [chr(n) for n in range(0x20, len(bits) * 8) if bits[n >> 3] >> (n & 7) & 1]


def assert_inside(pdf: bytes, margin: float) -> None:
    """Assert that every word lies within the page's margin, in points."""
    for page, width, height, left, top, right, bottom, word in words_of(pdf):
        inside = left >= margin and top >= margin and right <= width - margin and bottom <= height - margin
        assert inside, (page, word, left, top, right, bottom)
