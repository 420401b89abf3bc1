"""Texts that come from outside and want to be more than text: one list for every place that shows any."""

from __future__ import annotations

from typing import Final

MARKUP: Final = (
    "[/",
    "[/x]",
    "[a='",
    "[abc]",
    "备注[red]重要",
    "[@click=app.quit]退出[/]",
    "[b]张三[/b]",
    "{name}",
    "%s%n",
    "<script>",
)
"""What a markup reader, a formatter or a browser would act on."""

CONTROL: Final = (
    "\x1b]2;PWNED\x07",
    "\x1b[2J张三",
    "\x9b31m红",
    "张\x00三",
    "张\r\n三",
    "\u202e三张",
    "张\u200b三",
    "👨\u200d👩\u200d👧",
    "\u2028行",
)
"""What a terminal would act on, and what turns or hides signs."""

SHAPES: Final = (
    "𬎆𬭎",
    "\U00030106\U0002ebf0",
    "\ue863\ue864",
    "古丽努尔·买买提江",
    "長" * 50,
    "x" * 200,
    "e\u0301" * 30,
    "“双引号”—…×",
    " ",
    "",
)
"""Rare hanzi, private signs, the separator of names, and lengths no column has."""

HOSTILE: Final = (*MARKUP, *CONTROL, *SHAPES)
