"""Small programs that tell about themselves: ``python -m tests.forked_programs NAME ...``."""

import atexit
import os
import random
import signal
import sys
import time
import uuid
from pathlib import Path

from tests.programs import begin, say


def surroundings() -> None:
    """All that it was started with."""
    say(f"{sys.argv[1:]} {Path.cwd().name} {time.tzname} {__name__}")
    say(str({name: value for name, value in os.environ.items() if name in {"TZ", "PLANTED", "HOME", "DISPLAY"}}))
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        say(f"{stream.isatty()} {stream.encoding} {stream.errors} {stream.line_buffering}")
    say(str([signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD)]))
    say(str(sorted(Path("/proc/self/fd").iterdir())))


def exit_three() -> None:
    """End with a number, and with what is said at the end."""
    atexit.register(say, "at the end")
    sys.stdout.write("not flushed\n")
    sys.exit(3)


def fail() -> None:
    """End by an error."""
    raise ValueError("foreseen")


def interrupted() -> None:
    """End by Ctrl-C."""
    os.kill(os.getpid(), signal.SIGINT)


def chance() -> None:
    """Names and numbers that nobody else draws."""
    say(f"{uuid.uuid4()} {random.random()}")


def stand_still() -> None:
    """Stand still until told to go on."""
    begin()
    say("gone on")


PROGRAMS = {program.__name__: program for program in (surroundings, exit_three, fail, interrupted, chance, stand_still)}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]]()
