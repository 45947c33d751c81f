"""Edits are carried out where they are planned, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_migrate.codemods.edits import AddParameter, Edit, Insert, Replace
from chaos_migrate.codemods.rewriting.rewrite import RewriteRefused, rewrite
from chaos_migrate.codemods.source import Source, parse_source

Planned = Callable[[Source], Edit]


def source_of(text: str | bytes) -> Source:
    return parse_source(Path("t.py"), text.encode() if isinstance(text, str) else text)


def node_of(source: Source, segment: str, kind: type[ast.AST]) -> ast.AST:
    """The first node of a kind whose text starts with `segment`."""
    found = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, kind)
        and (ast.get_source_segment(source.text, node) or "").startswith(segment)
    ]
    return min(found, key=lambda node: (node.lineno, node.col_offset))


def put(segment: str, code: str) -> Planned:
    return lambda source: Replace(node_of(source, segment, ast.expr), code)


def literal(segment: str, code: str) -> Planned:
    return lambda source: Replace(node_of(source, segment, ast.Constant), code)


def above(segment: str, code: str) -> Planned:
    return lambda source: Insert(node_of(source, segment, ast.stmt), code)


def parameter(segment: str = "", name: str = "chaos_config") -> Planned:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return lambda source: AddParameter(node_of(source, segment, kinds), name)


def rewritten(text: str | bytes, *planned: Planned) -> str:
    source = source_of(text)
    return rewrite(source, [plan(source) for plan in planned]).decode(source.encoding)


def refusal(text: str | bytes, *planned: Planned) -> RewriteRefused:
    with pytest.raises(RewriteRefused) as caught:
        rewritten(text, *planned)
    return caught.value


REPLACED = [
    ("for i in range(10): pass\n", "10", "n", "for i in range(n): pass\n"),
    ("range( 10 )\n", "10", "n", "range( n )\n"),
    ("range((10))\n", "10", "n", "range((n))\n"),
    ("x = (  # why\n    10\n)\n", "10", "n", "x = (  # why\n    n\n)\n"),
    ("x = y / 20.0\n", "20.0", "a + b", "x = y / (a + b)\n"),
    ("x = y + 20.0\n", "20.0", "a * b", "x = y + a * b\n"),
    ("x = y - 20\n", "20", "a - b", "x = y - (a - b)\n"),
    ("x = 20 - y\n", "20", "a - b", "x = a - b - y\n"),
    ("x = -5\n", "5", "a + b", "x = -(a + b)\n"),
    ("x = 5 ** 2\n", "5", "-a", "x = (-a) ** 2\n"),
    ("x = 5 .real\n", "5", "a + b", "x = (a + b) .real\n"),
    ("x = y / (20.0)\n", "20.0", "a + b", "x = y / (a + b)\n"),
    ("f(k=20)\n", "20", "a + b", "f(k=a + b)\n"),
    ("f(*x, k=20)\n", "20", "a if b else c", "f(*x, k=a if b else c)\n"),
    ("assert x <= 3\n", "3", "n * 5", "assert x <= n * 5\n"),
    ("assert x <= 3\n", "3", "n < 5", "assert x <= (n < 5)\n"),
    (
        "x = [i * 10 for i in range(20) if i > 30]\n",
        "20",
        "n",
        "x = [i * 10 for i in range(n) if i > 30]\n",
    ),
    ("x = 1 if y > 2 else 3\n", "2", "n", "x = 1 if y > n else 3\n"),
    ("x = {1: 2, **y, 3: 4}\n", "3", "n", "x = {1: 2, **y, n: 4}\n"),
    ("f = lambda a=1, *b, c=2: 3\n", "2", "n", "f = lambda a=1, *b, c=n: 3\n"),
    ("x = 1 < 2 <= 3\n", "2", "n", "x = 1 < n <= 3\n"),
    ("x = y[1:2, ..., 3]\n", "2", "n", "x = y[1:n, ..., 3]\n"),
    ('x = f"{1}{y:{2}}" "a" + str(3)\n', "3", "n", 'x = f"{1}{y:{2}}" "a" + str(n)\n'),
    ("x = True, None, 1, 1.0, 1j, 0x1\n", "0x1", "n", "x = True, None, 1, 1.0, 1j, n\n"),
    ("with a(1) as b, c(2): pass\n", "2", "n", "with a(1) as b, c(n): pass\n"),
    (
        "with (\n    a(1) as b,\n    c(2),\n): pass\n",
        "2",
        "n",
        "with (\n    a(1) as b,\n    c(n),\n): pass\n",
    ),
    ("@d(1)\n@e(2)\nclass A(B, k=3): x = 4\n", "3", "n", "@d(1)\n@e(2)\nclass A(B, k=n): x = 4\n"),
    ("@d(1)\n@e(2)\nclass A(B, k=3): x = 4\n", "2", "n", "@d(1)\n@e(n)\nclass A(B, k=3): x = 4\n"),
    ("def f(a=1, *, b=2, **c) -> 3: pass\n", "2", "n", "def f(a=1, *, b=n, **c) -> 3: pass\n"),
    ("a = 1; b = 2; c = 3\n", "2", "n", "a = 1; b = n; c = 3\n"),
    ("if a: b = 1; c = 2\n", "2", "n", "if a: b = 1; c = n\n"),
    (
        "if 1: pass\nelif 2: pass\nelse: x = 3\n",
        "2",
        "n",
        "if 1: pass\nelif n: pass\nelse: x = 3\n",
    ),
    (
        "if 1: pass\nelif 2: pass\nelse: x = 3\n",
        "3",
        "n",
        "if 1: pass\nelif 2: pass\nelse: x = n\n",
    ),
    ("if 1: pass\nelse:\n  if 2: pass\n", "2", "n", "if 1: pass\nelse:\n  if n: pass\n"),
    ("while 1: pass\nelse: x = 2\n", "2", "n", "while 1: pass\nelse: x = n\n"),
    (
        "try: a = 1\nexcept E(2) as e: b = 3\nelse: c = 4\nfinally: d = 5\n",
        "2",
        "n",
        "try: a = 1\nexcept E(n) as e: b = 3\nelse: c = 4\nfinally: d = 5\n",
    ),
    (
        "try: a = 1\nexcept E(2) as e: b = 3\nelse: c = 4\nfinally: d = 5\n",
        "5",
        "n",
        "try: a = 1\nexcept E(2) as e: b = 3\nelse: c = 4\nfinally: d = n\n",
    ),
    (
        "match x(1):\n    case 2 | A(b=3) if y > 4: z = 5\n    case _: z = 6\n",
        "4",
        "n",
        "match x(1):\n    case 2 | A(b=3) if y > n: z = 5\n    case _: z = 6\n",
    ),
    (
        "match x(1):\n    case 2 | A(b=3) if y > 4: z = 5\n    case _: z = 6\n",
        "6",
        "n",
        "match x(1):\n    case 2 | A(b=3) if y > 4: z = 5\n    case _: z = n\n",
    ),
    (
        "async def f():\n\tasync with a(1):\n\t\tasync for i in b(2):\n\t\t\tawait c(3)\n",
        "3",
        "n",
        "async def f():\n\tasync with a(1):\n\t\tasync for i in b(2):\n\t\t\tawait c(n)\n",
    ),
    ("x = ﬁ + 1\n", "1", "n", "x = ﬁ + n\n"),
    ("x = 'é', 1, 'é', 2\n", "2", "n", "x = 'é', 1, 'é', n\n"),
    ("x = (yield 1), 2\n", "2", "n", "x = (yield 1), n\n"),
    ("x: T[1] = 2\n", "1", "n", "x: T[n] = 2\n"),
    ("del x[1], y[2]\n", "2", "n", "del x[1], y[n]\n"),
    ("raise E(1) from F(2)\n", "2", "n", "raise E(1) from F(n)\n"),
]


@pytest.mark.parametrize(("before", "old", "code", "after"), REPLACED)
def test_a_number_is_replaced_in_its_place(before: str, old: str, code: str, after: str) -> None:
    assert rewritten(before, literal(old, code)) == after


@pytest.mark.parametrize(
    ("before", "old", "code", "after"),
    [
        ("range(N, M)\n", "M", "n", "range(N, n)\n"),
        ("range(self.a.b)\n", "self.a.b", "n", "range(n)\n"),
        ("range(self.a.b)\n", "self.a", "n", "range(n.b)\n"),
        ("a.b.c.d\n", "a.b.c", "x", "x.d\n"),
    ],
)
def test_names_and_attributes_are_replaced(before: str, old: str, code: str, after: str) -> None:
    def planned(source: Source) -> Edit:
        nodes = [n for n in ast.walk(source.tree) if isinstance(n, ast.expr)]
        return Replace(next(n for n in nodes if ast.unparse(n) == old), code)

    assert rewritten(before, planned) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("assert x, 'too many'\n", "assert x, f'{n}'\n"),
        ("assert x, ('too '\n    'many')\n", "assert x, (f'{n}')\n"),
        ("assert x, f'too {x + 1}' 'many'\n", "assert x, f'{n}'\n"),
        ("assert x, 'too' f'{1}'; y = 1\n", "assert x, f'{n}'; y = 1\n"),
    ],
)
def test_a_whole_message_is_replaced(before: str, after: str) -> None:
    def planned(source: Source) -> Edit:
        statement = source.tree.body[0]
        assert isinstance(statement, ast.Assert)
        assert statement.msg is not None
        return Replace(statement.msg, "f'{n}'")

    assert rewritten(before, planned) == after


def test_several_numbers_of_one_statement_are_replaced_at_once() -> None:
    edits = literal("1", "a"), literal("2", "b * c"), literal("3", "d")
    assert rewritten("x = [1, -2, f(k=3)]  # 1\n", *edits) == "x = [a, -(b * c), f(k=d)]  # 1\n"


INSERTED = [
    ("a\nassert x\n", "assert", "a\nnew = 1\nassert x\n"),
    ("# head\n\nassert x\n", "assert", "# head\n\nnew = 1\nassert x\n"),
    ("a\n\n# Validate\nassert x\n", "assert", "a\n\n# Validate\nnew = 1\nassert x\n"),
    (
        'def f():\n\t"""Doc."""\n\tassert x  # why\n',
        "assert",
        'def f():\n\t"""Doc."""\n\tnew = 1\n\tassert x  # why\n',
    ),
    ("a; b\n", "a", "new = 1\na; b\n"),
    ("if y: assert x; b\n", "assert", "if y:\n    new = 1\n    assert x; b\n"),
    ("if y: assert x  # why", "assert", "if y:\n    new = 1\n    assert x  # why"),
    (
        "class A:\n  def f(self): assert x\n\n  b = 1\n",
        "assert",
        "class A:\n  def f(self):\n    new = 1\n    assert x\n\n  b = 1\n",
    ),
    ("a\n# c\n@d\ndef f(): pass\n", "def", "a\nnew = 1\n\n# c\n@d\ndef f(): pass\n"),
    ("a\n\n# c\ndef f(): pass\n", "def", "a\nnew = 1\n\n# c\ndef f(): pass\n"),
    ("a\r\ndef f(): pass\r\n", "def", "a\r\nnew = 1\r\n\r\ndef f(): pass\r\n"),
    ("if a:\n  if b: pass\n", "if b", "if a:\n  new = 1\n  if b: pass\n"),
    ("if a: pass\nelse:\n  if b: pass\n", "if b", "if a: pass\nelse:\n  new = 1\n  if b: pass\n"),
    ("a\r\nassert x\r\n", "assert", "a\r\nnew = 1\r\nassert x\r\n"),
    ("a\nassert x", "assert", "a\nnew = 1\nassert x"),
    ("a\nassert (\n  x\n)\n", "assert", "a\nnew = 1\nassert (\n  x\n)\n"),
    ("try:\n  a\nfinally:\n  # c\n  b\n", "b", "try:\n  a\nfinally:\n  # c\n  new = 1\n  b\n"),
]


@pytest.mark.parametrize(("before", "statement", "after"), INSERTED)
def test_a_line_is_inserted_above_a_statement(before: str, statement: str, after: str) -> None:
    assert rewritten(before, above(statement, "new = 1")) == after


def test_several_lines_keep_their_order_below_the_comment() -> None:
    edits = above("assert", "one = 1"), above("assert", "two = 2")
    after = "a\n# c\none = 1\ntwo = 2\nassert x\n"
    assert rewritten("a\n# c\nassert x\n", *edits) == after


@pytest.mark.parametrize(
    ("before", "statement", "reason"),
    [
        ("a; b\n", "b", "nothing can be inserted between two statements of one line"),
        ("if a: b; c\n", "c", "nothing can be inserted between two statements of one line"),
        ("if a: pass\nelif b: pass\n", "if b", "nothing can be inserted above an `elif`"),
    ],
)
def test_no_line_is_inserted_where_it_would_run_at_another_time(
    before: str, statement: str, reason: str
) -> None:
    def planned(source: Source) -> Edit:
        nodes = [n for n in ast.walk(source.tree) if isinstance(n, ast.stmt)]
        return Insert(next(n for n in nodes if ast.unparse(n).startswith(statement)), "new = 1")

    assert refusal(before, planned).reason == reason


PARAMETERS = [
    ("def f(): pass\n", "def f(chaos_config): pass\n"),
    ("async def f(): pass\n", "async def f(chaos_config): pass\n"),
    ("def f(a): pass\n", "def f(a, chaos_config): pass\n"),
    ("def f( a ): pass\n", "def f( a, chaos_config ): pass\n"),
    ("def f(a: int,) -> None: pass\n", "def f(a: int, chaos_config,) -> None: pass\n"),
    ("def f(a, b=1): pass\n", "def f(a, b=1, *, chaos_config): pass\n"),
    ("def f(a, b=1, **k): pass\n", "def f(a, b=1, *, chaos_config, **k): pass\n"),
    ("def f(*a): pass\n", "def f(*a, chaos_config): pass\n"),
    ("def f(**k): pass\n", "def f(chaos_config, **k): pass\n"),
    ("def f(a, *, b, c=1): pass\n", "def f(a, *, b, chaos_config, c=1): pass\n"),
    ("def f(*  # c\n, x=3): pass\n", "def f(*  # c\n, chaos_config, x=3): pass\n"),
    ("def f(*, c=1): pass\n", "def f(*, chaos_config, c=1): pass\n"),
    ("def f(a, /): pass\n", "def f(a, /, chaos_config): pass\n"),
    ("def f(a, /, b): pass\n", "def f(a, /, b, chaos_config): pass\n"),
    ("def f(a=1, /): pass\n", "def f(a=1, /, *, chaos_config): pass\n"),
    (
        "def f(\n    a,  # one\n    b,  # two\n):\n    pass\n",
        "def f(\n    a,  # one\n    b,  # two\n    chaos_config,\n):\n    pass\n",
    ),
    (
        "def f(\n    a,\n    b  # two\n):\n    pass\n",
        "def f(\n    a,\n    b,  # two\n    chaos_config\n):\n    pass\n",
    ),
    ("def f(a,\n      b): pass\n", "def f(a,\n      b,\n      chaos_config): pass\n"),
    ("def f(\n    a, b\n): pass\n", "def f(\n    a, b, chaos_config\n): pass\n"),
    (
        "def f(\n    a, b,  # both\n): pass\n",
        "def f(\n    a, b,  # both\n    chaos_config,\n): pass\n",
    ),
    (
        "def f(\n    a,\n    b=1,  # one\n    **k,\n): pass\n",
        "def f(\n    a,\n    b=1,  # one\n    *,\n    chaos_config,\n    **k,\n): pass\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), PARAMETERS)
def test_a_parameter_is_added_as_the_author_would(before: str, after: str) -> None:
    assert rewritten(before, parameter()) == after
    ast.parse(after)


def test_mocks_that_patch_passes_by_position_stay_first() -> None:
    before = '@patch("a.b")\n@patch("a.c")\ndef test(self, c, b):\n    pass\n'
    assert "def test(self, c, b, chaos_config):" in rewritten(before, parameter())


def test_all_edits_of_a_function_are_carried_out_together() -> None:
    before = (
        "class T:\n"
        "    @mark(1)\n"
        "    async def test(self, db):\n"
        "        bad = 0\n"
        "        for i in range(10):  # load\n"
        "            bad += await db.get(i, timeout=5)\n"
        "\n"
        "        # Validate\n"
        '        assert bad <= 3, "too many"\n'
    )
    after = (
        "class T:\n"
        "    @mark(1)\n"
        "    async def test(self, db, chaos_config):\n"
        "        bad = 0\n"
        "        n = scaled(10)\n"
        "        for i in range(n):  # load\n"
        "            bad += await db.get(i, timeout=limit(5))\n"
        "\n"
        "        # Validate\n"
        "        top = count(3)\n"
        '        assert bad <= top, f"too many: {bad}/{n}"\n'
    )
    edits = (
        parameter(),
        above("for", "n = scaled(10)"),
        literal("10", "n"),
        literal("5", "limit(5)"),
        above("assert", "top = count(3)"),
        literal("3", "top"),
        literal('"too', 'f"too many: {bad}/{n}"'),
    )
    assert rewritten(before, *edits) == after


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfx = 'a'\r\ny = 10\r\n",
        b"# -*- coding: latin-1 -*-\nx = '\xe9'; y = 10\n",
        b"if x:\n\ty = 10\n\t# end\n\n\n",
        b"x = 1\r\ny = 10\nz = 2\r\n",
        b"x = '''\r\n\n'''\r\ny = 10",
        b"x = 1\n\x0c\ny = 10\n",
        b"x = \\\n  10  \n   \n",
        b"#!/bin/python\n\n\n# c\ny = 10 \t # 10\n",
        b"y = [\n  10, # 10\n\n  # 10\n  11\n  ]\n",
    ],
)
def test_every_other_byte_stays(data: bytes) -> None:
    source = source_of(data)
    number = next(
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and node.value == 10
    )
    before, _, after = data.partition(b"10")
    assert rewrite(source, [Replace(number, "n(5)")]) == before + b"n(5)" + after


def test_no_edit_gives_the_very_bytes() -> None:
    data = b"a = 1\rb = 2\r"
    assert rewrite(source_of(data), []) == data


def test_text_that_the_encoding_lacks_is_refused() -> None:
    data = b"# coding: latin-1\nassert x, 'a'\n"
    assert "cannot be written" in refusal(data, literal("'a'", "'\u4e2d'")).reason


@pytest.mark.parametrize("text", ["a = 1\rb = 2\r", "\x0ca = 1\nb = 2\n"])
def test_a_file_that_libcst_does_not_give_back_is_refused(text: str) -> None:
    assert "does not give this file back" in refusal(text, literal("2", "n")).reason


def test_a_file_that_libcst_cannot_parse_is_refused() -> None:
    assert "cannot parse" in refusal("class A(k=1, *b): x = 2\n", literal("2", "n")).reason


def test_deep_nesting_is_refused() -> None:
    deep = "x = " + " + ".join(["1"] * 900) + "\n"
    assert "nested too deeply" in refusal(deep, literal("1", "n")).reason


def test_a_number_inside_an_f_string_is_refused() -> None:
    assert "no place" in refusal('x = 1\ny = f"{2}"\n', literal("2", "n")).reason


def test_a_pattern_is_refused() -> None:
    assert "no place" in refusal("match x:\n  case 2: pass\n", literal("2", "n")).reason


def test_two_replacements_of_one_value_are_refused() -> None:
    assert "two edits" in refusal("x = 2\n", literal("2", "n"), literal("2", "m")).reason


def test_a_node_of_another_tree_is_refused() -> None:
    stranger = Replace(ast.parse("f(2)").body[0].value.args[0], "n")  # type: ignore[attr-defined]
    assert "no place" in refusal("x = 2\n", lambda _: stranger).reason


# The law: the new tree is the old one with one constant exchanged, and no other byte changes.

names = st.sampled_from(["a", "b.c", "'s'", "True", "None", "f'{7}'", "é"])
numbers = st.sampled_from(["1", "10", "2.5", "0x1F", "3j", "1_000", "1e3", "10"])
gaps = st.sampled_from(["", " ", "  "])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    shapes = [
        "({0} + {1})",
        "(-{0})",
        "({0} ** {1})",
        "[{0}, {1}]",
        "f({0}, *{1}, k={0})",
        "f(k={0}, **{1})",
        "{{{0}: {1}, **g}}",
        "[{0} for i in {1} if {0}]",
        "{{{0}: {1} for i in {0}}}",
        "({0} if {1} else {0})",
        "(lambda p={0}, *q, r={1}: {0})",
        "(x := {0})",
        "({0} < {1} <= {0})",
        "(not {0} and {1})",
        "g[{0}:{1}, {0}]",
        "({0}).m({1})",
        "(\n  {0},  # 1\n  {1}\n)",
    ]
    return st.builds(
        lambda shape, one, other: shape.format(one, other), st.sampled_from(shapes), inner, inner
    )


expressions = st.recursive(numbers | names, combined, max_leaves=6)
statements = st.sampled_from(
    [
        "x = {0}; y = {1}",
        "assert {0}, {1}",
        "if {0}: x = {1}\nelif {1}: y = {0}\nelse: z = {1}",
        "for i in {0}:\n\tx = {1}\nelse:\n\t\ty = {0}",
        "@d({0})\ndef f(a={1}, *, b={0}) -> {1}:\n  return {0}",
        "class C(B, k={0}):\n    x: {1} = {0}",
        "try:\n  f({0})\nexcept E({1}):\n  g({0})\nfinally:\n  h({1})",
        "with a({0}) as b, c({1}): pass",
        "while {0}:\n # 1\n x += {1}\n",
        "match {0}:\n    case 1 if {1}: x = {0}\n    case _: y = {1}",
        "# 10\n\nprint({0}, '10', {1})",
    ]
)
modules = st.lists(
    st.builds(lambda shape, a, b: shape.format(a, b), statements, expressions, expressions),
    min_size=1,
    max_size=4,
).map("\n".join)


def inside_strings(tree: ast.AST) -> set[ast.AST]:
    strings = [n for n in ast.walk(tree) if isinstance(n, (ast.JoinedStr, ast.pattern))]
    return {inner for each in strings for inner in ast.walk(each)}


@given(modules, st.sampled_from(["\n", "\r\n"]), st.data())
def test_replacing_any_number_changes_it_alone(
    text: str, newline: str, data: st.DataObject
) -> None:
    source = source_of(text.replace("\n", newline))
    skipped = inside_strings(source.tree)
    constants = [
        node
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float, complex)
        and node not in skipped
    ]
    if not constants:
        return
    target = data.draw(st.sampled_from(constants))
    lines = source.data.split(b"\n")
    start = sum(len(line) + 1 for line in lines[: target.lineno - 1]) + target.col_offset
    length = (target.end_col_offset or 0) - target.col_offset
    expected = source.data[:start] + b"(77)" + source.data[start + length :]

    result = rewrite(source, [Replace(target, "(77)")])

    assert result == expected
    target.value = 77
    assert ast.dump(ast.parse(result)) == ast.dump(source.tree)
