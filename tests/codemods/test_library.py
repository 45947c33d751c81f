"""Helper modules are parsed once while they are in use, and memory stays bounded."""

from __future__ import annotations

from pathlib import Path

from chaos_migrate.codemods.library import KEPT, Library

BIG = b"#" * (KEPT // 4) + b"\n"


def test_a_module_is_parsed_once_until_others_need_its_place() -> None:
    read: list[str] = []

    def reading(path: Path) -> bytes:
        read.append(path.name)
        return BIG

    library = Library(reading)
    first = library.load(Path("first.py"))
    for name in ("second.py", "third.py", "first.py"):
        assert library.load(Path(name)) is not None
    assert library.load(Path("first.py")) is first
    assert read == ["first.py", "second.py", "third.py"]
    library.load(Path("fourth.py"))  # one too many: the second was not used for longest
    assert library.load(Path("first.py")) is first
    library.load(Path("second.py"))
    assert read == ["first.py", "second.py", "third.py", "fourth.py", "second.py"]


def test_what_is_missing_is_looked_for_once() -> None:
    read: list[Path] = []

    def reading(path: Path) -> bytes:
        read.append(path)
        raise FileNotFoundError

    library = Library(reading)
    assert library.load(Path("none.py")) is None
    assert library.load(Path("none.py")) is None
    assert len(read) == 1


def test_a_module_larger_than_all_that_is_kept_is_still_read() -> None:
    library = Library(lambda _: BIG * 5)
    assert library.load(Path("huge.py")) is not None
    assert library.load(Path("huge.py")) is not None
