"""Shared setup of the chaos suite."""

import os
import random
import sys
from pathlib import Path

import pytest

# `from chaos.base import ...` works wherever this folder lies and however pytest imports it.
PARENT = str(Path(__file__).resolve().parent.parent)
if PARENT not in sys.path:
    sys.path.insert(0, PARENT)

CATEGORIES = ("auth", "cache", "concurrency", "database", "network", "resources")


def pytest_configure(config):
    config.addinivalue_line("markers", "chaos: injects failures on purpose")
    for category in CATEGORIES:
        config.addinivalue_line("markers", f"chaos_{category}: chaos tests of the {category} layer")


@pytest.fixture(autouse=True)
def _same_dice_every_run(request):
    """Every test rolls its own dice; CHAOS_SEED rolls them all differently."""
    seed = os.environ.get("CHAOS_SEED", "1234")
    random.seed(f"{seed}/{request.node.name}")
    yield
