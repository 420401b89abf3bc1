"""Writing a file: whole or not there, closed to others, never over something, never through a link."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from counter.sheets.errors import SheetError
from counter.sheets.files import write_atomically


def refused(path: Path, *, overwrite: bool = False) -> str:
    with pytest.raises(SheetError) as caught:
        write_atomically(path, b"new", overwrite=overwrite)
    return caught.value.code


def test_a_new_file_is_whole_and_closed_to_others_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_atomically(tmp_path / "日.xlsx", b"data")
    finally:
        os.umask(before)
    assert (tmp_path / "日.xlsx").read_bytes() == b"data"
    assert (tmp_path / "日.xlsx").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["日.xlsx"]


def test_an_existing_file_is_left_alone_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    assert refused(path) == "exists"
    assert path.read_bytes() == b"old"
    write_atomically(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"old")
    link, dangling = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    link.symlink_to(outside)
    dangling.symlink_to(tmp_path / "nowhere")
    assert refused(link) == "exists"
    assert refused(dangling) == "exists"
    write_atomically(link, b"new", overwrite=True)
    assert outside.read_bytes() == b"old"
    assert not link.is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_what_cannot_be_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert refused(tmp_path / "folder", overwrite=True) == "not-a-file"
    assert refused(tmp_path / ("王" * 100)) == "bad-name"
    assert refused(tmp_path / "a\0b") == "bad-name"
    assert refused(tmp_path / "..") == "bad-name"
    assert refused(tmp_path / "none" / "a.xlsx") == "unwritable"
    assert refused(tmp_path / "file" / "a.xlsx") == "unwritable"


def test_a_name_taken_while_writing_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    synced = os.fsync

    def slow(handle: int) -> None:
        path.write_bytes(b"somebody else's")
        synced(handle)

    monkeypatch.setattr("counter.sheets.files.os.fsync", slow)
    assert refused(path) == "exists"
    assert path.read_bytes() == b"somebody else's"
    assert os.listdir(tmp_path) == ["a.xlsx"]


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from counter.sheets.errors import SheetError\n"
        "from counter.sheets.files import write_atomically\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_atomically(Path(sys.argv[1]), bytes(5000), overwrite=True)\n"
        "except SheetError as e: sys.exit(e.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "unwritable"
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.xlsx"]
