"""Where a node of the `ast` stands in the LibCST tree of the same text.

LibCST keeps no positions without a pass that costs more than parsing, so the statement blocks of
both trees are walked in step, and only towards the targets. Inside a statement a target is the k-th
*atom*: the numbers, names, attributes and strings of the statement's own expressions, in the order
of the text. Both trees must list the same atoms; where they do not, nothing is paired.

What stands inside an f-string is no atom: before Python 3.12 `ast` has no true positions there. Nor
is anything in a `case` pattern, where a name would capture instead of being read.
"""

from __future__ import annotations

import ast
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import libcst as cst

Chain = tuple[cst.CSTNode, ...]
"""A node and everything it stands in, from the outside in; the node itself comes last."""

Position = tuple[int, int]


class Mismatch(Exception):
    """The two trees disagree at `line`, or a target is no place that can be paired."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def pair(tree: ast.Module, module: cst.Module, targets: Iterable[ast.AST]) -> dict[ast.AST, Chain]:
    """The chain of LibCST nodes from `module` to each target: a statement, or an atom of one.

    Raises:
        Mismatch: where the trees disagree on the way, or a target is neither of the two.
    """
    return dict(_pair_block(tree.body, (module,), list(targets)))


_Pairs = Iterator[tuple[ast.AST, Chain]]


def _pair_block(statements: list[ast.stmt], suite: Chain, targets: list[ast.AST]) -> _Pairs:
    if not targets:
        return
    chains = list(_statements(suite))
    if len(chains) != len(statements):
        line = statements[0].lineno if statements else 1
        raise Mismatch("the two parsers disagree about the statements of this block", line)
    starts = [_start(statement) for statement in statements]
    inside: dict[int, list[ast.AST]] = {}
    for target in targets:
        index = bisect_right(starts, _start(target)) - 1
        if index < 0:
            raise _unknown(target)
        inside.setdefault(index, []).append(target)
    for index, group in inside.items():
        yield from _pair_statement(statements[index], chains[index], group)


def _pair_statement(statement: ast.stmt, chain: Chain, targets: list[ast.AST]) -> _Pairs:
    node = chain[-1]
    if _kind(statement) != type(node).__name__:
        raise Mismatch("the two parsers disagree about this statement", statement.lineno)
    if statement in targets:
        yield statement, chain
        targets = [target for target in targets if target is not statement]
    for block, suite in _blocks(statement, chain):
        first, last = _start(block[0]), _end(block[-1])
        within = [target for target in targets if first <= _start(target) <= last]
        targets = [target for target in targets if not first <= _start(target) <= last]
        yield from _pair_block(block, suite, within)
    if targets:
        yield from _pair_atoms(statement, chain, targets)


def _pair_atoms(statement: ast.stmt, chain: Chain, targets: list[ast.AST]) -> _Pairs:
    wanted = sorted(_ast_atoms(statement), key=_text_order)
    found = list(_cst_atoms(chain))
    if [_ast_signature(atom) for atom in wanted] != [_cst_signature(each[-1]) for each in found]:
        raise Mismatch("the two parsers disagree about this expression", statement.lineno)
    places: dict[ast.AST, Chain] = dict(zip(wanted, found, strict=True))
    for target in targets:
        if target not in places:
            raise _unknown(target)
        yield target, places[target]


def _unknown(target: ast.AST) -> Mismatch:
    return Mismatch("this is no place where a value can be replaced", _start(target)[0])


# Statements and their blocks.


def _start(node: ast.AST) -> Position:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = cast("ast.expr", decorators[0] if decorators else node)
    return first.lineno, first.col_offset


def _end(statement: ast.stmt) -> Position:
    return cast("int", statement.end_lineno), cast("int", statement.end_col_offset)


def _kind(statement: ast.stmt) -> str:
    name = type(statement).__name__.removeprefix("Async")
    return "Del" if name == "Delete" else name


def _statements(suite: Chain) -> Iterator[Chain]:
    """The chain of every statement of a suite; those of one line count one by one."""
    if isinstance(suite[-1], cst.If):  # an `elif`, which `ast` wraps in a block of its own
        yield suite
        return
    for statement in cast("cst.BaseSuite | cst.Module", suite[-1]).body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from ((*suite, statement, small) for small in statement.body)
        else:
            yield (*suite, statement)


def _blocks(statement: ast.stmt, chain: Chain) -> Iterator[tuple[list[ast.stmt], Chain]]:
    """The blocks of a compound statement in the order of the text, as both trees have them."""
    old, new = cast("Any", statement), cast("Any", chain[-1])
    if getattr(old, "body", None):
        yield old.body, (*chain, new.body)
    clauses = "handlers" if hasattr(old, "handlers") else "cases"
    for clause, node in zip(getattr(old, clauses, ()), getattr(new, clauses, ()), strict=True):
        yield clause.body, (*chain, node, node.body)
    if getattr(old, "orelse", None):
        yield old.orelse, _else_chain(chain, new.orelse)
    if getattr(old, "finalbody", None):
        yield old.finalbody, (*chain, new.finalbody, new.finalbody.body)


def _else_chain(chain: Chain, orelse: cst.If | cst.Else) -> Chain:
    return (*chain, orelse) if isinstance(orelse, cst.If) else (*chain, orelse, orelse.body)


# The atoms of a statement's own expressions.


def _ast_atoms(node: ast.AST) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.pattern)):
            continue
        if _ast_signature(child) is not None:
            yield cast("ast.expr", child)
        if type(child).__name__ not in _AST_STRINGS:
            yield from _ast_atoms(child)


def _text_order(atom: ast.expr) -> tuple[int, int, int, int]:
    """By start, and of those that start together the outermost first: `a.b.c`, `a.b`, `a`."""
    end_line, end_column = cast("int", atom.end_lineno), cast("int", atom.end_col_offset)
    return atom.lineno, atom.col_offset, -end_line, -end_column


_AST_STRINGS = ("JoinedStr", "TemplateStr")
_CST_STRINGS = ("SimpleString", "FormattedString", "ConcatenatedString", "TemplatedString")
_CST_NUMBERS = (cst.Integer, cst.Float, cst.Imaginary)
_STRING = ("string", None)


def _ast_signature(node: ast.AST) -> object:
    if isinstance(node, ast.Name):
        return "name", node.id
    if isinstance(node, ast.Attribute):
        return "attribute", node.attr
    if isinstance(node, ast.Constant):
        if isinstance(node.value, (str, bytes)):
            return _STRING
        return (type(node.value), node.value) if type(node.value) in (int, float, complex) else None
    return _STRING if type(node).__name__ in _AST_STRINGS else None


def _cst_signature(node: cst.CSTNode) -> object:
    if isinstance(node, cst.Name):
        return None if node.value in ("True", "False", "None") else ("name", _name(node))
    if isinstance(node, cst.Attribute):
        return "attribute", _name(node.attr)
    if isinstance(node, _CST_NUMBERS):
        value = ast.literal_eval(node.value)
        return type(value), value
    return _STRING if type(node).__name__ in _CST_STRINGS else None


def _name(node: cst.Name) -> str:
    """The name as the compiler reads it."""
    return node.value if node.value.isascii() else unicodedata.normalize("NFKC", node.value)


def _cst_atoms(chain: Chain) -> Iterator[Chain]:
    node = chain[-1]
    if _cst_signature(node) is not None:
        yield chain
    for name in _EXPRESSIONS.get(type(node).__name__, ()):
        value = getattr(node, name)
        children: Sequence[object] = value if isinstance(value, (list, tuple)) else (value,)
        for child in children:
            if isinstance(child, cst.CSTNode):
                yield from _cst_atoms((*chain, child))


_EXPRESSIONS = {
    kind: tuple(fields.split())
    for kind, fields in {
        # Statements, without their blocks, and the parts they are made of.
        "AnnAssign": "target annotation value",
        "Assert": "test msg",
        "Assign": "targets value",
        "AugAssign": "target value",
        "ClassDef": "decorators type_parameters bases keywords",
        "Del": "target",
        "Expr": "value",
        "For": "target iter",
        "FunctionDef": "decorators type_parameters params returns",
        "If": "test",
        "Match": "subject cases",
        "Raise": "exc cause",
        "Return": "value",
        "Try": "handlers",
        "TryStar": "handlers",
        "TypeAlias": "name type_parameters value",
        "While": "test",
        "With": "items",
        "Annotation": "annotation",
        "AsName": "name",
        "AssignTarget": "target",
        "Decorator": "decorator",
        "ExceptHandler": "type",
        "ExceptStarHandler": "type",
        "From": "item",
        "MatchCase": "guard",
        "Param": "annotation default",
        "Parameters": "posonly_params params star_arg kwonly_params star_kwarg",
        "TypeParam": "param default",
        "TypeParameters": "params",
        "TypeVar": "bound",
        "WithItem": "item asname",
        # Expressions.
        "Arg": "value",
        "Attribute": "value",
        "Await": "expression",
        "BinaryOperation": "left right",
        "BooleanOperation": "left right",
        "Call": "func args",
        "CompFor": "target iter ifs inner_for_in",
        "CompIf": "test",
        "Comparison": "left comparisons",
        "ComparisonTarget": "comparator",
        "Dict": "elements",
        "DictComp": "key value for_in",
        "DictElement": "key value",
        "Element": "value",
        "GeneratorExp": "elt for_in",
        "IfExp": "body test orelse",
        "Index": "value",
        "Lambda": "params body",
        "List": "elements",
        "ListComp": "elt for_in",
        "NamedExpr": "target value",
        "Set": "elements",
        "SetComp": "elt for_in",
        "Slice": "lower upper step",
        "StarredDictElement": "value",
        "StarredElement": "value",
        "Subscript": "value slice",
        "SubscriptElement": "slice",
        "Tuple": "elements",
        "UnaryOperation": "expression",
        "Yield": "value",
    }.items()
}
"""The fields of a LibCST node that hold values, in the order of the text; the others are names of
parameters, keywords and attributes, or mere punctuation."""
