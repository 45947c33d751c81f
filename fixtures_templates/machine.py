"""How much load this machine can bear, and what the environment says about it."""

import math as _chaos_math
import os as _chaos_os
import pathlib as _chaos_pathlib

import pytest

_CHAOS_PROFILES = {"low": 0.5, "medium": 1.0, "high": 4.0}
_CHAOS_ROOT = _chaos_pathlib.Path("/")


def _chaos_load_multiplier(workers: int = 1) -> tuple[float, str]:
    """The load multiplier of this run, and why.

    CHAOS_LOAD_MULTIPLIER, else CHAOS_PROFILE, else what this machine can bear: the
    smaller of CPUs / 4 and memory / 8 GiB, from 0.5 to 4, shared among the `workers`
    of pytest-xdist. Raises pytest.UsageError for a value that makes no sense.
    """
    chosen = _chaos_number("CHAOS_LOAD_MULTIPLIER")
    if chosen is not None:
        return chosen, "CHAOS_LOAD_MULTIPLIER"
    profile = _chaos_os.environ.get("CHAOS_PROFILE")
    if profile is not None:
        if profile not in _CHAOS_PROFILES:
            wanted = ", ".join(_CHAOS_PROFILES)
            message = f"CHAOS_PROFILE must be one of {wanted}, not {profile!r}"
            raise pytest.UsageError(message)
        return _CHAOS_PROFILES[profile], f"CHAOS_PROFILE={profile}"
    cpus, gib = _chaos_machine(_CHAOS_ROOT)
    load = min(cpus / 4, gib / 8) / workers
    reason = f"{cpus:.3g} CPUs" + (f", {gib:.3g} GiB" if gib < _chaos_math.inf else "")
    if workers > 1:
        reason += f", shared by {workers} workers"
    return round(min(max(load, 0.5), 4.0), 2), reason


def _chaos_time_factor(load_multiplier: float) -> float:
    """How much longer things may take: CHAOS_TIME_FACTOR, else 1 / load, 1 or more."""
    chosen = _chaos_number("CHAOS_TIME_FACTOR", least=1)
    return max(1.0, 1 / load_multiplier) if chosen is None else chosen


def _chaos_number(name: str, least: float = 0) -> float | None:
    """The number in an environment variable, above 0 and at least `least`, or None."""
    text = _chaos_os.environ.get(name)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = _chaos_math.nan
    if not (0 < value < _chaos_math.inf and value >= least):
        wanted = f"a number, {least} or more" if least else "a number above 0"
        raise pytest.UsageError(f"{name} must be {wanted}, not {text!r}")
    return value


def _chaos_machine(root: _chaos_pathlib.Path) -> tuple[float, float]:
    """The CPUs and the GiB of memory that this process may use.

    They are what the machine has, less what the CPU affinity and the cgroups (v1,
    v2 or both, and all their parents) keep from it. `root` is where /proc and /sys are.
    """
    if hasattr(_chaos_os, "sched_getaffinity"):
        cpus = float(len(_chaos_os.sched_getaffinity(0)))
    else:
        cpus = float(_chaos_os.cpu_count() or 1)
    memory = _chaos_memory(root)
    for folder in _chaos_cgroups(root):
        v1_quota = _chaos_numbers(folder / "cpu.cfs_quota_us")
        v1_period = _chaos_numbers(folder / "cpu.cfs_period_us")
        quota = _chaos_numbers(folder / "cpu.max") or v1_quota + v1_period
        if len(quota) == 2 and min(quota) > 0:
            cpus = min(cpus, quota[0] / quota[1])
        limits = _chaos_numbers(folder / "memory.max")
        limits += _chaos_numbers(folder / "memory.limit_in_bytes")
        memory = min(memory, *limits) if limits else memory
    return cpus, memory / 2**30


def _chaos_memory(root: _chaos_pathlib.Path) -> float:
    """The bytes of memory of the whole machine; infinity where it does not tell."""
    for line in _chaos_lines(root / "proc/meminfo"):
        if line.startswith("MemTotal:"):
            return float(line.split()[1]) * 1024
    if hasattr(_chaos_os, "sysconf"):
        pages = _chaos_os.sysconf("SC_PHYS_PAGES")
        return float(pages * _chaos_os.sysconf("SC_PAGE_SIZE"))
    return _chaos_math.inf


def _chaos_cgroups(root: _chaos_pathlib.Path) -> list[_chaos_pathlib.Path]:
    """The folders of the cgroups that hold this process, each with its parents."""
    mount = root / "sys/fs/cgroup"
    folders = []
    for line in _chaos_lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers:  # v1 mounts "cpu,cpuacct" by that name, by each, or by both
            tops = [mount / name for name in {controllers, *controllers.split(",")}]
        else:  # v2, alone or beside v1
            tops = [mount, mount / "unified"]
        for top in tops:
            # A container may be told the path on its host; the top then is its own.
            folder = top if ".." in path else top.joinpath(*path.split("/"))
            folders += [f for f in (folder, *folder.parents) if f.is_relative_to(top)]
    return folders


def _chaos_lines(path: _chaos_pathlib.Path) -> list[str]:
    """The lines of a file, none where it cannot be read."""
    try:
        return path.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []


def _chaos_numbers(path: _chaos_pathlib.Path) -> list[int]:
    """The numbers of a file; none where it cannot be read, or says "max"."""
    try:
        return [int(word) for word in path.read_text(encoding="ascii").split()]
    except (OSError, ValueError):
        return []
