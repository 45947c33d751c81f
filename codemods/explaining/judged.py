"""Why a number of an assertion stays as it is."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from chaos_migrate.codemods.deciding.group import Findings, Group
from chaos_migrate.codemods.explaining.roles import shown
from chaos_migrate.codemods.plan import Action, Site
from chaos_migrate.codemods.reading.algebra import Amount
from chaos_migrate.codemods.reading.assertions import comparison
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.reading.notes import Judgement
from chaos_migrate.codemods.reading.quantities import exact_number
from chaos_migrate.codemods.writing.reasons import trials_of


@dataclass(frozen=True)
class Reader:
    """One test as it was read, what was decided of it, and the sites that came of that."""

    context: Context
    findings: Findings
    sites: tuple[Site, ...]

    def judgement(self, number: ast.expr) -> Judgement | None:
        """The comparison that a number takes part in, itself or by its name."""
        symbol = self.context.symbols.get(number)
        for judgement in self.context.judgements:
            for side in (judgement.left_node, judgement.right_node):
                if side is not None and number in ast.walk(side):
                    return judgement
        for judgement in self.context.judgements:
            values = (judgement.left, judgement.right)
            if any(isinstance(v, Amount) and symbol and v.symbol is symbol for v in values):
                return judgement
        return None

    def beside(self, number: ast.expr) -> list[str]:
        """Why the number stays where it is a count beside the one that speaks for its group."""
        for group in self.findings.groups:
            if any(symbol.node is number for symbol in group.symbols):
                first = group.first
                return [
                    f"it belongs to {first.value} on line {first.node.lineno}",
                    *self._in(group, stay="that stays, and this with it"),
                ]
        return []

    def why(self, number: ast.expr, judgement: Judgement) -> list[str]:
        """The reasons why the number stays in its comparison."""
        text = f"`{_text(judgement)}`"
        if judgement.statement.lineno != number.lineno:
            text += f" (line {judgement.statement.lineno})"
        own = {symbol for symbol in judgement.deps if symbol.node is not number}
        for group in self.findings.groups:
            if group.symbols & own:
                return [
                    f"{text} judges what {self._trials(group)} give",
                    *self._in(group, judgement),
                ]
            if group.symbols & judgement.open_symbols:
                return [
                    f"{text} is judged in each of {self._trials(group)}",
                    "what one trial must give does not depend on how many there are",
                ]
        for count, reason in self.findings.kept:
            if count.symbol in own:
                line = count.symbol.node.lineno
                passes = f"the {count.symbol.value} passes of line {line}"
                return [f"{text} judges what {passes} give", f"those stay: {reason}"]
        value, other = judgement.left_node, judgement.right_node
        if other is not None and (value is number or isinstance(value, ast.Constant)):
            value = other
        return [f"{text} judges `{shown(value)}`, into which no count flows that scales"]

    def _site_of(self, group: Group) -> Site | None:
        """What is told of the first count of a group."""
        first = group.first
        column = first.source.column(first.node.lineno, first.node.col_offset)
        place = (first.node.lineno, column)
        return next((s for s in self.sites if (s.line, s.column) == place), None)

    def _trials(self, group: Group) -> str:
        return trials_of(group.symbols, self.context)

    def _in(
        self,
        group: Group,
        judgement: Judgement | None = None,
        stay: str = "those stay, and this with them",
    ) -> list[str]:
        """Why a number that a group's trials, or its first count, have to do with stays."""
        site = self._site_of(group)
        if group.adaptive:
            return [*self._free(group, judgement), "the count scales already"]
        if site is None or site.action is not Action.REWRITE:
            reason = group.refusal.reason if group.refusal else site.reason if site else ""
            return [f"{stay}: {reason}"]
        return self._free(group, judgement)

    def _free(self, group: Group, judgement: Judgement | None) -> list[str]:
        for known, free in group.frees:
            if known is not judgement:
                continue
            reasons = [free.note] if free.note else []
            number = exact_number(known.right) if known.right is not None else None
            if not reasons and number == 0 and not free.whole:
                reasons = ["it must hold for every number of trials, so it stays as it is"]
            elif not reasons:
                reasons = ["the comparison holds for any number of trials, so it stays as it is"]
            if free.whole:
                sizes = " and ".join(sorted(str(s.value) for s in group.symbols))
                reasons.append(f"for its sake the trials never become fewer than {sizes}")
            elif free.floor:
                reasons.append(f"for its sake the trials never become fewer than {free.floor}")
            return reasons
        return []


def _text(judgement: Judgement) -> str:
    return comparison(judgement.left_node, judgement.operator, judgement.right_node)
