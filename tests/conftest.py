"""What holds for every test, wherever it is run."""

from __future__ import annotations

import signal

from hypothesis import settings

# None is timed, for a machine may be busy with something else.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# A shell that runs the tests in the background has them ignore interrupts, and so would all the
# programs that they start, those included that they interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
