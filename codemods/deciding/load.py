"""Which counts are load: judged by what their loops do, never by their names alone."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from chaos_migrate.codemods.deciding.said import reaches_a_limit
from chaos_migrate.codemods.deciding.vacuous import cannot_fail
from chaos_migrate.codemods.plan import Options
from chaos_migrate.codemods.reading.algebra import Amount, GuardKind, Symbol, number
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.frames import Frame
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import Collection, Rate, Summary
from chaos_migrate.codemods.reading.writes import gives_up

# Counts below it are scenarios unless the test samples with them.
SAMPLE_SIZE = 10
# From here on a count whose loop attempts anything is load; below, the test must look at it.
PLAINLY_LOAD = 50


# From here on an exact total is evidence enough.
TOTALLED = 20

_WARM_UP = re.compile(
    r"(n_|num_)?warm_?ups?(_(iterations|iters|rounds|runs|calls|count|requests|steps))?"
)

# The reasons that a count stays for want of evidence; a count beside it may bring some.
RETRIES = "its loop leaves when it has what it wants: it retries or polls"
SCENARIO = "a small count is a scenario: nothing shows that it is a sample"
UNSHOWN = "nothing shows that so many are load: no concurrency, no assertion on a part of them"


@dataclass(eq=False)
class Count:
    """A symbol that bounds a loop, with the loops that it bounds."""

    symbol: Symbol
    frames: list[Frame] = field(default_factory=list)
    judged: bool = False
    counted: bool = False
    sampled: bool = False

    @property
    def concurrent(self) -> bool:
        """Whether its trials run at the same time."""
        return any(frame.concurrent for frame in self.frames)

    @property
    def attempts(self) -> bool:
        """Whether its trials do anything."""
        return any(
            frame.attempts or frame.concurrent or frame.draws or frame.tries
            for frame in self.frames
        )

    @property
    def builds(self) -> bool:
        """Whether its trials make objects that are kept, not handed over as one payload."""
        frames = self.frames
        return any(f.builds for f in frames) and not any(f.handed for f in frames)

    @property
    def payload(self) -> bool:
        """Whether its trials only draw data, for other code: nothing judges what was drawn."""
        if any(frame.attempts or frame.concurrent or frame.tries for frame in self.frames):
            return False
        if any(frame.draws and frame.handed for frame in self.frames):
            return True
        weighed = self.judged and (self.sampled or self.counted)
        return self.draws and not weighed and not any(f.simulates for f in self.frames)

    @property
    def draws(self) -> bool:
        """Whether its trials draw from `random`."""
        return any(frame.draws for frame in self.frames)

    @property
    def sweeps(self) -> bool:
        """Whether the index itself is the data: other counts would try other values."""
        return any(frame.sweeps for frame in self.frames)

    @property
    def indexed(self) -> bool:
        """Whether its trials read their index: to name, to look up or to compute something."""
        return any(frame.indexed for frame in self.frames)

    def nested_in(self, other: Count) -> bool:
        """Whether each of its loops runs anew in every trial of the other."""
        return all(other.symbol in frame.inside for frame in self.frames)

    @property
    def tries(self) -> bool:
        """Whether its trials may fail and go on."""
        return any(frame.tries for frame in self.frames)


def find_counts(context: Context) -> dict[Symbol, Count]:
    """Every symbol that bounds a loop of the test, in the order of reading."""
    counts: dict[Symbol, Count] = {}
    for frame in context.loops:
        if frame.count is None and frame.nominal is None:
            continue
        for symbol in sorted(frame.symbols, key=lambda s: s.node.lineno):
            counts.setdefault(symbol, Count(symbol)).frames.append(frame)
    for judgement in context.judgements:
        if cannot_fail(judgement):
            continue  # what nothing can fail shows nothing
        for value in (judgement.left, judgement.right):
            if isinstance(value, Amount | Rate | Summary | Collection):
                for symbol in (value.deps & counts.keys()) - judgement.open_symbols:
                    counts[symbol].judged = True
            events = value.events if isinstance(value, Rate) else value
            if isinstance(value, Summary):
                sampled = value.of if not _asks_for_any(judgement) else frozenset()
            elif isinstance(events, Amount) and not events.exact:
                for symbol in events.deps & counts.keys():
                    counts[symbol].counted = True
                sampled = events.deps if not _settled(judgement) else frozenset()
            else:
                continue
            for symbol in sampled & counts.keys():
                counts[symbol].sampled = True
    return counts


def _settled(judgement: Judgement) -> bool:
    """Whether it asks for all, none or any: that is no sample."""
    sides = (judgement.left, judgement.right)
    none = number(0) in sides or _asks_for_any(judgement)
    return isinstance(judgement.operator, ast.Eq) or none


def _asks_for_any(judgement: Judgement) -> bool:
    """`> 0`, `>= 1` and their mirror images: one is enough, however many try.

    Or two that differ: `len(seen) > 1` of what is new in a set.
    """
    operator = judgement.operator
    sides = (judgement.left, judgement.right)
    if not isinstance(operator, ast.Gt | ast.GtE | ast.Lt | ast.LtE):
        return False
    value, bound = sides if isinstance(operator, ast.Gt | ast.GtE) else sides[::-1]
    distinct = isinstance(value, Amount) and GuardKind.DISTINCT in value.kinds
    return bound == number(int(distinct) + isinstance(operator, ast.GtE | ast.LtE))


def not_load(
    count: Count, counts: dict[Symbol, Count], names: dict[Symbol, str], options: Options
) -> str | None:
    """Why a count is not load and stays; None where it is load."""
    symbol = count.symbol
    name = names.get(symbol, "")
    if name in options.never_load:
        return f"the configuration says that `{name}` is never load"
    if symbol.adaptive or name in options.always_load:
        return None
    if stays := next((frame.stays for frame in count.frames if frame.stays), ""):
        return stays
    if any(frame.seeds for frame in count.frames) and not count.concurrent:
        return "its index is the seed of each trial: these are chosen cases"
    if reaches_a_limit(symbol.source, [symbol.node, *(frame.node for frame in count.frames)]):
        return "a comment says that it is there to reach a limit"
    if _WARM_UP.fullmatch(name.lower()):
        return "a warm-up is there for what is measured after it"
    if count.payload:
        return "its loop only draws data, for other code"
    creates = count.builds and count.judged and symbol.value >= PLAINLY_LOAD
    if not count.attempts and not creates:
        return "its loop makes or reads data and attempts nothing"
    leaves = all(frame.nominal is not None for frame in count.frames)
    if leaves and not count.sampled and not any(_stops(frame) for frame in count.frames):
        return RETRIES
    uncertain = count.draws or count.tries
    sample = (count.sampled and (uncertain or _averaged(count))) or (count.counted and uncertain)
    if symbol.value < SAMPLE_SIZE and not sample:
        return SCENARIO
    outer = _outer(count, counts)
    if outer is not None and not_load(counts[outer], counts, names, options) is None:
        return f"it is nested in the count of line {outer.node.lineno}: only the outermost scales"
    looked_at = count.concurrent or count.draws or count.judged
    if count.sweeps and not looked_at:
        return "its loop sweeps over the values of its index: other counts would test other values"
    if _of_the_machine(symbol.value) and not looked_at:
        return "a power of two, or the number beside one, is a size of the code under test"
    if symbol.value > PLAINLY_LOAD and symbol.value % 50 in (1, 2, 49) and not looked_at:
        return "a number just beside a round one is there to pass a limit, or to stay below it"
    if symbol.value >= PLAINLY_LOAD:
        return None
    stops = any(_stops(frame) for frame in count.frames)
    totalled = count.judged and symbol.value >= TOTALLED
    if sample or count.concurrent or uncertain or count.sampled or totalled or stops:
        return None
    return UNSHOWN


def _stops(frame: Frame) -> bool:
    """Whether a loop is left because a trial went wrong, not because one went well."""
    return isinstance(frame.node, ast.For | ast.AsyncFor) and gives_up(frame.node)


def _of_the_machine(value: int) -> bool:
    """64, 127, 256, 1025: sizes of types, buffers and caches, and one less or more."""
    return value > 60 and any((value + near) & (value + near - 1) == 0 for near in (-1, 0, 1))


def _averaged(count: Count) -> bool:
    return any(frame.collects for frame in count.frames)


def _outer(count: Count, counts: dict[Symbol, Count]) -> Symbol | None:
    """A count around every loop of this one that is large enough to scale itself."""
    around = [frame.inside - {count.symbol} for frame in count.frames]
    for symbol in set().union(*around):
        outer = counts.get(symbol)
        if outer is None or count.symbol in set().union(*(f.inside for f in outer.frames)):
            continue
        if (
            outer.symbol.value >= SAMPLE_SIZE
            or outer.symbol.adaptive
            or (outer.sampled or outer.concurrent)
        ):
            return symbol
    return None
