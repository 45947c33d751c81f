"""One more parameter in a LibCST function, laid out as its author laid out the others."""

from __future__ import annotations

from typing import cast

import libcst as cst
from libcst import ParenthesizedWhitespace as LineBreak

Slot = cst.Param | cst.ParamSlash | cst.ParamStar
_SPACE = cst.SimpleWhitespace(" ")


def with_parameter(function: cst.FunctionDef, name: str) -> cst.FunctionDef:
    """The function with the parameter `name`, last of those that take no default value.

    It stands after all that is passed by position, so that what `@patch` passes arrives where it
    did; after `*args`, a bare `*` or a default value it is keyword-only.
    """
    old = function.params
    star = old.star_arg if isinstance(old.star_arg, (cst.Param, cst.ParamStar)) else None
    slash = [old.posonly_ind] if isinstance(old.posonly_ind, cst.ParamSlash) else []
    slots: list[Slot] = [*old.posonly_params, *slash, *old.params]
    has_default = any(isinstance(slot, cst.Param) and slot.default for slot in slots)
    required = [param for param in old.kwonly_params if param.default is None]
    place = old.kwonly_params.index(required[-1]) + 1 if required else 0
    if star:
        slots += [star, *old.kwonly_params[:place]]

    new = cst.Param(cst.Name(name))
    params, bare_star = old, cst.ParamStar()
    if slots:
        last, new, bare_star = _after(slots, function.whitespace_before_params, new)
        params = cast("cst.Parameters", old.deep_replace(slots[-1], last))
    if star:
        keywords = [*params.kwonly_params[:place], new, *params.kwonly_params[place:]]
        params = params.with_changes(kwonly_params=keywords)
    elif has_default:
        params = params.with_changes(star_arg=bare_star, kwonly_params=[new])
    else:
        params = params.with_changes(params=[*params.params, new])
    return function.with_changes(params=params)


def _after(
    slots: list[Slot], opening: cst.BaseParenthesizableWhitespace, new: cst.Param
) -> tuple[Slot, cst.Param, cst.ParamStar]:
    """The last slot and the new one behind it, and a `*` to stand between, one a line or not.

    What separated the last slot from its predecessor now separates the new one from it; a comment
    behind the last slot stays there.
    """
    last = slots[-1]
    before = [opening, *(_gap(slot) for slot in slots[:-1])]
    gap, behind = before[-1], _gap(last)
    breaks = [each for each in before if isinstance(each, LineBreak)]
    join: cst.BaseParenthesizableWhitespace
    if isinstance(behind, LineBreak):
        commented = behind.first_line.comment or behind.empty_lines
        if isinstance(gap, LineBreak) or commented:
            line = breaks[-1] if breaks else behind
            join = behind.with_changes(indent=line.indent, last_line=line.last_line)
        else:
            join = _SPACE
        behind = _bare(behind)
    else:
        join = _bare(gap) if isinstance(gap, LineBreak) else _SPACE

    if isinstance(last.comma, cst.Comma):
        new = new.with_changes(comma=cst.Comma(whitespace_after=behind))
        joined = last.with_changes(comma=last.comma.with_changes(whitespace_after=join))
    else:
        field = _FIELD_BEHIND[type(last)]
        new = new.with_changes(whitespace_after_param=behind)
        comma = cst.Comma(whitespace_after=join)
        joined = last.with_changes(comma=comma, **{field: cst.SimpleWhitespace("")})
    between = _bare(gap) if isinstance(gap, LineBreak) else _SPACE
    return joined, new, cst.ParamStar(cst.Comma(whitespace_after=between))


_FIELD_BEHIND = {cst.Param: "whitespace_after_param", cst.ParamSlash: "whitespace_after"}


def _gap(slot: Slot) -> cst.BaseParenthesizableWhitespace:
    """The whitespace between a parameter and the next one, or the closing parenthesis."""
    if isinstance(slot.comma, cst.Comma):
        return slot.comma.whitespace_after
    behind: cst.BaseParenthesizableWhitespace = getattr(slot, _FIELD_BEHIND[type(slot)])
    return behind


def _bare(line_break: LineBreak) -> LineBreak:
    """The same line break and indentation, without comments and blank lines."""
    return LineBreak(indent=line_break.indent, last_line=line_break.last_line)
