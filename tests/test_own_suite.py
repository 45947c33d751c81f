"""The suite that ships with the project has everything that a migration can meet."""

from __future__ import annotations

import pytest

from chaos_migrate.codemods.plan import Action, Shrink, Site
from chaos_migrate.codemods.rules import RULES
from tests.checkouts import plans

# What each shape of assertion becomes, the test that has it, and what is written there.
REWRITTEN = {
    "bad <= k": ("test_lost_packets_stay_within_the_budget", "max_count(3, of=10"),
    "bad < k": ("test_cold_nodes_cause_some_misses", "max_count(10, of=30"),
    "good >= j": ("test_refreshes_in_parallel", "min_count(11, of=16"),
    "good > j": ("test_reset_mails_are_delivered", "min_count(15, of=24"),
    "not (bad > k)": ("test_reset_mails_are_delivered", "max_count(8, of=24"),
    "a window": ("test_balancer_spreads_the_sessions", "max_count(25, of=30"),
    "a bound by another name": ("test_stale_reads_after_a_flush", "max_count(max_allowed, of=25"),
    "a bound by a constant": ("test_overloaded_stream_drops_few_events", "max_count(MAX_DROPPED"),
    "a bound of a recorder": ("test_refused_connections_are_recorded", "max_count(4, of=12"),
    "a product of trials": ("test_threads_times_operations", "trials=num_threads * ops_per_thread"),
    "rate >= r": ("test_most_requests_are_answered", "min_rate(0.7, of=20"),
    "rate > r": ("test_reads_from_a_lagging_replica", "min_rate(0.8, of=50"),
    "rate <= r": ("test_invalidation_reaches_most_nodes", "max_rate(0.3, of=25"),
    "rate < r": ("test_burst_with_casualties", "max_rate(0.3, of=30"),
    "good >= trials * r": ("test_writes_to_a_failing_disk", "min_rate(0.7, of=30"),
    "bad <= trials * r": ("test_stale_reads_after_a_flush", "max_rate(0.24, of=25"),
    "a bound of the scenario": ("test_commits_at_every_abort_rate", "min_rate(required, of=40"),
    "count == n": ("test_burst_of_requests_completes", "num_tasks"),
    "n == count": ("test_parallel_clients_are_all_answered", "num_clients"),
    "count == n - 1": ("test_lease_goes_to_whoever_asks_first", "num_tasks - 1"),
    "count == 2 * n": ("test_every_write_is_announced_in_both_regions", "iterations * 2"),
    "a sum of counters": ("test_slow_key_server_costs_few_logins", "iterations"),
    "a product of counts": ("test_no_update_is_lost", "NUM_THREADS * ops_per_thread"),
    "count == that of a schedule": (
        "test_every_fifth_commit_writes_a_checkpoint",
        "len(range(4, iterations, 5))",
    ),
    "count == all but a fixed few": ("test_listener_is_up_after_two_refusals", "iterations - 2"),
    "count <= that of a schedule": ("test_worn_cable_hits_every_fourth_frame", "max_count(16"),
    "the time of all trials": ("test_slow_answers_are_rare", "time_limit(5.0, of=15"),
    "the time of one trial": ("test_every_probe_comes_back_in_time", "time_limit(3.0)"),
    "the time of one among many": (
        "test_parallel_requests_wait_for_each_other_a_little",
        "time_limit(2.0, of=20",
    ),
}
# Assertions that stay while the count moves, and what they mean for how far it may shrink.
KEPT = {
    "bad == 0": ("test_no_handle_is_left_open", "all that depends on it follows it"),
    "not errors, rate == 1": ("test_clean_link_changes_no_block", ""),
    "a rate without room": ("test_quiet_link_answers_its_probes", "allow no failure at this rate"),
    "events > 0": ("test_throttling_shows_up", "`throttled > 0` needs as many"),
    "events against events": ("test_warm_node_hits_more_than_it_misses", "`hits > misses` needs"),
    "a mean": ("test_refills_take_as_long_as_they_are_told", "pytest.approx(0.02"),
    "ratios of means": ("test_recovery_is_about_as_fast_as_before", "avg_baseline * 2` needs"),
    "a capacity of the test": ("test_gate_admits_five_at_a_time", "go beyond"),
}


def in_test(name: str) -> list[Site]:
    """What becomes of the numbers of a test."""
    sites = [site for plan in plans().values() for site in plan.sites]
    return [site for site in sites if site.function.rpartition(".")[2] == name]


def shrinks(name: str) -> list[Shrink]:
    """Whether the counts of a test can shrink."""
    found = [shrink for plan in plans().values() for shrink in plan.shrinks]
    return [shrink for shrink in found if shrink.function.rpartition(".")[2] == name]


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_something_to_find(code: str) -> None:
    found = {site.action for plan in plans().values() for site in plan.sites if site.code == code}
    if code < "CHM4":
        assert Action.REWRITE in found
    else:
        assert found == {Action.KEEP if code == "CHM406" else Action.REVIEW}


@pytest.mark.parametrize("shape", REWRITTEN)
def test_every_shape_of_assertion_is_rewritten(shape: str) -> None:
    test, written = REWRITTEN[shape]
    found = [site for site in in_test(test) if site.action is Action.REWRITE]
    assert [site for site in found if written in (site.replacement or "")], found


@pytest.mark.parametrize("shape", KEPT)
def test_what_fits_any_number_of_trials_stays(shape: str) -> None:
    test, holds = KEPT[shape]
    assert [site for site in in_test(test) if site.action is Action.REWRITE]
    assert [shrink for shrink in shrinks(test) if holds in shrink.detail], shrinks(test)
