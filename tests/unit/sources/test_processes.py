"""Programs are started without a shell and ended with all that they started."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from mlgate.errors import SourceError
from mlgate.sources import processes
from mlgate.sources.processes import find_launcher, find_program, inherited_python_path, resolve_command, run


def python(code: str) -> list[str]:
    """A program that starts in some 20 ms: without site-packages."""
    return [sys.executable, "-I", "-S", "-X", "utf8", "-c", textwrap.dedent(code)]


def program(path: Path, script: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def assert_gone(pipe: Path) -> None:
    """Whoever held the pipe open for writing has ended: the reader sees its end."""
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                if os.read(reader, 1) == b"":
                    return
            except BlockingIOError:
                select.select([reader], [], [], 0.1)
    finally:
        os.close(reader)
    pytest.fail("a process of the group is still there")


def test_output_of_both_streams_and_the_exit_status(tmp_path: Path) -> None:
    seen: list[str] = []
    code = "import sys, os; print('é', os.getcwd(), flush=True); print('err', file=sys.stderr); sys.exit(7)"
    completed = run(python(code), cwd=tmp_path, on_output=seen.append)
    assert completed.returncode == 7
    assert completed.output_tail == f"é {tmp_path}\nerr\n"
    assert "".join(seen) == completed.output_tail
    assert completed.duration_s > 0
    assert not completed.timed_out


def test_arguments_are_not_read_by_a_shell(tmp_path: Path) -> None:
    completed = run([*python("import sys; print(sys.argv[1:])"), "$(id)", "a b", ";"], cwd=tmp_path)
    assert completed.output_tail == "['$(id)', 'a b', ';']\n"


def test_environment_is_added_and_standard_input_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLD", "1")
    code = "import os, sys; print(os.environ['OLD'], os.environ['NEW'], repr(sys.stdin.read()))"
    assert run(python(code), cwd=tmp_path, env={"NEW": "2"}).output_tail == "1 2 ''\n"


def test_only_the_end_of_the_output_is_kept(tmp_path: Path) -> None:
    completed = run(python("for i in range(100_000): print(i)"), cwd=tmp_path, tail_bytes=100)
    lines = completed.output_tail.splitlines()
    assert len(completed.output_tail) <= 100
    assert lines[-1] == "99999"
    assert all(int(line) >= 99_000 for line in lines)


def test_output_without_lines_is_cut_too(tmp_path: Path) -> None:
    completed = run(python("print('é' * 1000, end='')"), cwd=tmp_path, tail_bytes=11)
    assert completed.output_tail.endswith("é" * 5)
    assert len(completed.output_tail) <= 11


def test_program_that_closes_its_output_is_awaited(tmp_path: Path) -> None:
    code = "import os, select; os.close(1); os.close(2); select.select([], [], [], 0.5); os._exit(5)"
    assert run(python(code), cwd=tmp_path).returncode == 5


def test_exception_of_the_listener_is_raised_after_the_end(tmp_path: Path) -> None:
    def refuse(_: str) -> None:
        raise RuntimeError("listener")

    code = "print('x' * 1_000_000); open('done', 'w').close()"
    with pytest.raises(RuntimeError, match="listener"):
        run(python(code), cwd=tmp_path, on_output=refuse)
    assert (tmp_path / "done").exists()


def test_time_out_interrupts_first(tmp_path: Path) -> None:
    code = """
        import signal
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("wrote what it knew")
        """
    completed = run(python(code), cwd=tmp_path, timeout_s=1.5)
    assert completed.timed_out
    assert completed.output_tail.endswith("wrote what it knew\n")


def test_time_out_kills_the_whole_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE_S", 0.3)
    os.mkfifo(tmp_path / "alive")
    code = """
        import os, signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        held = os.open("alive", os.O_RDWR)
        os.fork()
        print("ready", flush=True)
        while True:
            signal.pause()
        """
    completed = run(python(code), cwd=tmp_path, timeout_s=1.5)
    assert completed.timed_out
    assert completed.returncode == -signal.SIGKILL
    assert "ready" in completed.output_tail
    assert_gone(tmp_path / "alive")


def test_process_that_stays_behind_does_not_hold_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LEFTOVER_S", 0.3)
    os.mkfifo(tmp_path / "alive")
    code = """
        import os, signal
        held = os.open("alive", os.O_RDWR)
        if os.fork() == 0:
            while True:
                signal.pause()
        print("done", flush=True)
        """
    completed = run(python(code), cwd=tmp_path, timeout_s=60)
    assert (completed.returncode, completed.timed_out) == (0, False)
    assert completed.output_tail == "done\n"
    assert completed.duration_s < 20
    assert_gone(tmp_path / "alive")


def test_interrupt_is_passed_on_and_raised(tmp_path: Path) -> None:
    """A person presses Ctrl-C: only mlgate sees it, and hands it to the group that it started."""
    os.mkfifo(tmp_path / "alive")
    inner = """
        import os, signal
        held = os.open("alive", os.O_RDWR)
        try:
            print("ready", flush=True)
            signal.pause()
        except KeyboardInterrupt:
            open("written", "w").close()
        """
    outer = f"""
        import sys
        from pathlib import Path
        from mlgate.sources.processes import run
        try:
            run([sys.executable, "-c", {textwrap.dedent(inner)!r}], cwd=Path({str(tmp_path)!r}), on_output=print)
        except KeyboardInterrupt:
            sys.exit(130)
        """
    with subprocess.Popen(
        [sys.executable, "-u", "-c", textwrap.dedent(outer)], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert (tmp_path / "written").exists()
    assert_gone(tmp_path / "alive")


@pytest.mark.parametrize("name", ["no-such-program-at-all", "./absent", "a\0b"])
def test_program_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        run([name], cwd=tmp_path)
    assert caught.value.hint


def test_program_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b", encoding="utf-8")
    with pytest.raises(SourceError, match="cannot be started: Permission denied"):
        run(["./table.csv"], cwd=tmp_path)


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"the folder .*absent does not exist"):
        run(["true"], cwd=tmp_path / "absent")


def test_launcher_is_the_declared_interpreter_and_keeps_its_link(tmp_path: Path) -> None:
    link = tmp_path / ".venv" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(sys.executable)
    assert find_launcher(tmp_path, ".venv/bin/python") == (str(link), "-m", "pytest")


def test_launcher_may_be_a_name_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(tmp_path / "bin" / "python3.99")
    monkeypatch.setenv("PATH", str(found.parent))
    assert find_launcher(tmp_path, "python3.99") == (str(found), "-m", "pytest")


def test_launcher_is_the_pytest_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = program(tmp_path / "bin" / "pytest")
    monkeypatch.setenv("PATH", str(found.parent))
    assert find_launcher(tmp_path, None) == (str(found),)


def test_without_pytest_the_next_step_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="pytest was not found on PATH") as caught:
        find_launcher(tmp_path, None)
    assert "tiers.<tier>.python" in caught.value.hint


def test_program_by_path_must_exist_and_be_executable(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"\.venv/bin/python does not exist"):
        find_program(tmp_path, ".venv/bin/python")
    program(tmp_path / "bin" / "tool").chmod(0o644)
    with pytest.raises(SourceError, match="may not be executed"):
        find_program(tmp_path, "bin/tool")
    with pytest.raises(SourceError, match="was not found on PATH"):
        find_program(tmp_path, "no-such-program-at-all")


def test_command_with_a_leading_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = program(tmp_path / ".venv" / "bin" / "python")
    found = program(tmp_path / "path" / "python3")
    monkeypatch.setenv("PATH", str(found.parent))
    command = ["python", "-m", "clinic.evaluate"]
    assert resolve_command(tmp_path, command, ".venv/bin/python") == (str(declared), "-m", "clinic.evaluate")
    assert resolve_command(tmp_path, command) == (str(found), "-m", "clinic.evaluate")
    first = program(tmp_path / "path" / "python")
    assert resolve_command(tmp_path, command)[0] == str(first)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="python was not found on PATH"):
        resolve_command(tmp_path, command)


def test_command_with_another_program(tmp_path: Path) -> None:
    script = program(tmp_path / "scripts" / "evaluate.sh")
    assert resolve_command(tmp_path, ["scripts/evaluate.sh", "x"], "python") == (str(script), "x")


def test_inherited_python_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "src")
    assert inherited_python_path() == "src"
    monkeypatch.delenv("PYTHONPATH")
    assert inherited_python_path() == ""
