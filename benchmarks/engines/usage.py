"""What a command uses together with servers that work for it."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.cost.process import Cost, measured

INTERVAL = 0.2
"""Seconds between two looks at CPU time; memory is read at every fifth."""


def measured_with_servers(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], servers: Sequence[int]
) -> Cost:
    """Run a command; what it, its children, the servers and theirs have used meanwhile.

    Memory is the largest sum over all of them at one moment, what they share counted once.

    Args:
        command: What to run.
        folder: Where.
        environment: Variables beside those of this process.
        servers: Process ids of servers, of which nothing else makes use.

    Raises:
        RuntimeError: The command failed; holds the end of what it printed.
    """
    watch = _Watch(servers)
    looking = threading.Thread(target=watch.until_stopped, daemon=True)
    looking.start()
    try:
        cost, _ = measured(command, folder, environment)
    finally:
        watch.stop.set()
        looking.join()
    # What ended between two looks is known of the command itself.
    return Cost(max(watch.cpu_seconds, cost.cpu_seconds), cost.wall_seconds, watch.peak_mb)


class _Watch:
    def __init__(self, servers: Sequence[int]) -> None:
        self._servers = servers
        self._before = sum(map(_cpu_seconds, self._processes()))
        self.stop = threading.Event()
        self.cpu_seconds = 0.0
        self.peak_mb = 0.0

    def until_stopped(self) -> None:
        look = 0
        while not self.stop.is_set():
            processes = list(self._processes())
            # A process that ends leaves its time to its parent, or, a child of ours, takes it away.
            used = sum(map(_cpu_seconds, processes)) - self._before
            self.cpu_seconds = max(self.cpu_seconds, used)
            if look % 5 == 0:
                self.peak_mb = max(self.peak_mb, sum(map(_memory_mb, processes)))
            look += 1
            time.sleep(INTERVAL)

    def _processes(self) -> Iterator[psutil.Process]:
        yield from psutil.Process().children(recursive=True)
        for server in self._servers:
            process = psutil.Process(server)
            yield process
            yield from process.children(recursive=True)


def _known(read: Callable[[psutil.Process], float], process: psutil.Process) -> float:
    """Of a process that has ended, nothing."""
    try:
        return read(process)
    except psutil.Error:
        return 0.0


def _cpu_seconds(process: psutil.Process) -> float:
    """Its own time and that of its children that have ended."""
    return _known(lambda it: sum(it.cpu_times()[:4]), process)


def _memory_mb(process: psutil.Process) -> float:
    return _known(lambda it: it.memory_full_info().pss / 1e6, process)
