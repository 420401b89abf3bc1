"""Typesetting: document data in, PDF/A-2u or PNG bytes out.

Two guards stand before the printer: the coverage check, which can name the character, and the PDF/A profile,
under which typst refuses to set a sign the faces lack instead of drawing a box. Data reaches a template only
as JSON, never as source.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from receipts import barcode, coverage, data
from receipts.errors import PaperError

if TYPE_CHECKING:
    import typst

TEMPLATES: Final = Path(__file__).with_name("templates")

_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`', re.DOTALL)
_BREAK: Final = "\u200b"
_LONG_RUN: Final = re.compile(r"[!-~]{20,}")
_NARROW_RUN: Final = re.compile(r"[!-~]{6,}")
_NARROW: Final = {"place", "no", "due", "received", "form", "result", "remark", "chip", "count", "state"}
"""Fields set in narrow cells."""
_local = threading.local()


def render_pdf(doc: data.Document, issued_at: datetime) -> bytes:
    """Set a document as PDF/A-2u; the same document and instant give the same bytes.

    `issued_at` is the record's time of issue, aware: the file carries it instead of the moment of printing.
    Raises PaperError with the codes listed there.
    """
    if issued_at.tzinfo is None:
        raise ValueError("issued_at must be aware")
    pages = _compile(doc, format="pdf", pdf_standards=["a-2u"], timestamp=int(issued_at.timestamp()))
    return pages[0]


def render_png(doc: data.Document, ppi: float = 203.2) -> tuple[bytes, ...]:
    """Set a document as one PNG per page; 203.2 ppi is 8 dots per mm, a label printer's grid."""
    return _compile(doc, format="png", ppi=ppi)


def warm() -> None:
    """Load fonts, libraries and templates in this thread, so that the first paper comes as fast as the next.

    A compiler is kept per thread: call it in the thread that will print.
    """
    from receipts.number import PaperKind, PaperNumber

    label = data.BagLabel(
        office="", matter="", display_number="", online_id="", name="", employer="", specialty="",
        digits=PaperNumber(PaperKind.REVIEW_BAG, 2000, 1, 1).digits, bag=1, bags=1,
    )  # fmt: skip
    _compile(label, format="pdf", pdf_standards=["a-2u"], timestamp=0)


def _compile(doc: data.Document, **options: Any) -> tuple[bytes, ...]:
    kind = data.check(doc)
    values = {
        **soften(asdict(doc)),
        "kind": int(kind),
        "runs": barcode.code128_runs(doc.digits),
        "qr": barcode.qr_svg(doc.anchor or doc.digits),
        "anchored": bool(doc.anchor),
    }
    hidden = tuple(data.texts(doc))
    return typeset(data.paper_name(doc), doc.template_version, values, hidden, **options)


def typeset(
    name: str, version: int, values: dict[str, Any], hidden: tuple[str, ...], **options: Any
) -> tuple[bytes, ...]:
    """Set a template with its values; `hidden` are the texts of the paper, which no message may repeat.

    Raises PaperError.
    """
    from typst import TypstError

    coverage.require(hidden)
    template = TEMPLATES / f"{name}-{version}.typ"
    if not template.is_file():
        raise PaperError("template-version", paper=name, version=version)
    fields = json.dumps(values, ensure_ascii=False)
    try:
        made, warnings = _compiler().compile_with_warnings(
            input=str(template), sys_inputs={"data": fields, "marked": str(_BREAK in fields)}, **options
        )
    except TypstError as e:
        raise PaperError("typeset", message=_redact(e.message, hidden)) from None
    if warnings:
        raise PaperError("template-warning", message=_redact(warnings[0].message, hidden))
    assert made is not None
    return tuple(made) if isinstance(made, list) else (made,)


def _compiler() -> typst.Compiler:
    """Return this thread's compiler: sharing one is untried, and loading the fonts is the slow part."""
    compiler: typst.Compiler | None = getattr(_local, "compiler", None)
    if compiler is None:
        import pylopdf_fonts_zh_cn
        import typst

        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(Path(pylopdf_fonts_zh_cn.sans_path()).parent)],
        )
        compiler = typst.Compiler(root=str(TEMPLATES), font_paths=fonts)
        _local.compiler = compiler
    return compiler


def soften(value: Any, key: str = "") -> Any:
    """Return the fields with break marks inside long runs of letters, which else would leave their cells.

    A template that searched by itself would take milliseconds more.
    """
    if isinstance(value, str):
        runs = _NARROW_RUN if key in _NARROW else _LONG_RUN
        return runs.sub(lambda run: _BREAK.join(run[0]), value)
    if isinstance(value, dict):
        return {key: soften(part, key) for key, part in value.items()}
    if isinstance(value, tuple):
        return [soften(part, key) for part in value]
    return value


def _redact(message: str, hidden: tuple[str, ...]) -> str:
    """Return a typesetter's message without what it quotes and without any text of the paper."""
    message = _QUOTED.sub("[...]", message)
    for text in sorted(set(hidden), key=len, reverse=True):
        if len(text) > 1:
            message = message.replace(text, "[...]")
    return message
