"""Numbers that turn one unit into another: whatever their size, they may be no count."""

THOUSANDS = frozenset({1_000, 1_000_000})
# Of a time: milliseconds, minutes, hours.
OF_TIME = THOUSANDS | {60, 3_600, 1_000_000_000}
# Of any number: per cent, kibibytes, seconds of an hour.
OF_NUMBERS = THOUSANDS | {60, 100, 1_024, 3_600}
