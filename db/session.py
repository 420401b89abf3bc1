"""One transaction on the records: a Core connection, and an ORM session on it for whoever asks for one.

The desk's use cases write Core statements. An ORM session costs its import at the start and a part of the
two milliseconds of every tick, so it is made when something of it is first used.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlmodel import Session


class Work:
    """A transaction; what is not committed when its block ends is undone."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = None
        self._orm: Session | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._orm is not None:
            self._orm.close()
        if self._connection is not None:
            self._connection.close()

    def connection(self) -> sa.Connection:
        """Return the connection; asking for it the first time begins the transaction."""
        if self._connection is None:
            connection = self._engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def flush(self) -> None:
        """Send what the ORM session, if there is one, has not sent yet."""
        if self._orm is not None:
            self._orm.flush()

    def commit(self) -> None:
        """Make the transaction durable."""
        self.flush()
        self.connection().commit()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if self._orm is None:
            from sqlmodel import Session

            import db.tables  # noqa: F401  the models, whole, before the first of them is used

            self._orm = Session(self.connection(), expire_on_commit=False)
        return getattr(self._orm, name)
