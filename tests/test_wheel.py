"""The built wheel holds every file of the three packages; an editable install would hide a missing one."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("counter", "db", "receipts")
KINDS = (".toml", ".tcss", ".mo", ".typ", ".py", ".mako")
"""Kinds of files without which an installed desk would not start, speak, print or migrate."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the locked backend, which needs no network."""
    folder = tmp_path_factory.mktemp("wheel")
    line = [sys.executable, "-P", "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def source_files() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".lock"
    }


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    held = {n for n in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in n}
    assert held == source_files()


def test_the_wheel_holds_every_kind_of_data(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert [kind for kind in KINDS if not any(name.endswith(kind) for name in names)] == []
    assert any("/migrations/versions/" in name for name in names)


def test_the_wheel_carries_its_licence_and_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (entry,) = [n for n in archive.namelist() if n.endswith(".dist-info/entry_points.txt")]
        assert "counter = counter.__main__:main" in archive.read(entry).decode()
        assert any(n.endswith("licenses/LICENSE") for n in archive.namelist())


def test_what_the_wheel_holds_runs_without_the_source(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        "import counter, db, receipts, pathlib, counter.words as w, counter.errors as e;"
        f"assert pathlib.Path(counter.__file__).is_relative_to({str(tmp_path)!r}), counter.__file__;"
        "print(w.sentence(e.DeskError('home-exists', home='H')))"
    )
    env = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"}
    said = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=env, check=True, capture_output=True, text=True
    )
    assert "柜台" in said.stdout


def test_the_packages_are_this_source_and_not_somebody_elses() -> None:
    import counter
    import db
    import receipts

    for package in (counter, db, receipts):
        assert Path(str(package.__file__)).is_relative_to(ROOT)
