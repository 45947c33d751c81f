"""Values: what they hold says all of them, and none is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

Class = TypeVar("Class")

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_):
        return lambda decorator: decorator


@dataclass_transform(frozen_default=True)
def by_value(cls: type[Class]) -> type[Class]:
    """A frozen dataclass whose makers need not pay for the lock.

    Values are made by the hundred thousand, and `frozen=True` makes that three times as dear. The
    type checker holds all code to it all the same.
    """
    return dataclass(unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, eq_default=False)
def by_identity(cls: type[Class]) -> type[Class]:
    """The same, compared by identity."""
    return dataclass(eq=False)(cls)
