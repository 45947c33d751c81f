"""What one test does, as it is written down."""

from __future__ import annotations

import threading
from typing import Any

from .values import short

AT_MOST = 40  # executions of one assertion that are kept; of the rest only their number


class Recording:
    """What one test does: its assertions with their operands, its bounds, its sources of chance."""

    def __init__(self) -> None:
        self.outcome = "passed"
        self.message = ""
        self.failed_at: list[Any] | None = None
        self.assertions: dict[str, dict[str, Any]] = {}
        self.bounds: dict[str, list[Any]] = {}
        self.threads = False
        self.chance = False
        self.duration = 0.0
        self.start = self.end = ""
        self.compared = threading.local()  # operands seen since the last assertion, by thread

    def pending(self) -> list[Any]:
        """The operands compared since the last assertion of this thread."""
        if not hasattr(self.compared, "operands"):
            self.compared.operands = []
        return self.compared.operands  # type: ignore[no-any-return]

    def assertion(self, place: list[Any], text: str, values: str) -> None:
        """Note an assertion that was carried out; those of one place together."""
        operands = list(self.pending())
        self.pending().clear()
        seen = self.assertions.setdefault(
            f"{place[0]}:{place[1]}", {"place": place, "text": text, "count": 0, "values": []}
        )
        seen["count"] += 1
        if seen["count"] <= AT_MOST:
            seen["values"].append([short(values), operands])

    def as_json(self) -> dict[str, Any]:
        """Everything but what only this process can use."""
        return {
            "outcome": self.outcome,
            "message": self.message,
            "failed_at": self.failed_at,
            "assertions": list(self.assertions.values()),
            "bounds": list(self.bounds.values()),
            "threads": self.threads,
            "chance": self.chance or self.start != self.end,
            "duration": self.duration,
            "end": self.end,
        }
