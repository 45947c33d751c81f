"""Fixtures of the database category."""

import sqlite3

import pytest

from chaos.doubles import ConnectionPool


@pytest.fixture
def pool():
    return ConnectionPool(size=5)


@pytest.fixture
def orders():
    """An empty table of orders, in memory."""
    connection = sqlite3.connect(":memory:")
    connection.execute("create table orders (id integer primary key, state text not null)")
    yield connection
    connection.close()
