#!/usr/bin/python3
"""clang-tidy over the sources (not the tests), with .clang-tidy's few checks, all errors.

  tidy.py BUILD_DIRECTORY [FILE...] [-j JOBS]

A file that passed is looked at again only when something that decides its result has changed: its own text, that of a
project header it includes (directly or not), its compile command, a .clang-tidy, or clang-tidy itself. The stamps lie in
BUILD_DIRECTORY/tidy; without that directory everything is looked at. System headers are not part of a stamp.
"""
import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
TIDY = "clang-tidy-19"
SETTINGS = [".clang-tidy", "bench/.clang-tidy", "src/store/sqlite/.clang-tidy"]
SOURCES = ["src/*.cc", "bench/*.cc", "fuzz/*.cc", ":!*_test.cc", ":!src/boost_impl.cc"]


def listed_sources():
    listed = subprocess.run(["git", "ls-files", "-z", *SOURCES], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


def compile_commands(build):
    """One command per file: fuzz/replay_main.cc is built many times, always in the same way."""
    every = json.loads((build / "compile_commands.json").read_text())
    return {os.path.relpath(entry["file"], ROOT): entry for entry in reversed(every)}


@functools.cache
def includes_of(path):
    """The project's own headers that `path` names; they are written from src/, or from the file's directory."""
    names = re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), re.M)
    places = [place / name for name in names for place in (ROOT / "src", path.parent)]
    return [place for place in places if place.is_file()]


def read_with(path):
    """`path` and every project header it includes."""
    found, waiting = set(), [path]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(includes_of(each))
    return sorted(found)


def key_of(name, entry, constant):
    digest = hashlib.sha256(constant)
    digest.update(entry["command"].encode())
    for path in read_with(ROOT / name):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


class Tidy:
    def __init__(self, build):
        self.stamps = build / "tidy"
        self.stamps.mkdir(exist_ok=True)
        self.commands = compile_commands(build)
        (self.stamps / "compile_commands.json").write_text(json.dumps(list(self.commands.values())))
        version = subprocess.run([TIDY, "--version"], check=True, capture_output=True).stdout
        self.constant = version + b"".join((ROOT / name).read_bytes() for name in SETTINGS)

    def key(self, name):
        if name not in self.commands:
            sys.exit(f"tidy: {name} is not built in {self.stamps.parent}")
        return key_of(name, self.commands[name], self.constant)

    def stamp(self, name):
        return self.stamps / (name.replace("/", "+") + ".passed")

    def is_stamped(self, name):
        stamp = self.stamp(name)
        return stamp.exists() and stamp.read_text() == self.key(name)

    def check(self, name):
        """Whether the file passed, and what clang-tidy said. The stamp is of the text as it was before the look."""
        key = self.key(name)
        run = subprocess.run([TIDY, "-p", self.stamps, "--quiet", "--extra-arg=-Wno-unused-command-line-argument",
                              ROOT / name], cwd=ROOT, capture_output=True, text=True)
        if run.returncode == 0:
            self.stamp(name).write_text(key)
            return True, ""
        return False, run.stdout or run.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("files", nargs="*", help="only these, as git names them; all by default")
    arguments = parser.parse_intermixed_args()

    tidy = Tidy(arguments.build.resolve())
    names = arguments.files or listed_sources()
    waiting = [name for name in names if not tidy.is_stamped(name)]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for passed, said in pool.map(tidy.check, waiting):
            failed += not passed
            print(said, end="", flush=True)
    print(f"clang-tidy: {len(names)} files, {len(names) - len(waiting)} unchanged since they passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
