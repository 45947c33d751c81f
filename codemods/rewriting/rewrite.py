"""Carry out the edits of a plan with LibCST; every byte outside the edited places stays."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import cast

import libcst as cst

from chaos_migrate.codemods.edits import AddParameter, Edit, Insert, Replace
from chaos_migrate.codemods.rewriting.pairing import Chain, Mismatch, pair
from chaos_migrate.codemods.rewriting.parameters import with_parameter
from chaos_migrate.codemods.source import Source


class RewriteRefused(Exception):
    """Edits that cannot be carried out safely; `line` is 1-based, None where none is to blame."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def rewrite(source: Source, edits: Sequence[Edit]) -> bytes:
    """The bytes of `source` after all `edits`, whose nodes are those of `source.tree`.

    Raises:
        RewriteRefused: if any edit cannot be carried out; there is no partial result.
    """
    return Rewriter(source).after(edits) if edits else source.data


class Rewriter:
    """A file that LibCST has parsed, to try several sets of edits on."""

    def __init__(self, source: Source) -> None:
        """Parse `source`.

        Raises:
            RewriteRefused: if LibCST cannot, or does not give the file back as it is.
        """
        self._source = source
        try:
            self._module = cst.parse_module(source.data)
            same = self._module.bytes == source.data
        except cst.ParserSyntaxError as error:
            raise RewriteRefused("LibCST cannot parse this", error.raw_line) from error
        except SyntaxError as error:  # an encoding that Python finds and LibCST does not
            raise RewriteRefused("LibCST cannot parse this", error.lineno) from error
        except RecursionError as error:
            raise RewriteRefused("nested too deeply to be rewritten") from error
        if not same:
            raise RewriteRefused("LibCST does not give this file back as it is")

    def after(self, edits: Sequence[Edit]) -> bytes:
        """The bytes of the file after all `edits`, whose nodes are those of its tree.

        Raises:
            RewriteRefused: if any edit cannot be carried out; there is no partial result.
        """
        source = self._source
        try:
            return _edited(self._module, source.tree, edits).bytes
        except cst.ParserSyntaxError as error:
            raise RewriteRefused("LibCST cannot parse the new text", error.raw_line) from error
        except cst.CSTValidationError as error:
            raise RewriteRefused(f"the new text would not be valid: {error}") from error
        except Mismatch as error:
            raise RewriteRefused(error.reason, error.line) from error
        except UnicodeEncodeError as error:
            raise RewriteRefused(f"the new text cannot be written in {source.encoding}") from error
        except RecursionError as error:
            raise RewriteRefused("nested too deeply to be rewritten") from error


def _edited(module: cst.Module, tree: ast.Module, edits: Sequence[Edit]) -> cst.Module:
    chains = pair(tree, module, {_target(edit): None for edit in edits})
    config = module.config_for_parsing
    changes = _Changes()
    inserted: dict[ast.stmt, list[str]] = {}
    for edit in edits:
        if isinstance(edit, Insert):
            inserted.setdefault(edit.before, []).append(edit.code)
        elif isinstance(edit, AddParameter):
            changes.add(chains[edit.function], _adding_parameter(edit.name))
        elif id(chains[edit.node][-1]) in changes.of:
            raise RewriteRefused("two edits replace the same value", edit.node.lineno)
        else:
            new = cst.parse_expression(edit.code, config=config)
            changes.add(chains[edit.node], _replacing(module, chains[edit.node], new))
    for statement, codes in inserted.items():
        texts = [code.replace("\n", module.default_newline) for code in codes]
        lines = [_simple_statement(cst.parse_statement(text, config=config)) for text in texts]
        changes.add(*_inserting(chains[statement], lines, statement.lineno))
    return cast("cst.Module", changes.rebuilt(module)[0])


def _target(edit: Edit) -> ast.AST:
    if isinstance(edit, Replace):
        return edit.node
    return edit.before if isinstance(edit, Insert) else edit.function


_Change = Callable[[cst.CSTNode], Sequence[cst.CSTNode]]


@dataclass
class _Changes:
    """What becomes of which nodes; only they and what they stand in are built anew."""

    of: dict[int, list[_Change]] = field(default_factory=dict)
    path: set[int] = field(default_factory=set)

    def add(self, chain: Chain, change: _Change) -> None:
        self.path.update(map(id, chain))
        self.of.setdefault(id(chain[-1]), []).append(change)

    def rebuilt(self, node: cst.CSTNode) -> Sequence[cst.CSTNode]:
        if id(node) not in self.path:
            return [node]
        new: dict[str, object] = {}
        for each in fields(node):
            value = getattr(node, each.name)
            if isinstance(value, cst.CSTNode) and id(value) in self.path:
                (new[each.name],) = self.rebuilt(value)
            elif isinstance(value, (list, tuple)) and any(id(item) in self.path for item in value):
                new[each.name] = [built for item in value for built in self.rebuilt(item)]
        built: Sequence[cst.CSTNode] = [node.with_changes(**new) if new else node]
        for change in self.of.get(id(node), ()):
            built = [*built[:-1], *change(built[-1])]
        return built


# Replacing a value.


def _replacing(module: cst.Module, chain: Chain, new: cst.BaseExpression) -> _Change:
    old = cast("cst.BaseExpression", chain[-1])
    if not old.lpar and not _stands_alone(module, chain, new):
        new = _parenthesized(new)
    placed = new.with_changes(lpar=[*old.lpar, *new.lpar], rpar=[*new.rpar, *old.rpar])
    return lambda _: [placed]


_CLOSED = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.SimpleString, cst.FormattedString)


def _stands_alone(module: cst.Module, chain: Chain, new: cst.BaseExpression) -> bool:
    """Whether `new` keeps together without parentheses in the expression around it.

    The parser decides: with and without parentheses it must read the same.
    """
    if isinstance(new, _CLOSED) or new.lpar:
        return True
    around = [
        index
        for index, node in enumerate(chain[:-1])
        if isinstance(node, cst.BaseExpression) and not isinstance(node, cst.BaseElement)
    ]
    return not around or _reads(module, chain[around[-1] :], new) == _reads(
        module, chain[around[-1] :], _parenthesized(new)
    )


def _reads(module: cst.Module, chain: Chain, new: cst.BaseExpression) -> str | None:
    changes = _Changes()
    changes.add(chain, lambda _: [new])
    try:
        code = module.code_for_node(changes.rebuilt(chain[0])[0])
        return ast.dump(ast.parse(f"({code}\n)", mode="eval"))
    except SyntaxError:
        return None


def _parenthesized(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


# Adding lines and parameters.


def _simple_statement(statement: cst.BaseStatement) -> cst.SimpleStatementLine:
    if not isinstance(statement, cst.SimpleStatementLine):
        raise RewriteRefused("only a simple statement can be inserted")
    return statement


def _inserting(
    chain: Chain, lines: Sequence[cst.SimpleStatementLine], at: int
) -> tuple[Chain, _Change]:
    """What to change, and how, to have `lines` directly above the statement at line `at`."""
    node, parent = chain[-1], chain[-2]
    if isinstance(node, cst.If) and isinstance(parent, cst.If):
        raise RewriteRefused("nothing can be inserted above an `elif`", at)
    if not isinstance(node, cst.BaseSmallStatement):
        return chain, lambda statement: _above(statement, lines)
    body = cast("cst.SimpleStatementLine | cst.SimpleStatementSuite", parent).body
    if body[0] is not node:
        raise RewriteRefused("nothing can be inserted between two statements of one line", at)
    if isinstance(parent, cst.SimpleStatementLine):
        return chain[:-1], lambda line: _above(line, lines)
    return chain[:-1], lambda suite: [_block(cast("cst.SimpleStatementSuite", suite), lines)]


def _above(
    statement: cst.CSTNode, lines: Sequence[cst.SimpleStatementLine]
) -> Sequence[cst.CSTNode]:
    """Comments and blank lines above the statement stay first; those above a definition are its."""
    leading = cast("cst.SimpleStatementLine", statement).leading_lines
    if isinstance(statement, cst.FunctionDef | cst.ClassDef):
        apart = () if any(line.comment is None for line in leading) else (cst.EmptyLine(False),)
        return [*lines, statement.with_changes(leading_lines=[*apart, *leading])]
    first = lines[0].with_changes(leading_lines=leading)
    return [first, *lines[1:], statement.with_changes(leading_lines=())]


def _block(
    suite: cst.SimpleStatementSuite, lines: Iterable[cst.SimpleStatementLine]
) -> cst.IndentedBlock:
    """`if x: y` with lines above `y`: a block of its own."""
    last = cst.SimpleStatementLine(suite.body, trailing_whitespace=suite.trailing_whitespace)
    return cst.IndentedBlock([*lines, last])


def _adding_parameter(name: str) -> _Change:
    return lambda function: [with_parameter(cast("cst.FunctionDef", function), name)]
