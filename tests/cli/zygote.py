"""Runs command lines in processes of their own without importing the database libraries anew for each.

Started once, it imports what the records stand on and then forks one child a command. The child imports all
of `counter` itself, as a fresh start would, because the language is fixed by that import.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import traceback

import sqlcipher3.dbapi2  # noqa: F401


def child(words: list[str], env: dict[str, str], out: str, err: str, given: str) -> None:
    """Become `python -m counter`, with its input from a file and its output in two; ends the process."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(env)
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.dup2(os.open(given, os.O_RDONLY), 0)
        sys.argv = ["counter", *words]
        runpy.run_module("counter", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Answer each line of JSON on stdin with the command's exit code."""
    strangers = [name for name in sys.modules if name.partition(".")[0] == "counter"]
    assert not strangers, strangers
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            child(**request)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
