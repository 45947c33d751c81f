"""A group to its edits: names, lines above assertions, floors, messages, and the sites."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from chaos_migrate.codemods.edits import AddParameter, Edit, Insert, Replace
from chaos_migrate.codemods.forms import Forms, HelperForms, Limit, PlainForms
from chaos_migrate.codemods.functions import Access
from chaos_migrate.codemods.groups import Group
from chaos_migrate.codemods.keeps import Keeps
from chaos_migrate.codemods.load import Count
from chaos_migrate.codemods.messages import updated_message
from chaos_migrate.codemods.placement import Places
from chaos_migrate.codemods.plan import Action, Options, Shrink, Site
from chaos_migrate.codemods.reading.algebra import Amount, Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.thresholds import Bound, Copy, Refused, run_time
from chaos_migrate.fixtures_templates import bounds

MULTIPLIERS = (0.5, 1, 4)

_CODES = {
    "max_count": "CHM201",
    "min_count": "CHM201",
    "max_rate": "CHM202",
    "min_rate": "CHM202",
    "time_limit": "CHM301",
}


@dataclass(eq=False)
class Written:
    """What a group comes to: sites always, edits where it moves."""

    sites: list[Site] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    shrinks: list[Shrink] = field(default_factory=list)


class _Stuck(Exception):
    """The group cannot be written down; `refused` says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


class Writer:
    """Writes the groups of one test; names that it makes are taken for the groups after."""

    def __init__(self, context: Context, options: Options, keeps: Keeps) -> None:
        self._context = context
        self._options = options
        self._keeps = keeps
        self._test = context.test
        self._places = Places(context.test.node, context.test.source)
        self._names = self._places.names()
        self._taken = set(self._names) | set(context.suite.names(context.test.source))
        self._forms: Forms = PlainForms() if options.style == "plain" else HelperForms()
        self._parameter = False

    @property
    def _config(self) -> str:
        prefix = "self." if self._test.access is Access.SELF else ""
        return prefix + self._options.fixture

    def write(self, group: Group, number: int) -> Written:
        """The sites and edits of a group; a group that cannot be written becomes a review."""
        refused = self._kept(group) or group.refusal
        if refused is None:
            taken, parameter = set(self._taken), self._parameter
            try:
                return self._written(group, number)
            except _Stuck as stuck:
                self._taken, self._parameter = taken, parameter
                refused = stuck.refused
        if all(symbol.adaptive for symbol in group.symbols):
            return Written()
        return Written(sites=[self._review(group, number, refused)])

    # -- groups that stay

    def _kept(self, group: Group) -> Refused | None:
        """A member that the author, `select` or `ignore` keeps."""
        options, test = self._options, self._test.node
        members = [(count_code(count), count.symbol.node) for count in group.counts]
        rule = min(members, key=lambda m: (m[1].lineno, m[1].col_offset))[0]
        members += [(_CODES[bound.method], bound.node) for bound in group.bounds]
        members += [("CHM203", copy.symbol.node) for copy in group.copies]
        if all(symbol.adaptive for symbol in group.symbols) and len(members) > len(group.counts):
            rule = members[len(group.counts)][0]
        for code, node in members:
            reason = self._keeps.holds(node, test)
            if reason is not None:
                return Refused("CHM406", f"`# chaos: keep`: {reason}", node)
            if options.ignore and code.startswith(options.ignore):
                return Refused("CHM406", f"{code} is ignored", node)
        if options.select and not rule.startswith(options.select):
            return Refused("CHM406", f"{rule} is not selected", members[0][1])
        return None

    def _review(self, group: Group, number: int, refused: Refused) -> Site:
        first = group.first
        shown: ast.expr | ast.stmt = first.node
        if first.source is not self._test.source:
            shown = self._test.node.body[0]
        related = [_place(s.node, str(s.value)) for s in group.symbols if s is not first]
        related += [_place(bound.node, ast.unparse(bound.node)) for bound in group.bounds]
        node = refused.node
        if hasattr(node, "lineno") and node is not first.node:
            related.append(f"{node.lineno}:{node.col_offset + 1}")
        action = Action.KEEP if refused.code == "CHM406" else Action.REVIEW
        return self.site(
            shown, refused.code, action, refused.reason, number, related=tuple(related),
            advice=refused.advice,
        )  # fmt: skip

    # -- groups that move

    def _written(self, group: Group, number: int) -> Written:
        written = Written()
        if self._options.fixture in self._names and not self._is_parameter():
            reason = f"the test has a `{self._options.fixture}` of its own"
            raise _Stuck(Refused("CHM405", reason, self._test.node))
        floor = _Floor(group, self._options)
        expressions = self._expressions(group, floor, number, written)
        for copy in group.copies:
            self._write_copy(copy, expressions, number, written)
        for bound in group.bounds:
            self._write_bound(bound, expressions, floor, number, written)
        if written.edits and self._test.access is Access.PARAMETER and not self._is_parameter():
            self._refuse_if_called()
            if not self._parameter:
                written.edits.append(AddParameter(self._test.node, self._options.fixture))
            self._parameter = True
        if written.edits:
            written.shrinks.append(floor.shrink(self._test.name, group))
        return written

    def _refuse_if_called(self) -> None:
        """A test that other code of the file calls would miss its new argument there."""
        for node in ast.walk(self._test.source.tree):
            if isinstance(node, ast.Name) and node.id == self._test.node.name:
                reason = f"`{node.id}` is also used by other code of the file (line {node.lineno})"
                raise _Stuck(Refused("CHM405", reason, node))

    def _is_parameter(self) -> bool:
        arguments = self._test.node.args
        given = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        return any(argument.arg == self._options.fixture for argument in given)

    # -- counts

    def _expressions(
        self, group: Group, floor: _Floor, number: int, written: Written
    ) -> dict[Symbol, str]:
        """How each count is read at run time; the counts themselves are written on the way."""
        uses: dict[Symbol, list[ast.AST]] = {symbol: [] for symbol in group.symbols}
        for copy in group.copies:
            for term in copy.amount.terms:
                for symbol in term.factors:
                    if symbol in uses:
                        uses[symbol].append(self._spot(copy))
        for bound in group.bounds:
            for symbol in bound.of.deps:
                if symbol in uses:
                    uses[symbol].append(bound.judgement.statement)
        expressions: dict[Symbol, str] = {}
        for count in sorted(group.counts, key=lambda c: _position(c.symbol.node)):
            symbol = count.symbol
            if symbol not in expressions:
                self._write_count(count, group, uses, floor, number, expressions, written)
        return expressions

    def _spot(self, copy: Copy) -> ast.expr:
        """Where a copied literal is replaced: at its own place, or where its name is read."""
        if self._places.holds(copy.symbol.node):
            return copy.symbol.node
        judgement = copy.judgement
        for node in (judgement.right_node, judgement.left_node):
            if node is not None and isinstance(node, ast.Name | ast.Attribute):
                if self._context.names.get(copy.symbol) == ast.unparse(node).rpartition(".")[2]:
                    return node
        raise _Stuck(Refused("CHM410", "the number stands outside the test", judgement.left_node))

    def _write_count(
        self,
        count: Count,
        group: Group,
        uses: dict[Symbol, list[ast.AST]],
        floor: _Floor,
        number: int,
        expressions: dict[Symbol, str],
        written: Written,
    ) -> None:
        symbol = count.symbol
        if symbol.adaptive:
            expressions[symbol] = self._adaptive_name(symbol, uses[symbol])
            return
        literal = ast.unparse(symbol.node)
        if symbol.offset:
            literal = str(symbol.value)
        least = floor.of(symbol)
        if not self._places.holds(symbol.node):
            code = self._constant(count, least, expressions, written)
            self._count_site(count, code, least, number, written)
            return
        code = self._forms.count(self._config, literal, symbol.value, least)
        statement = self._places.statement(symbol.node)
        name = _assigned_name(statement, symbol.node)
        if name is not None:
            if uses[symbol] and not self._usable(name, statement, uses[symbol]):
                reason = f"`{name}` is bound more than once, or after it would be needed"
                raise _Stuck(Refused("CHM404", reason, statement))
            expressions[symbol] = name
            written.edits.append(Replace(symbol.node, code))
            self._count_site(count, code, least, number, written)
            return
        twins = [
            other
            for other in group.counts
            if other.symbol.value == symbol.value
            and not other.symbol.adaptive
            and self._places.holds(other.symbol.node)
            and _assigned_name(self._places.statement(other.symbol.node), other.symbol.node) is None
        ]
        needed = [use for twin in twins for use in uses[twin.symbol]]
        if not needed:
            expressions[symbol] = code
            text = f"{code} + {symbol.offset}" if symbol.offset else code
            written.edits.append(Replace(symbol.node, text))
            self._count_site(count, text, least, number, written)
            return
        name = self._fresh(_count_name(count))
        places: list[ast.AST] = [twin.symbol.node for twin in twins]
        self._insert(self._places.before([*places, *needed]), f"{name} = {code}", written)
        for twin in twins:
            offset = twin.symbol.offset
            text = f"{name} + {offset}" if offset else name
            expressions[twin.symbol] = name
            written.edits.append(Replace(twin.symbol.node, text))
            self._count_site(twin, code, least, number, written)

    def _adaptive_name(self, symbol: Symbol, uses: list[ast.AST]) -> str:
        """The name of a count that is adaptive already."""
        name = self._context.names.get(symbol)
        statement = self._places.statement(symbol.node) if self._places.holds(symbol.node) else None
        if not uses:
            return symbol.expression or ""
        if name is None or statement is None or not self._usable(name, statement, uses):
            reason = "the adaptive count has no name that its bound could use"
            raise _Stuck(Refused("CHM404", reason, symbol.node, "give the count a name"))
        return name

    def _constant(
        self, count: Count, least: int, expressions: dict[Symbol, str], written: Written
    ) -> str:
        """A module's or class's constant stays, as the base of a local name."""
        symbol = count.symbol
        name = self._context.names.get(symbol, "")
        reads = [
            node
            for node in ast.walk(self._test.node)
            if self._places.holds(node)
            and (
                (isinstance(node, ast.Name) and node.id == name)
                or (isinstance(node, ast.Attribute) and node.attr == name)
            )
            and isinstance(node.ctx, ast.Load)
        ]
        if not reads or self._names.get(name):
            raise _Stuck(Refused("CHM404", f"`{name}` cannot be followed", self._test.node))
        helpers = self._context.constant_readers.get(symbol, set())
        if helpers - set(ast.walk(self._test.node)):
            reason = f"`{name}` is also read by a helper, which would keep the author's number"
            raise _Stuck(Refused("CHM405", reason, reads[0]))
        code = self._forms.count(self._config, ast.unparse(reads[0]), symbol.value, least)
        local = self._fresh(name.lower().strip("_") if name.lower() != name else f"scaled_{name}")
        self._insert(self._places.before(list(reads)), f"{local} = {code}", written)
        for node in reads:
            written.edits.append(Replace(node, local))
        expressions[symbol] = local
        return code

    def _usable(self, name: str, definition: ast.stmt, uses: list[ast.AST]) -> bool:
        if len(self._names.get(name, [])) != 1:
            return False
        return all(self._places.reaches(definition, use) for use in uses)

    # -- bounds and copies

    def _write_copy(
        self, copy: Copy, expressions: dict[Symbol, str], number: int, written: Written
    ) -> None:
        spot = self._spot(copy)
        text = self._amount(copy.amount, expressions, spot)
        offset = copy.symbol.offset
        if copy.schedule is not None:
            period, remainder = copy.schedule
            hits = f"len(range({remainder}, {text}, {period}))"
            text = f"{text} - {hits}" if copy.complement else hits
        if offset:
            text = f"{text} + {offset}"
        if any(isinstance(edit, Replace) and edit.node is spot for edit in written.edits):
            return
        written.edits.append(Replace(spot, text))
        values = {_label(m): float(self._copied(copy, m) + offset) for m in MULTIPLIERS}
        reason = f"it repeats the count: {text}"
        written.sites.append(
            self.site(spot, "CHM203", Action.REWRITE, reason, number, replacement=text,
                      values=values, depends_on=_places_of(copy.amount))
        )  # fmt: skip

    def _copied(self, copy: Copy, multiplier: float) -> int:
        m = run_time(copy.amount, self._at(copy.amount, multiplier))
        if copy.schedule is None:
            return m
        period, remainder = copy.schedule
        hits = len(range(remainder, m, period))
        return m - hits if copy.complement else hits

    def _at(self, amount: Amount, multiplier: float) -> dict[Symbol, int]:
        return {s: self._scaled.get((s, multiplier), s.value) for s in amount.deps}

    def _write_bound(
        self,
        bound: Bound,
        expressions: dict[Symbol, str],
        floor: _Floor,
        number: int,
        written: Written,
    ) -> None:
        judgement = bound.judgement
        statement = judgement.statement
        if not self._places.on_own_line(statement):
            reason = "the assertion shares its line with another statement"
            raise _Stuck(Refused("CHM404", reason, statement))
        literal = ast.unparse(bound.literal)
        if bound.scale != 1 and bound.value is not None:
            literal = repr(float(bound.value))
        trials = self._amount(bound.of, expressions, statement)
        value_node = judgement.left_node
        if value_node is bound.node or bound.literal in ast.walk(value_node):
            value_node = judgement.right_node or value_node
        limit = Limit(
            bound.method, literal, int(bound.of.total) or None, trials, bound.strict, bound.allowed
        )  # fmt: skip
        name = self._fresh(_bound_name(bound, value_node))
        code = self._forms.bound(self._config, limit)
        if bound.scale != 1:
            code = f"{bound.scale} * {code}"
        self._insert(statement, f"{name} = {code}", written)
        written.edits.append(Replace(bound.literal, name))
        message = updated_message(
            judgement.message, self._test.source, literal, name, value_node, trials
        )
        timed = bound.method == "time_limit"
        simple = re.fullmatch(r"\w+", trials) is not None and not timed
        if message is not None and judgement.message is not None and simple:
            written.edits.append(Replace(judgement.message, message))
        values = {
            _label(m): self._bound_at(bound, bound.value, m)
            for m in MULTIPLIERS
            if bound.value is not None
        }
        allowed = "" if bound.allowed is None else f": {bound.allowed} of {bound.of.total}"
        reason = f"it bounds what {trials or 'single'} trials give{allowed}"
        written.sites.append(
            self.site(bound.literal, _CODES[bound.method], Action.REWRITE, reason, number,
                      replacement=code, values=values,
                      depends_on=_places_of(bound.of))
        )  # fmt: skip

    def _bound_at(self, bound: Bound, exact: Fraction, multiplier: float) -> float:
        n = int(bound.of.total)
        m = run_time(bound.of, self._at(bound.of, multiplier))
        value = _number(exact)
        if bound.method == "time_limit":
            factor = max(1.0, 1 / multiplier)
            return bounds.time_limit(float(value), factor, n or None, m or None)
        method = getattr(bounds, bound.method)
        result: float = method(value, of=n, trials=m, strict=bound.strict)
        return result if bound.scale == 1 else float(bound.scale) * result

    def _amount(self, amount: Amount, expressions: dict[Symbol, str], use: ast.AST) -> str:
        """An amount of trials as an expression at `use`."""
        parts = []
        for term in amount.terms:
            factors = []
            for symbol in sorted(term.factors, key=lambda s: _position(s.node)):
                factors.append(expressions.get(symbol) or self._fixed(symbol, use))
            if term.coefficient != 1 or not factors:
                if term.coefficient.denominator != 1:
                    raise _Stuck(Refused("CHM409", "a part of the count is expected", use))
                factors.append(str(term.coefficient))
            parts.append(" * ".join(factors))
        return " + ".join(parts).replace("+ -", "- ")

    def _fixed(self, symbol: Symbol, use: ast.AST) -> str:
        """A count that stays: by its name where it has one, else as the number it is."""
        name = self._context.names.get(symbol)
        if name is not None and self._places.holds(symbol.node):
            statement = self._places.statement(symbol.node)
            if _assigned_name(statement, symbol.node) == name:
                if self._usable(name, statement, [use]):
                    return name
        return str(symbol.value)

    # -- lines, names and sites

    def _insert(self, before: ast.stmt, code: str, written: Written) -> None:
        if not self._places.on_own_line(before):
            reason = "there is no line of its own for the new name"
            raise _Stuck(Refused("CHM404", reason, before))
        written.edits.append(Insert(before, code))

    def _fresh(self, name: str) -> str:
        candidate, count = name, 2
        while candidate in self._taken:
            candidate, count = f"{name}_{count}", count + 1
        self._taken.add(candidate)
        return candidate

    def _count_site(
        self, count: Count, code: str, least: int, number: int, written: Written
    ) -> None:
        symbol = count.symbol
        node = symbol.node
        values = {}
        for multiplier in MULTIPLIERS:
            value = bounds.scaled(symbol.value, multiplier, least)
            self._scaled[symbol, multiplier] = value
            values[_label(multiplier)] = float(value + symbol.offset)
        reason = f"load: {'concurrent trials' if count.concurrent else 'trials of a loop'}"
        if not self._places.holds(node):
            reads = self._context.names.get(symbol, "")
            reason += f", from the constant `{reads}`"
        written.sites.append(
            self.site(node, count_code(count), Action.REWRITE, reason, number, replacement=code,
                      values=values)
        )  # fmt: skip

    @property
    def _scaled(self) -> dict[tuple[Symbol, float], int]:
        return self.__dict__.setdefault("_scaled_values", {})  # type: ignore[no-any-return]

    def site(
        self,
        node: ast.expr | ast.stmt,
        code: str,
        action: Action,
        reason: str,
        group: int | None = None,
        *,
        replacement: str | None = None,
        values: dict[str, float] | None = None,
        depends_on: tuple[str, ...] = (),
        related: tuple[str, ...] = (),
        advice: str | None = None,
    ) -> Site:
        """A site at a literal of this file."""
        source = self._test.source
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return Site(
            code=code,
            action=action,
            line=node.lineno,
            column=source.column(node.lineno, node.col_offset),
            end_line=end_line,
            end_column=source.column(end_line, end_column),
            literal=source.segment(node),
            function=self._test.name,
            reason=reason,
            group=group,
            depends_on=depends_on,
            related=related,
            replacement=replacement,
            values=values or {},
            advice=advice,
        )


class _Floor:
    """How far the counts of a group may shrink, by what its assertions need."""

    def __init__(self, group: Group, options: Options) -> None:
        self._least: dict[Symbol, int] = {}
        self._detail = "only exact equalities depend on it"
        whole = group.whole or options.style == "plain"
        for symbol in group.symbols:
            n = symbol.value
            least = bounds.floor_for_exact(n)
            if options.shrink == "always":
                self._least[symbol] = least
                continue
            if whole:
                least = n
            for _, free in group.frees:
                least = max(least, min(n, free.floor or 0))
            for bound in group.bounds:
                if symbol in bound.of.deps:
                    least = max(least, self._by_power(bound, symbol))
            self._least[symbol] = min(n, least)
        if len({s.value for s in group.symbols}) == 1:
            most = max(self._least.values())
            self._least = dict.fromkeys(self._least, most)
        holding = next((f.note for _, f in group.frees if f.whole and f.note), "")
        self._holding = holding or "an assertion needs as many trials as the author's"

    def _by_power(self, bound: Bound, symbol: Symbol) -> int:
        n = int(bound.of.total)
        if bound.method == "time_limit":
            return 1
        if bound.allowed is None:
            return symbol.value
        trials = bounds.floor_for_bad(bound.allowed, n)
        inner = max(1, n // symbol.value)
        self._detail = bounds.detectability(bound.allowed, n, trials)
        return -(-trials // inner)

    def of(self, symbol: Symbol) -> int:
        """The least that a count may be at run time."""
        return self._least.get(symbol, symbol.value)

    def shrink(self, function: str, group: Group) -> Shrink:
        """Whether the group can shrink, and what it can still detect then."""
        first = group.first
        can = any(self.of(s) < s.value for s in group.symbols if not s.adaptive)
        return Shrink(function, first.node.lineno, can, self._detail if can else self._holding)


def count_code(count: Count) -> str:
    """The rule of a count: concurrency, volume or a loop's range."""
    node = count.symbol.node
    direct = any(
        isinstance(frame.node, ast.For | ast.AsyncFor) and node in ast.walk(frame.node.iter)
        for frame in count.frames
    ) or any(
        isinstance(frame.node, ast.expr) and node in ast.walk(frame.node) for frame in count.frames
    )
    if any(frame.concurrent for frame in count.frames[:1]):
        return "CHM102"
    return "CHM101" if direct else "CHM103"


def _count_name(count: Count) -> str:
    return "num_tasks" if count.concurrent else "iterations"


def _bound_name(bound: Bound, value: ast.expr) -> str:
    """`max_failures` for `failures <= 3`, `min_success_rate` for `success_rate >= 0.7`."""
    prefix = "min" if bound.method.startswith("min") else "max"
    words = re.findall(r"[A-Za-z_][A-Za-z_0-9]*", ast.unparse(value))
    words = [word for word in words if word not in ("self", "len", "sum", "get", "abs", "round")]
    if isinstance(value, ast.Name):
        base = value.id
    elif (
        isinstance(value, ast.Call) and len(value.args) == 1 and isinstance(value.args[0], ast.Name)
    ):
        base = value.args[0].id
    elif isinstance(value, ast.Attribute):
        base = value.attr
    elif isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        base = re.sub(r"\W+", "_", str(value.slice.value)).strip("_") or "count"
    elif bound.method == "time_limit":
        base = "seconds"
        if value is bound.node:
            return "timeout"
    else:
        base = "rate" if bound.method.endswith("rate") else "count"
    base = base.strip("_").lower()
    if base.startswith(f"{prefix}_") or base[:1].isdigit():
        return f"{prefix}_allowed_{base}"
    return f"{prefix}_{base}"


def _assigned_name(statement: ast.stmt, node: ast.expr) -> str | None:
    """The name that is assigned exactly this number."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name) and statement.value is node:
            return target.id
    if isinstance(statement, ast.AnnAssign) and statement.value is node:
        return statement.target.id if isinstance(statement.target, ast.Name) else None
    return None


def _position(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _place(node: ast.expr, text: str) -> str:
    return f"{node.lineno}:{node.col_offset + 1} {text}"


def _places_of(amount: Amount) -> tuple[str, ...]:
    symbols = sorted(amount.deps, key=lambda s: _position(s.node))
    return tuple(_place(symbol.node, str(symbol.value)) for symbol in symbols)


def _label(multiplier: float) -> str:
    return f"{multiplier:g}"


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


__all__ = ["Writer", "Written", "count_code", "prod"]
