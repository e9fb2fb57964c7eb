"""The owner's socket: many threads at once, peers that speak nonsense, owners that end while they are asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anning.errors import Conflict, Unavailable
from anning.gate.counts import wire
from anning.gate.counts.client import Connection
from anning.gate.counts.ledger import Ledger
from anning.gate.counts.messages import Answer, Report, Reported, Reserve, Share, Taken
from anning.gate.counts.owner import OwnerThread
from anning.gate.counts.shards import shard_folders
from counts_world import NOW, number


@pytest.fixture
def shard(tmp_path: Path) -> Iterator[Path]:
    (folder,) = shard_folders(tmp_path, 1)
    with OwnerThread(folder, Ledger(folder, clock=lambda: NOW, recent=64)):
        yield folder


def reserve(place: int) -> Reserve:
    return Reserve("bank", number(place), "sms", "commercial", seen=())


def test_threads_share_a_connection_and_each_gets_its_own_answers(shard: Path) -> None:
    answers: dict[int, list[Answer]] = {}
    with Connection(shard) as connection:

        def ask(thread: int) -> None:
            said: list[Answer] = []
            for place in range(20):
                said += connection.ask([reserve(1000 * thread + place), Report()])
            answers[thread] = said

        threads = [threading.Thread(target=ask, args=(thread,)) for thread in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        ids = [answer.id for said in answers.values() for answer in said[::2] if isinstance(answer, Taken)]
        assert sorted(ids) == list(range(1, 161))
        assert all(isinstance(answer, Reported) for said in answers.values() for answer in said[1::2])
        snapshot = connection.share()
    for thread in range(8):
        for place in range(20):
            assert snapshot.kept.stamps("bank", number(1000 * thread + place), "sms") == (NOW << 2,)


def test_a_snapshot_stays_as_it_was_while_the_owner_goes_on(shard: Path) -> None:
    with Connection(shard) as connection:
        connection.ask([reserve(place) for place in range(200)])
        before = connection.share()
        connection.ask([reserve(place) for place in range(200, 400)])
        after = connection.share()
    assert len(before.kept.cells) == 200
    assert len(after.kept.cells) == 400
    assert not before.kept.known("bank", number(300), "sms")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(min_size=1, max_size=200),
        st.binary(max_size=200).map(wire.framed),
        st.just(wire.framed(wire.encode([Share(), Share()]))),
        st.just(wire.LENGTH.pack(wire.LARGEST + 1)),
    )
)
def test_nonsense_is_cut_off_and_everybody_else_served(shard: Path, nonsense: bytes) -> None:
    stranger = wire.connect(shard, timeout=5)
    with stranger:
        stranger.sendall(nonsense)
        stranger.shutdown(socket.SHUT_WR)
        while stranger.recv(4096):
            pass
    with Connection(shard) as connection:
        assert isinstance(connection.ask([Report()])[0], Reported)


def test_a_peer_that_reads_no_answers_holds_up_nobody(shard: Path) -> None:
    with wire.connect(shard, timeout=0.2) as deaf, Connection(shard) as connection:
        frame = wire.framed(wire.encode([Report()] * 500))
        sent = 0
        try:
            while sent < 2000:
                deaf.sendall(frame)
                sent += 1
        except OSError:
            pass
        assert isinstance(connection.ask([Report()])[0], Reported)


def test_an_owner_that_ends_is_away_and_the_next_goes_on(tmp_path: Path) -> None:
    (folder,) = shard_folders(tmp_path, 1)
    with Connection(folder) as connection:
        with pytest.raises(Unavailable, match="are away"):
            connection.ask([reserve(0)])
        for round_ in range(3):
            with OwnerThread(folder, Ledger(folder, clock=lambda: NOW)):
                assert connection.ask([reserve(round_)]) == [Taken(round_ + 1)]


def test_shards_stay_as_many_as_they_were(tmp_path: Path) -> None:
    for folder in shard_folders(tmp_path, 2):
        Ledger(folder).close()
    with pytest.raises(Conflict, match="were cut into 2 shards, and the setting says 3"):
        shard_folders(tmp_path, 3)


def test_a_folder_with_a_long_name_has_a_socket_too(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 120)
    with OwnerThread(folder, Ledger(folder)), Connection(folder) as connection:
        assert isinstance(connection.ask([Report()])[0], Reported)
