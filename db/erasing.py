"""After rows were blanked: free pages, the log of writes and old row versions go as well.

`secure_delete` zeroes what a page frees, but pages in the write-ahead log and cells that moved keep older
bytes until the file is written anew.
"""

from __future__ import annotations

from collections.abc import Sequence

from db.engine import Records
from db.faults import translate


def wipe_traces(records: Records, tables: Sequence[str]) -> bool:
    """Write the records anew without what was deleted; False when others were in the way.

    Takes the whole file for itself, about a second per 100 MB. On a server the tables are rewritten; its own
    log is for those who look after it.
    """
    if records.dialect == "postgresql":
        with records.write_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            try:
                connection.exec_driver_sql(f"VACUUM (FULL) {', '.join(sorted(set(tables)))}")
            except Exception as error:
                if translate(error) is None:
                    raise
                return False
            finally:
                connection.exec_driver_sql("RESET statement_timeout")
        return True
    raw = records.write_engine.raw_connection()
    try:
        driver = raw.driver_connection
        assert driver is not None
        driver.execute("PRAGMA temp_store=MEMORY")  # nothing of it may come to lie in a file of its own
        driver.execute("VACUUM")
        (busy, _pages, _moved) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except Exception as error:
        if translate(error) is None:
            raise
        return False
    finally:
        raw.close()
