"""Both trees of a file list the same statements and values, in the same order."""

from __future__ import annotations

import ast
from textwrap import dedent

import libcst as cst
import pytest

from chaos_migrate.codemods.rewriting.pairing import Mismatch, pair

ZOO = '''
"""Doc."""
from __future__ import annotations
import a.b as c, d; from e import (f, g as h)
global_count: int = 1
x = y = z = -2; del x, y[3]
lambda p, /, q=4, *r, s=5, **t: (p, 6)

@decorated(7)
@other.deco
class A(B, metaclass=M, k=8):
    """Doc."""
    attr = 9

    @property
    def method(self, p: int = 10, /, q=11, *args: int, k: str = "12", **kw) -> "A":
        global global_count
        nonlocal_ = [i * 13 for i in range(14) if i > 15 for j in i if j]
        return {16: {17, *q}, **kw, "18": (yield), 19: (yield from p)}

    async def coroutine(self, *, k): return await k(20)[21:22:23, ..., :24]

async def loops():
    async for i in aiter(25):
        continue
    else:
        pass
    async with a(26) as b, c as (d, e[27]): await b
    return [i async for i in x], {k: v for k, v in y(28)}, (n for n in z)

def statements():
    for i in range(29): print(i, sep="30", end=31)
    while 32 < i <= 33 != (34): break
    else: i += 35
    if a: b
    elif 36: c = 37 if 38 else 39
    else:
        if 40: pass
    try: raise E(41) from F(42)
    except (G, H[43]) as e: assert not e, "44" "45"
    except I: pass
    else: j = 46
    finally: k = (l := 47)
    with (open(48) as m, n(49)): nonlocal_ = f"{50}{o!r:>{51}}" "52" + p
    match q(53):
        case 54 | -55: r = 56
        case {"57": 58, **rest} if s > 59: t = 60
        case [61, *more] | (62, _): u = 63
        case V(64, w=65) as v: w = 66
        case X.y | None: pass
    print(0x43 + 0o104 + 0b1000101, 7_0, 71.0, 72e0, 73j, 7_4.5, True, None, ...)
    print(b"75" b"76", r"\\d", u"77", a.b.c.d(78).e[79].f, (a).b, "80".join(81), *g(82), **h(83))
    return 84, (85, ), [], not 86, ~87 ** -88, a @ b // 89
'''


def targets_in(tree: ast.Module) -> list[ast.AST]:
    """Every statement and every value that can be paired."""
    hidden = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, (ast.JoinedStr, ast.pattern))
        for inner in ast.walk(node)
        if inner is not node
    }
    kinds = (ast.stmt, ast.Name, ast.Attribute, ast.Constant, ast.JoinedStr)
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, kinds)
        and node not in hidden
        and not (isinstance(node, ast.Constant) and type(node.value) in (bool, type(None)))
        and not (isinstance(node, ast.Constant) and node.value is ...)
    ]


def paired(text: str) -> list[tuple[ast.AST, cst.CSTNode]]:
    tree, module = ast.parse(text), cst.parse_module(text)
    chains = pair(tree, module, targets_in(tree))
    assert len(chains) == len(targets_in(tree))
    assert all(chain[0] is module for chain in chains.values())
    return [(node, chain[-1]) for node, chain in chains.items()]


def test_every_value_of_every_construct_is_paired_with_its_own_text() -> None:
    module = cst.Module([])
    for node, found in paired(ZOO):
        if isinstance(node, ast.expr):
            text = ast.unparse(ast.parse(f"({module.code_for_node(found).strip()}\n)", mode="eval"))
            assert text == ast.unparse(node)


def test_every_statement_is_paired_with_its_own_text() -> None:
    module = cst.Module([])
    for node, found in paired(ZOO):
        if isinstance(node, ast.stmt):
            code = dedent(module.code_for_node(found)).strip().rstrip(";")
            statement = "if " + code[2:] if code.startswith("elif") else code
            if not isinstance(node, ast.If):  # as `elif` it is unparsed in another shape
                assert ast.dump(ast.parse(statement).body[0]) == ast.dump(node)


def test_a_chain_leads_from_the_module_to_the_value() -> None:
    tree, module = ast.parse("if a:\n    b = [1]\n"), cst.parse_module("if a:\n    b = [1]\n")
    number = next(node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    chain = pair(tree, module, [number])[number]
    kinds = "Module If IndentedBlock SimpleStatementLine Assign List Element Integer"
    assert [type(node).__name__ for node in chain] == kinds.split()


@pytest.mark.parametrize(
    ("text", "other", "reason"),
    [
        ("a = 1\n", "a = 2\n", "this expression"),
        ("a = 1\n", "b = 1\n", "this expression"),
        ("a = 1\n", "a = 1.0\n", "this expression"),
        ("a = 1\n", "a = 1\nb = 1\n", "the statements of this block"),
        ("a = 1\n", "a += 1\n", "this statement"),
        ("if a:\n  b = 1\n", "if a:\n  b = 1; c\n", "the statements of this block"),
    ],
)
def test_trees_of_different_texts_do_not_pair(text: str, other: str, reason: str) -> None:
    tree = ast.parse(text)
    number = next(node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    with pytest.raises(Mismatch) as caught:
        pair(tree, cst.parse_module(other), [number])
    assert reason in caught.value.reason


@pytest.mark.parametrize("text", ['x = f"{1}"\n', "match x:\n    case 1: pass\n"])
def test_what_stands_in_an_f_string_or_a_pattern_is_no_place(text: str) -> None:
    tree = ast.parse(text)
    number = next(
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == 1
    )
    with pytest.raises(Mismatch, match="no place"):
        pair(tree, cst.parse_module(text), [number])
