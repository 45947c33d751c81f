"""A group to its edits and sites, or to the one site that says why it stays."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.load import Count
from chaos_migrate.codemods.deciding.verdicts import Refused, Remark
from chaos_migrate.codemods.edits import AddParameter
from chaos_migrate.codemods.functions import Access
from chaos_migrate.codemods.plan import Action, Options, Site
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.trees import remembered, walk
from chaos_migrate.codemods.writing.copies import write_copy
from chaos_migrate.codemods.writing.counts import write_counts
from chaos_migrate.codemods.writing.draft import Desk, Draft, Stuck, Written
from chaos_migrate.codemods.writing.keeps import KEEP, Keeps
from chaos_migrate.codemods.writing.limits import write_bound
from chaos_migrate.codemods.writing.reasons import kept_reason
from chaos_migrate.codemods.writing.sites import BOUND_CODES, count_code, place, position, site


class Writer:
    """Writes the groups of one test; names that it makes are taken for the groups after."""

    def __init__(self, context: Context, options: Options, keeps: Keeps) -> None:
        self._context = context
        self._options = options
        self._keeps = keeps
        self._test = context.test

    @cached_property
    def _desk(self) -> Desk:
        return Desk(self._context, self._options)

    def write(self, group: Group, number: int) -> Written:
        """The sites and edits of a group; a group that cannot be written becomes a review."""
        desk = self._desk
        taken, adds_parameter = set(desk.taken), desk.adds_parameter
        refused = self._kept(group) or group.refusal
        if refused is None:
            try:
                written = self._written(Draft(desk, group, number))
            except Stuck as stuck:
                refused = stuck.refused
        refused = self._unwanted(group, refused) or refused
        if refused is None:
            return written
        desk.taken, desk.adds_parameter = taken, adds_parameter
        if group.adaptive:
            return Written()
        return Written(sites=[self._review(group, number, refused)])

    def keep(self, count: Count, reason: str) -> Site:
        """The site of a count that is not load."""
        said = kept_reason(count, reason, self._context)
        return site(self._test, count.symbol.node, count_code(count), Action.KEEP, said)

    def remark(self, remark: Remark) -> Iterator[Site]:
        """The site of an assertion of this file that a person should know something of."""
        judgement, options = remark.judgement, self._options
        own = judgement.source is self._test.source
        if not own or not options.selects(remark.code):
            return
        node = judgement.left_node  # the place of the bound is its own site's
        if self._keeps.holds(node, self._test.node) is None:
            yield site(self._test, node, remark.code, Action.REVIEW, remark.reason)

    def _kept(self, group: Group) -> Refused | None:
        """A member that the author or `ignore` keeps."""
        members = self._members(group)
        held = [(self._keeps.holds(node, self._test.node), node) for _, node in members]
        for reason, node in held:
            if reason is not None:
                return Refused("CHM406", f"`{KEEP}`: {reason}", node)
        for code, node in members:
            if self._options.ignores(code):
                return Refused("CHM406", f"{code} is ignored", node)
        return None

    def _unwanted(self, group: Group, refused: Refused | None) -> Refused | None:
        """What `select` and `ignore` make of a group, as its rule or the reason of its refusal."""
        if refused is not None and refused.code == "CHM406":
            return None
        if refused is not None and self._options.ignores(refused.code):
            return Refused("CHM406", f"{refused.code} is ignored", refused.node)
        rule, node = self._rule(group)
        codes = (rule,) if refused is None else (rule, refused.code)
        if self._options.select and not any(
            code.startswith(self._options.select) for code in codes
        ):
            return Refused("CHM406", f"{rule} is not selected", node)
        return None

    def _rule(self, group: Group) -> tuple[str, ast.expr]:
        """The rule that the group belongs to: that of its count, or of its bound if that scales."""
        members = self._members(group)
        counts = members[: len(group.counts)]
        if group.adaptive and len(members) > len(counts):
            return members[len(counts)]
        return min(counts, key=lambda member: position(member[1]))

    def _members(self, group: Group) -> list[tuple[str, ast.expr]]:
        members = [(count_code(count), count.symbol.node) for count in group.counts]
        members += [(BOUND_CODES[bound.method], bound.node) for bound in group.bounds]
        members += [("CHM203", copy.symbol.node) for copy in group.copies]
        return members

    def _review(self, group: Group, number: int, refused: Refused) -> Site:
        first = group.first
        shown: ast.expr | ast.stmt = first.node
        if first.source is not self._test.source:
            shown = self._test.node.body[0]
        here = self._test.source
        related = [
            place(here, symbol.node, str(symbol.value))
            for symbol in group.symbols
            if symbol is not first and symbol.source is here
        ]
        related += [place(here, bound.node, ast.unparse(bound.node)) for bound in group.bounds]
        node = refused.node
        if node is not first.node and self._stands_here(node):
            related.append(place(here, node))
        action = Action.KEEP if refused.code == "CHM406" else Action.REVIEW
        return site(
            self._test,
            shown,
            refused.code,
            action,
            refused.reason,
            number,
            related=tuple(related),
            advice=refused.advice,
        )

    def _stands_here(self, node: ast.AST) -> bool:
        """Whether a node is of this file: what refuses a group may be in a helper of another."""
        return self._test.holds(node) or node in walk(self._test.source.tree)

    def _written(self, draft: Draft) -> Written:
        desk, test, written = self._desk, self._test, draft.written
        fixture = self._options.fixture
        if fixture in desk.names and not desk.has_parameter:
            raise Stuck(Refused("CHM405", f"the test has a `{fixture}` of its own", test.node))
        write_counts(draft)
        for copy in draft.group.copies:
            write_copy(draft, copy)
        for bound in draft.group.bounds:
            write_bound(draft, bound)
        if not written.edits:
            return written
        if test.access is Access.PARAMETER and not desk.has_parameter:
            self._refuse_if_called()
            if not desk.adds_parameter:
                written.edits.append(AddParameter(test.node, fixture))
            desk.adds_parameter = True
        written.shrinks.append(draft.floor.shrink(test.name, draft.group, draft.number))
        return written

    def _refuse_if_called(self) -> None:
        """A test that other code of the file calls would miss its new argument there."""
        node = _first_uses(self._test.source.tree).get(self._test.node.name)
        if node is not None:
            reason = f"`{node.id}` is also used by other code of the file (line {node.lineno})"
            raise Stuck(Refused("CHM405", reason, node))


@remembered
def _first_uses(tree: ast.Module) -> dict[str, ast.Name]:
    """Where each name is found first in a file, the nearer to its top level the earlier."""
    uses: dict[str, ast.Name] = {}
    for node in walk(tree):
        if isinstance(node, ast.Name):
            uses.setdefault(node.id, node)
    return uses
