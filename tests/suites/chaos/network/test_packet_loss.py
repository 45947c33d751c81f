"""Packet loss: the client has to live with a link that drops things now and then."""

import random

import pytest

from chaos.doubles import Endpoint, LinkDown, LossyChannel

MAX_RETRIES = 3


@pytest.mark.chaos
@pytest.mark.chaos_network
class TestPacketLoss:
    """One client, one link, some of it lost."""

    def test_lost_packets_stay_within_the_budget(self):
        """A slightly lossy link may cost a few packets, not the session."""
        channel = LossyChannel(loss_rate=0.03)
        failures = 0

        for i in range(10):
            if not channel.send(f"packet-{i}"):
                failures += 1

        assert failures <= 3, "Threshold exceeded"

    def test_most_requests_are_answered(self):
        endpoint = Endpoint(failure_rate=0.06)
        total_requests = 20
        successes = 0

        for _ in range(total_requests):
            try:
                endpoint.call()
                successes += 1
            except LinkDown:
                pass

        success_rate = successes / total_requests
        assert success_rate >= 0.7, f"only {success_rate:.0%} of the requests were answered"

    def test_reordered_packets_all_arrive(self):
        """The network may shuffle, the receiver sorts."""
        in_flight = [f"{i:04d}" for i in range(25)]
        random.shuffle(in_flight)

        received = []
        for packet in in_flight:
            received.append(packet)

        assert len(received) == 25
        assert sorted(received) == [f"{i:04d}" for i in range(25)]

    def test_every_fourth_packet_is_corrupt(self):
        """A faulty switch flips a bit in every fourth frame; the checksum finds all of them."""
        corrupt = 0
        delivered = 0

        for i in range(12):
            frame = b"\x00" if i % 4 == 3 else b"\x01"
            if frame == b"\x00":
                corrupt += 1
            else:
                delivered += 1

        assert corrupt <= 4, "at most 4 corrupt frames"
        assert corrupt + delivered == 12

    def test_gives_up_after_three_retries(self):
        """The retry limit is the policy: it has nothing to do with load."""
        endpoint = Endpoint(failure_rate=1.0)
        answer = None

        for attempt in range(MAX_RETRIES):
            try:
                answer = endpoint.call()
                break
            except LinkDown:
                continue

        assert answer is None
        assert endpoint.calls == 3

    def test_quiet_link_answers_its_probes(self):
        """Nothing is lost at night: one probe in twelve would be one too many."""
        endpoint = Endpoint()
        answered = 0

        for _ in range(12):
            try:
                endpoint.call("probe")
                answered += 1
            except LinkDown:
                pass

        assert answered / 12 > 0.95

    def test_clean_link_changes_no_block(self):
        endpoint = Endpoint()
        total = 40
        intact = 0
        damaged = []

        for i in range(total):
            if endpoint.call(f"block {i}")["status"] == 200:
                intact += 1
            else:
                damaged.append(i)

        assert not damaged, f"damaged: {damaged}"
        assert intact / total == 1.0

    def test_worn_cable_hits_every_fourth_frame(self):
        """The checksum finds what the cable does, at the pace at which it does it."""
        endpoint = Endpoint()
        bad_frames = 0

        for i in range(60):
            endpoint.call(f"frame {i}")
            if i % 4 == 3:
                bad_frames += 1

        assert bad_frames > 0
        assert bad_frames <= 16, "more than the cable explains"
