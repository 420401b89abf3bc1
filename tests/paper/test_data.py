"""A stored paper is the same paper."""

from __future__ import annotations

import dataclasses
import json

import pytest

from receipts import data
from receipts.data import as_copy, from_json, to_json
from receipts.errors import PaperError
from tests.paper.samples import DOCUMENTS, LABEL, NOTICE, RECEIPT


@pytest.mark.parametrize("doc", DOCUMENTS, ids=data.paper_name)
def test_a_stored_paper_comes_back_equal(doc: data.Document) -> None:
    stored = to_json(doc)
    assert from_json(stored) == doc
    assert to_json(from_json(stored)) == stored
    assert json.loads(stored)["data"]["template_version"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"paper":"poem","data":{}}',
        '{"paper":"receipt","data":{}}',
        '{"paper":["receipt"],"data":1}',
    ],
)
def test_what_is_no_stored_paper_is_refused(text: str) -> None:
    with pytest.raises(PaperError, match="bad-data"):
        from_json(text)


def test_a_stored_paper_with_a_field_of_the_wrong_type_is_refused() -> None:
    stored = json.loads(to_json(RECEIPT))
    stored["data"]["fee"]["amount"] = 300
    with pytest.raises(PaperError, match="bad-data"):
        from_json(json.dumps(stored))


def test_a_paper_whose_number_is_of_another_kind_is_refused() -> None:
    for doc in (
        dataclasses.replace(RECEIPT, digits=NOTICE.digits),
        dataclasses.replace(NOTICE, digits=RECEIPT.digits),
        dataclasses.replace(LABEL, digits=RECEIPT.digits),
    ):
        with pytest.raises(PaperError, match="bad-number"):
            data.check(doc)


def test_a_paper_that_says_nothing_is_refused() -> None:
    for doc in (
        dataclasses.replace(RECEIPT, items=()),
        dataclasses.replace(NOTICE, sheets=()),
        dataclasses.replace(LABEL, bag=3, bags=2),
    ):
        with pytest.raises(PaperError, match="bad-data"):
            data.check(doc)


def test_a_copy_changes_nothing_but_its_mark() -> None:
    copy = as_copy(RECEIPT, number=2, at="2024年9月2日 10:11", clerk="刘某")
    assert copy.copy.number == 2
    assert dataclasses.replace(copy, copy=RECEIPT.copy) == RECEIPT


def test_every_text_of_a_paper_is_checked_against_the_fonts() -> None:
    found = list(data.texts(NOTICE))
    assert NOTICE.items[0].reasons[1] in found
    assert NOTICE.head.address in found
    assert NOTICE.late in found
