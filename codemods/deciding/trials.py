"""The trials behind a count of events."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from chaos_migrate.codemods.reading.algebra import Amount, Symbol, Term


def trials_of(value: Amount) -> Amount | None:
    """The trials whose events an amount counts, at most one each; None where they differ."""
    factors = {term.factors for term in value.terms}
    if len(factors) != 1 or not value.terms:
        return None
    coefficient = sum((term.coefficient for term in value.terms), Fraction(0))
    if any(term.coefficient != 1 for term in value.terms):
        return None
    if coefficient != 1 and not _exclusive(value.terms):
        return None
    (only,) = factors
    return Amount((Term(Fraction(1), only),))


def _exclusive(terms: tuple[Term, ...]) -> bool:
    """Whether no trial can give two of the events: they stand in different arms of a branch."""
    for i, first in enumerate(terms):
        for second in terms[i + 1 :]:
            arms = {guard.branch: guard.arm for guard in first.guards}
            if not any(
                guard.branch in arms and arms[guard.branch] != guard.arm for guard in second.guards
            ):
                return False
    return True


def plain_trials(amount: Amount) -> Amount:
    """The trials of an amount of one size, whatever happens in them."""
    return Amount((Term(Fraction(1), amount.terms[0].factors),))


def run_time(amount: Amount, values: dict[Symbol, int]) -> int:
    """What an amount of trials is when the symbols have these values."""
    return int(
        sum(
            (
                term.coefficient * prod(values.get(s, s.value) for s in term.factors)
                for term in amount.terms
            ),
            Fraction(0),
        )
    )
