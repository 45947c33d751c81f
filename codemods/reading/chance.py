"""Chance: what a test draws itself."""

from __future__ import annotations

import ast

from chaos_migrate.codemods.reading.algebra import Value, depends_on
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.invoking import arguments_of
from chaos_migrate.codemods.reading.quantities import Unknown

_NAMES = {"random", "randint", "uniform", "choice", "numpy.random.rand"}
_SEEDED = {"seed", "Random", "default_rng", "RandomState", "manual_seed", "PRNGKey"}


def is_chance(name: str) -> bool:
    """Whether the function of this dotted name draws."""
    return name.startswith("random.") or ".random." in name or name in _NAMES


def draw(context: Context, node: ast.Call, last: str) -> Value:
    """A value that differs from trial to trial by chance."""
    positional, keywords = arguments_of(context, node)
    if last in _SEEDED:
        context.seeded(positional)
    context.note("draws")
    depends = depends_on([*positional, *keywords.values()])
    uniform = last == "random" and not positional
    return Unknown(depends, drawn=True, uniform=uniform, draw=context.next_id())
