"""Every command as a script calls it: what it prints, what it returns, what it leaves behind."""

from __future__ import annotations

import csv
import json
import re
import stat
from pathlib import Path

import pytest

from tests.builders import identity_number
from tests.cli.conftest import Morning, Run, counter, init

SHIPPED = Path(__file__).resolve().parents[2] / "counter" / "circular" / "lyg-2024-12.toml"
HEAD = "网上申报编号,姓名,性别,证件类型,证件号码,工作单位,申报专业,申报情形,手机,审核状态"


def roster(path: Path, *people: str) -> Path:
    """Write a roster of people, each a line of CSV under HEAD."""
    path.write_text("\n".join([HEAD, *people]) + "\n", encoding="utf-8-sig")
    return path


def person(n: int, name: str, number: str = "") -> str:
    start = f"LYGGX2024777700{n:02d},{name},,居民身份证,{number or identity_number(n)}"
    return f"{start},连云港某厂,石油化工工程,2,1390000{n:04d},主管部门审核通过"


def test_init_makes_a_home_that_nobody_else_can_read(tmp_path: Path) -> None:
    home = tmp_path / "new"
    said = init(home)
    assert (said.returncode, said.stderr) == (0, "")
    assert str(home / "key") in said.stdout
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in [home, *home.iterdir()]}
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}
    again = counter(home, "init")
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
    assert "left as it is" in again.stderr


def test_only_a_demo_home_takes_a_time(tmp_path: Path, run: Run) -> None:
    real = tmp_path / "real"
    assert counter(real, "init", "--at", "2024-08-12T09:05").returncode == 1
    assert not (real / "key").exists()
    assert init(real).returncode == 0
    for words in (("status", "x"), ("export", "today"), ("verify",), ("backup",)):
        said = counter(real, *words, "--at", "2024-08-12T09:05")
        assert (said.returncode, "only a demo" in said.stderr) == (1, True), words
    assert run("verify", "--at", "2024-08-12T11:00").returncode == 0


def test_a_command_on_no_home_says_how_to_make_one(tmp_path: Path) -> None:
    said = counter(tmp_path / "none", "status", "x")
    assert said.returncode == 1
    assert "counter init" in said.stderr
    assert not (tmp_path / "none").exists()


def test_status_tells_one_none_and_several_by_its_exit_code(run: Run) -> None:
    one, none, several = run("status", "shan"), run("status", "nobody here"), run("status", "张三")
    assert (one.returncode, none.returncode, several.returncode) == (0, 1, 3)
    assert "单雄" in one.stdout
    assert "accepted" in one.stdout
    assert "nobody here" in none.stdout
    assert several.stdout.count("张三") == 2


def test_status_knows_every_way_of_asking(run: Run, morning: Morning) -> None:
    tail = identity_number(1, "19860112")[-4:]
    for query in (morning.accepted, "LYGGX20240000000001", "danxiong", tail):
        said = run("status", query, "--json")
        names = [found["name"] for found in json.loads(said.stdout)["found"]]
        assert "单雄" in names, query


def test_status_as_json_is_stable(run: Run, morning: Morning) -> None:
    (found,) = json.loads(run("status", morning.corrected, "--json").stdout)["found"]
    assert list(found) == [
        "number", "display", "status", "name", "identity", "phone", "employer", "specialty", "online_id",
        "opened_at", "late", "decided_at", "deadline", "fee", "fee_method", "bill", "payments",
        "originals", "originals_held", "open_items", "papers",
    ]  # fmt: skip
    assert (found["status"], found["name"], found["fee"]) == ("correction", "吕一", "none")
    assert found["opened_at"] == "2024-08-12T09:05:00+08:00"
    assert "*" in found["identity"]
    assert found["employer"] == "连云港某某化工有限公司"
    assert [line["item"] for line in found["open_items"]] == ["A1-09", "A3-03"]
    assert {line["finding"] for line in found["open_items"]} == {"defect", "missing"}
    assert morning.corrected in [paper["number"] for paper in found["papers"]]


def test_status_of_someone_who_has_not_come_has_no_number(run: Run) -> None:
    found = json.loads(run("status", "张三", "--json").stdout)["found"]
    assert sorted(f["status"] or "" for f in found) == ["", "open"]
    assert [f["number"] for f in found if f["status"] is None] == [None]


def test_the_same_roster_twice_changes_nothing(run: Run, tmp_path: Path) -> None:
    file = roster(
        tmp_path / "r.csv",
        person(51, "赵五一"),
        person(52, "钱五二"),
        person(53, "孙五三", "32079919860312999X"),
    )
    said = run("roster", "import", str(file), "--json")
    assert (said.returncode, said.stderr.count("\n"), "--yes" in said.stderr) == (1, 1, True)
    dry = json.loads(said.stdout)
    assert (dry["stored"], dry["new"], dry["changed"], dry["same"]) == (False, 2, 0, 0)
    assert run("status", "赵五一").returncode == 1
    (refused,) = dry["refused"]
    assert (refused["field"], refused["reason"], refused["cell"]) == ("id_number", "check", "E4")
    first = run("roster", "import", str(file), "--yes")
    assert first.returncode == 0
    assert "new 2" in first.stdout
    assert run("status", "赵五一").returncode == 0
    second = json.loads(run("roster", "import", str(file), "--yes", "--json").stdout)
    assert (second["stored"], second["new"], second["changed"], second["same"]) == (False, 0, 0, 2)


def test_a_report_names_what_was_written_in_another_form(run: Run, tmp_path: Path) -> None:
    blank = identity_number(71)
    wide = identity_number(72).translate({ord("0") + n: ord("０") + n for n in range(10)})
    file = roster(
        tmp_path / "r.csv",
        person(71, "赵七一", f"{blank[:6]} {blank[6:]}"),
        person(72, "钱七二", wide),
        person(73, "孙七三", f" {identity_number(73)[:6]} {identity_number(73)[6:]}"),
    )
    said = run("roster", "import", str(file))
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "identity number: blanks left out in 2 cells" in said.stdout
    assert "identity number: full-width signs made narrow in 1 cell\n" in said.stdout
    assert "身份证号：去掉空格 2 处" in run("roster", "import", str(file), COUNTER_LANG="zh").stdout
    assert run("roster", "import", str(file), "--yes").returncode == 0
    assert run("roster", "import", str(file)).returncode == 0  # nothing left to store


def test_a_large_roster_says_that_it_keeps_the_desks_waiting(run: Run, tmp_path: Path) -> None:
    rows = [person(1, "李多", identity_number(1)) for _ in range(2)]
    file = roster(tmp_path / "r.csv", *rows)
    assert "before opening" not in run("roster", "import", str(file)).stdout
    many = tmp_path / "many.csv"
    lines = [
        f"LYGGX2024{n:010d},王{n % 10},,护照,E{n:08d},连云港某厂,石油化工工程,2,1390000{n % 10000:04d},已提交"
        for n in range(20_001)
    ]
    roster(many, *lines)
    assert "before opening" in run("roster", "import", str(many)).stdout


def test_a_roster_is_stored_even_when_nobody_reads_the_report(
    run: Run, morning: Morning, tmp_path: Path
) -> None:
    import os
    import subprocess
    import sys

    file = roster(tmp_path / "r.csv", person(61, "周六一"))
    read, write = os.pipe()
    os.close(read)
    line = [sys.executable, "-P", "-m", "counter", "roster", "import", str(file), "--yes"]
    env = os.environ | {"COUNTER_HOME": str(morning.home)}
    done = subprocess.run(line, env=env, stdin=subprocess.DEVNULL, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")
    assert run("status", "周六一").returncode == 0


def test_a_file_that_is_no_roster_is_refused_in_one_sentence(run: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "x.xlsx"
    wrong.write_bytes(b"PK\x03\x04 not a workbook")
    for file in (wrong, tmp_path / "none.csv"):
        said = run("roster", "import", str(file), "--yes")
        assert (said.returncode, said.stderr.count("\n")) == (1, 1)
        assert file.name in said.stderr


def test_a_circular_is_checked_line_by_line(run: Run, tmp_path: Path) -> None:
    assert run("circular", "check", str(SHIPPED)).returncode == 0
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(
        SHIPPED.read_text(encoding="utf-8").replace("schema = 1", "schema = 1\nnonsense = 2", 1), "utf-8"
    )
    said = run("circular", "check", str(wrong))
    assert said.returncode == 1
    assert re.search(r"line \d+: nonsense", said.stdout)
    assert run("circular", "use", str(wrong)).returncode == 1


def test_a_circular_with_another_wording_is_adopted(run: Run, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    other = tmp_path / "next.toml"
    other.write_text(text + "\n# the same, adopted anew\n", encoding="utf-8")
    assert run("circular", "use", str(other)).returncode == 0
    assert run("verify").returncode == 0


def test_the_days_workbook_is_written_once_and_never_over_another(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "day.xlsx"
    assert run("export", "2024-08-12", "--to", str(book)).returncode == 0
    before = book.read_bytes()
    assert run("export", "2024-08-12", "--to", str(book)).returncode == 0
    assert book.read_bytes() == before
    book.write_bytes(b"somebody's work")
    said = run("export", "2024-08-12", "--to", str(book))
    assert (said.returncode, book.read_bytes()) == (1, b"somebody's work")
    assert said.stderr.count("\n") == 1
    assert "--replace" in said.stderr
    assert run("export", "2024-08-12", "--to", str(book), "--replace").returncode == 0
    assert book.read_bytes() == before


def test_a_copy_of_a_paper_is_counted(run: Run, morning: Morning, tmp_path: Path) -> None:
    (morning.home / "config.toml").write_text("copies_limit = 9\n", encoding="utf-8")
    copy = tmp_path / "copy.pdf"
    assert run("print", morning.accepted, "--to", str(copy)).returncode == 0
    assert copy.read_bytes().startswith(b"%PDF")
    second = run("print", morning.accepted)
    assert second.returncode == 0
    assert Path(second.stdout.strip()).read_bytes().startswith(b"%PDF")
    (found,) = json.loads(run("status", morning.accepted, "--json").stdout)["found"]
    (receipt,) = [paper for paper in found["papers"] if paper["number"] == morning.accepted]
    assert receipt["prints"] == 3


def test_a_second_copy_needs_a_supervisor_at_the_desk(run: Run, morning: Morning) -> None:
    assert run("print", morning.accepted).returncode == 0
    said = run("print", morning.accepted)
    assert (said.returncode, "needs a supervisor" in said.stderr) == (1, True)


def test_a_receipt_is_printed_by_its_number_and_by_its_bare_serial(run: Run, morning: Morning) -> None:
    (morning.home / "config.toml").write_text("copies_limit = 9\n", encoding="utf-8")
    (found,) = json.loads(run("status", morning.accepted, "--json").stdout)["found"]
    for named in (found["display"], "00001"):
        said = run("print", named)
        assert (said.returncode, morning.accepted in said.stdout) == (0, True), named
    said = run("print", "hello")
    assert "14 digits" in said.stderr
    assert "连工信职收〔" in said.stderr


@pytest.mark.parametrize("number", ["12345678901234", "hello", ""])
def test_a_number_that_is_none_of_ours_prints_nothing(run: Run, number: str) -> None:
    said = run("print", number)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (1, "", 1)


def test_verify_finds_a_paper_that_was_changed(run: Run, morning: Morning) -> None:
    assert run("verify").returncode == 0
    (morning.home / "documents" / f"{morning.accepted}.pdf").write_bytes(b"%PDF another")
    said = run("verify")
    assert said.returncode == 1
    assert "NOT IN ORDER" in said.stdout
    report = json.loads(run("verify", "--json").stdout)
    assert not report["ok"]
    (bad,) = [check for check in report["checks"] if not check["ok"]]
    assert (bad["check"], morning.accepted in json.dumps(bad)) == ("files", True)


def test_a_backup_opens_with_the_key_and_holds_the_work(run: Run, morning: Morning, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    said = run("backup", "--to", str(copy))
    assert said.returncode == 0
    assert said.stdout.strip() == str(copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert run("backup", "--to", str(copy)).returncode == 1
    (morning.home / "desk.db").unlink()
    for leftover in morning.home.glob("desk.db-*"):
        leftover.unlink()
    copy.rename(morning.home / "desk.db")
    assert run("status", "单雄").returncode == 0
    assert run("verify").returncode == 0


def test_doctor_speaks_of_every_part_in_words_and_json(run: Run, tmp_path: Path) -> None:
    said = run("doctor")
    report = json.loads(run("doctor", "--json").stdout)
    assert said.returncode == (0 if report["ok"] else 1)
    assert len(said.stdout.splitlines()) == len(report["checks"]) > 0
    assert {check["health"] for check in report["checks"]} <= {"ok", "warn", "bad"}
    assert counter(tmp_path / "none", "doctor").stderr == ""


def test_what_a_command_prints_is_not_a_table_of_dicts(run: Run) -> None:
    rows = list(csv.reader(run("status", "单雄").stdout.splitlines()))
    assert not any("{" in cell or "None" in cell for row in rows for cell in row)
