"""What servers do for a command is counted, what they did before is not."""

import subprocess
import sys
import time

import pytest

from benchmarks.engines.usage import measured_with_servers

BUSY = "import time\nwhile time.process_time() < {seconds}: pass\n"
# Works before it is asked, says so, and works again for who writes the file `asked`.
SERVER = """
import pathlib, subprocess, sys, time
while time.process_time() < 1.0: pass
pathlib.Path("ready").touch()
while not pathlib.Path("asked").exists(): time.sleep(0.01)
kept = b"x" * 200_000_000
subprocess.run([sys.executable, "-c", "import time\\nwhile time.process_time() < 0.5: pass"])
pathlib.Path("done").touch()
time.sleep(60)
"""
CLIENT = """
import pathlib, time
pathlib.Path("asked").touch()
while not pathlib.Path("done").exists(): time.sleep(0.01)
time.sleep(0.5)
"""


@pytest.mark.slow
def test_a_server_s_work_and_memory_are_those_of_the_command(tmp_path):
    server = subprocess.Popen([sys.executable, "-c", SERVER], cwd=tmp_path)
    try:
        while not (tmp_path / "ready").exists():
            time.sleep(0.01)
        command = [sys.executable, "-c", CLIENT]
        cost = measured_with_servers(command, tmp_path, {}, [server.pid])
    finally:
        server.kill()
        server.wait()
    assert 0.5 <= cost.cpu_seconds < 1.5
    assert cost.peak_mb > 200
    assert cost.wall_seconds > 0.5


def test_a_command_without_servers_counts_its_own_time(tmp_path):
    cost = measured_with_servers([sys.executable, "-c", BUSY.format(seconds=0.3)], tmp_path, {}, [])
    assert 0.3 <= cost.cpu_seconds < 1.0


def test_a_command_that_fails_says_why(tmp_path):
    command = [sys.executable, "-c", "raise SystemExit('no such luck')"]
    with pytest.raises(RuntimeError, match="no such luck"):
        measured_with_servers(command, tmp_path, {}, [])
