"""Messages of rewritten assertions: an old literal in them becomes the bound."""

from __future__ import annotations

import ast
import re

# An f-string in one piece, with no quotes of its kind inside.
_PLAIN = r"[fF](\"[^\"\n]*\"|'[^'\n]*')"


def updated_message(
    code: str,
    literal: str,
    bound: str,
    value: ast.expr | None = None,
    trials: str = "",
    *,
    seconds: bool = False,
) -> str | None:
    """A message's code with the bound in place of `literal`, None where it stays.

    A plain string that does not name the literal gains the `value` against its trials, if one is
    given; an f-string stays then. `seconds` says that the literal is a time: `2.0` is told as "2s".
    """
    plain = re.fullmatch(r"[\d.]+", literal)
    ways = {literal, f"{float(literal):g}"} if seconds and plain else {literal}
    unit = "(?=s?(?!\\w))" if seconds else "(?!\\w)"
    number = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, ways))}){unit}(?!\.\d)")
    bound = f"{bound}:g" if seconds else bound
    message = ast.parse(f"({code})", mode="eval").body
    if isinstance(message, ast.Constant) and isinstance(message.value, str):
        text = _escaped(message.value)
        replaced = number.sub(lambda match: f"{{{bound}}}", text)
        if replaced == text:
            shown = ast.unparse(value) if value is not None else ""
            if not re.fullmatch(r"[\w.]+|len\([\w.]+\)", shown):
                return None
            replaced = f"{text.rstrip('.: ')}: {{{shown}}}/{{{trials}}}"
        return f'f"{replaced}"'
    return _replaced(code, number, bound) if isinstance(message, ast.JoinedStr) else None


def with_trials(code: str, total: int, trials: str) -> str | None:
    """An f-string's code with `trials` for `total` where it reads "/10" or "of 10"; else None."""
    of_all = re.compile(rf"(?<=/){total}(?![\w.])|(?<=\bof ){total}(?![\w.])")
    return _replaced(code, of_all, trials)


def renamed_in(code: str, old: str, new: str) -> str | None:
    """The code of a plain f-string that shows `new` wherever it showed `old`, else None."""
    if not re.fullmatch(_PLAIN, code):
        return None
    shown = re.compile(rf"(?<=\{{)(?:self\.)?{re.escape(old)}(?=[}}:!])")
    replaced = shown.sub(new, code)
    return replaced if not re.search(rf"\b{re.escape(old)}\b", replaced) else None


def recounted_in(code: str, old: int, new: str, times: int) -> str | None:
    """The code of a plain f-string that reckons with `new` where it did with a number, or None.

    It must do so just as many `times` as are known to mean the count.
    """
    if "{{" in code or not re.fullmatch(_PLAIN, code):
        return None
    shown = re.compile(r"\{[^{}]*\}")
    number = re.compile(rf"(?<![\w.]){old}(?![\w.])")
    if sum(len(number.findall(part)) for part in shown.findall(code)) != times:
        return None
    return shown.sub(lambda match: number.sub(new, match[0]), code)


def _replaced(code: str, number: re.Pattern[str], bound: str) -> str | None:
    """A plain f-string's code with its one number replaced, if that stands in its text."""
    if not re.fullmatch(_PLAIN, code):
        return None
    message = ast.parse(code, mode="eval").body
    assert isinstance(message, ast.JoinedStr)
    named = sum(
        len(number.findall(part.value))
        for part in message.values
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
    if named != 1 or len(number.findall(code)) != 1:
        return None
    return number.sub(lambda match: f"{{{bound}}}", code)


def _escaped(text: str) -> str:
    """The inside of a double-quoted f-string that reads as `text`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("{", "{{").replace("}", "}}")
    return escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
