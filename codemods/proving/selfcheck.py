"""The last gate before a file is overwritten: at load 1 the new text is the old program.

Both programs are walked side by side. They may differ where an old number meets an expression of
equal value, by an added assignment of such a value, by the added parameter, and in messages.
Nothing of the planner or the rewriter is used here, so that no error of theirs excuses itself.
"""

from __future__ import annotations

from chaos_migrate.codemods.proving.differences import Differs
from chaos_migrate.codemods.proving.statements import Comparison
from chaos_migrate.codemods.source import Source


def difference(old: Source, new: Source) -> str | None:
    """Why `new` is not `old` at load 1, in one sentence with its line in `new`; None if it is."""
    comparison = Comparison(old, new)
    try:
        comparison.modules()
    except Differs as reason:
        return f"line {comparison.line}: {reason}"
    except RecursionError:
        return "the program is nested too deeply to be compared"
    return None
