"""The plan of a file: every number looked at, what becomes of it and why, and the edits."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from chaos_migrate.codemods.edits import Edit


class Action(enum.Enum):
    """What becomes of a number."""

    REWRITE = "rewrite"
    REVIEW = "review"
    KEEP = "keep"


@dataclass(frozen=True)
class Site:
    """A number that the program looked at.

    `line` and `column` are 1-based, the column in code points. `values` is what the number becomes
    at load multipliers 0.5, 1 and 4. `group` is shared by the numbers that move together.
    `depends_on` and `related` name other places as "line:column literal".
    """

    code: str
    action: Action
    line: int
    column: int
    end_line: int
    end_column: int
    literal: str
    function: str
    reason: str
    group: int | None = None
    depends_on: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    replacement: str | None = None
    values: dict[str, float] = field(default_factory=dict)
    advice: str | None = None


@dataclass(frozen=True)
class Shrink:
    """A test whose count, that of `group`, can go below the author's, or why it cannot.

    `detects` says that `detail` is what its assertions can still detect then.
    """

    function: str
    line: int
    can_shrink: bool
    detail: str
    group: int = 0
    detects: bool = False


@dataclass(frozen=True)
class TestPlan:
    """One test by its name and 1-based line, with every number looked at for its sake.

    A number that several tests read, such as a module's constant, is a site of each of them.
    """

    __test__ = False  # not a test case of pytest's, whatever its name

    name: str
    line: int
    sites: tuple[Site, ...] = ()

    def has(self, action: Action) -> bool:
        """Whether this becomes of any of its numbers."""
        return any(site.action is action for site in self.sites)


@dataclass(frozen=True)
class Plan:
    """All sites of one file in the order of the text, and the edits that carry the plan out.

    `groups` are the edits of each group by its number; any of them can be carried out alone.
    `fixture` is the name under which the new code reaches the configuration, None where no edit
    needs it. `unused_keeps` are lines whose `# chaos: keep` suppresses nothing. `tests` are those
    that were looked into: what runs nothing more than once is not among them.
    """

    sites: tuple[Site, ...] = ()
    edits: tuple[Edit, ...] = ()
    fixture: str | None = None
    shrinks: tuple[Shrink, ...] = ()
    unused_keeps: tuple[int, ...] = ()
    groups: dict[int, tuple[Edit, ...]] = field(default_factory=dict)
    tests: tuple[TestPlan, ...] = ()

    def only(self, groups: Collection[int]) -> Plan:
        """The plan that carries out just these groups, and says nothing of the others."""
        chosen = {number: edits for number, edits in self.groups.items() if number in groups}
        edits = tuple(dict.fromkeys(edit for own in chosen.values() for edit in own))
        return replace(
            self,
            sites=tuple(
                site
                for site in self.sites
                if site.action is not Action.REWRITE or site.group in groups
            ),
            edits=edits,
            groups=chosen,
            fixture=self.fixture if edits else None,
            shrinks=tuple(shrink for shrink in self.shrinks if shrink.group in groups),
        )

    def by_action(self, action: Action) -> list[Site]:
        """The sites with this action, in order."""
        return [site for site in self.sites if site.action is action]


@dataclass(frozen=True)
class Options:
    """How to plan; the command line and the configuration file fill it.

    `fixture` is `chaos_config`, or `chaos_load` for a suite with a `chaos_config` of its own.
    `shrink` is "power" (by what the assertions need) or "always". `style` is "helpers" or "plain".
    `select` and `ignore` are prefixes of rule codes; an empty `select` selects every rule.
    `unsafe` carries out the suggestions that refusals make. `line_length` is what new lines keep
    to where they can, None if nothing is known of it. `names` are a person's own choices: for a
    test, and the new name proposed there, the name to write.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    style: str = "helpers"
    shrink: str = "power"
    fixture: str = "chaos_config"
    always_load: frozenset[str] = frozenset()
    never_load: frozenset[str] = frozenset()
    unsafe: bool = False
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    line_length: int | None = None

    def ignores(self, code: str) -> bool:
        """Whether a rule is not wanted; a group of which any member is ignored stays."""
        return bool(self.ignore) and code.startswith(self.ignore)

    def selects(self, code: str) -> bool:
        """Whether a rule is wanted by itself; a group is by the rule of its count."""
        return not self.ignores(code) and (not self.select or code.startswith(self.select))
