"""What the writing of one group, and of the groups of one test after another, has at hand."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property

from chaos_migrate.codemods.deciding.group import Group
from chaos_migrate.codemods.deciding.verdicts import Refused
from chaos_migrate.codemods.edits import Edit, Insert, Replace
from chaos_migrate.codemods.functions import Access
from chaos_migrate.codemods.plan import Action, Options, Shrink, Site
from chaos_migrate.codemods.reading.algebra import Symbol
from chaos_migrate.codemods.reading.context import Context
from chaos_migrate.codemods.trees import walk
from chaos_migrate.codemods.writing.floors import Floor
from chaos_migrate.codemods.writing.forms import Forms, HelperForms, PlainForms
from chaos_migrate.codemods.writing.lines import wrapped
from chaos_migrate.codemods.writing.placement import Places
from chaos_migrate.codemods.writing.sites import site


class Stuck(Exception):
    """The group cannot be written down; `refused` says why."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


@dataclass(eq=False)
class Written:
    """What a group comes to: sites always, edits where it moves."""

    sites: list[Site] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    shrinks: list[Shrink] = field(default_factory=list)


class Desk:
    """One test: its places and names; what a group takes is taken for the groups after.

    `scaled` are the counts at the multipliers that sites show.
    """

    def __init__(self, context: Context, options: Options) -> None:
        self.context = context
        self.options = options
        self.test = context.test
        self.places = Places(context.test)
        self.names = self.places.names()
        self.taken = set(self.names)
        self.forms: Forms = PlainForms() if options.style == "plain" else HelperForms()
        self.adds_parameter = False
        self.scaled: dict[tuple[Symbol, float], int] = {}

    @property
    def config(self) -> str:
        """How the code of the test reaches the configuration."""
        prefix = "self." if self.test.access is Access.SELF else ""
        return prefix + self.options.fixture

    @property
    def has_parameter(self) -> bool:
        """Whether the test takes the configuration already."""
        arguments = self.test.node.args
        given = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        return any(argument.arg == self.options.fixture for argument in given)

    @cached_property
    def texts(self) -> dict[ast.AST, ast.JoinedStr]:
        """The f-string around each node that stands in one."""
        texts = [node for node in self.test.nodes if isinstance(node, ast.JoinedStr)]
        return {inner: text for text in texts for inner in walk(text)}

    def fresh(self, name: str) -> str:
        """`name`, or one like it that is free, or a person's choice; it is taken from now on."""
        candidate, count = name, 2
        around = self.context.suite.names(self.test.source)
        while candidate in self.taken or candidate in around:
            candidate, count = f"{name}_{count}", count + 1
        chosen = self.options.names.get((self.test.name, candidate), candidate)
        candidate = candidate if chosen in self.taken else chosen
        self.taken.add(candidate)
        return candidate

    def usable(self, name: str, definition: ast.stmt, uses: list[ast.AST]) -> bool:
        """Whether all the uses, wherever they are, can read `name` from its one definition."""
        if len(self.names.get(name, [])) != 1:
            return False
        return all(self.places.reaches(definition, use) for use in uses)


class Draft:
    """One group on the desk. `expressions` is how each count is read at run time.

    `recounted` are the f-strings that reckon with the new counts already.
    """

    def __init__(self, desk: Desk, group: Group, number: int) -> None:
        self.desk = desk
        self.group = group
        self.number = number
        self.floor = Floor(group, desk.options)
        self.written = Written()
        self.expressions: dict[Symbol, str] = {}
        self.recounted: set[ast.JoinedStr] = set()

    def replace(self, node: ast.expr, code: str) -> None:
        """Put `code` where `node` stands, in place of what has been put there before."""
        edits = self.written.edits
        edits[:] = [e for e in edits if not (isinstance(e, Replace) and e.node is node)]
        edits.append(Replace(node, code))

    def replaces(self, node: ast.expr) -> bool:
        """Whether something is put there already."""
        return any(isinstance(e, Replace) and e.node is node for e in self.written.edits)

    def code(self, node: ast.expr) -> str:
        """What will stand where `node` stands, as far as it is known."""
        for edit in self.written.edits:
            if isinstance(edit, Replace) and edit.node is node:
                return edit.code
        source = self.desk.test.source
        if node.lineno == node.end_lineno:
            return source.segment(node)
        return ast.get_source_segment(source.text, node) or ""

    def insert(self, before: ast.stmt, code: str) -> None:
        """Put the line `code` above a statement.

        Raises:
            Stuck: where the statement shares its line with another one.
        """
        if not self.desk.places.on_own_line(before):
            reason = "there is no line of its own for the new name"
            raise Stuck(Refused("CHM404", reason, before))
        code = wrapped(code, before.col_offset, self.desk.options.line_length)
        self.written.edits.append(Insert(before, code))

    def fits(self, node: ast.expr, code: str, more: int = 0) -> bool:
        """Whether the line of `node` has room for `code` in its place, and for `more` columns."""
        longest = self.desk.options.line_length
        source = self.desk.test.source
        line = source.line_bytes(node.lineno).decode("utf-8", "replace")
        after = len(line) + len(code) - len(source.segment(node)) + more
        return longest is None or after <= longest

    def tell(
        self,
        node: ast.expr,
        code: str,
        reason: str,
        replacement: str,
        values: dict[str, float],
        depends_on: tuple[str, ...] = (),
    ) -> None:
        """Report that the number at `node` is rewritten, by the rule `code`."""
        self.written.sites.append(
            site(
                self.desk.test,
                node,
                code,
                Action.REWRITE,
                reason,
                self.number,
                replacement=replacement,
                values=values,
                depends_on=depends_on,
            )
        )
