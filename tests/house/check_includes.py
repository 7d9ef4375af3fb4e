#!/usr/bin/python3
"""The house: a room of src/ includes only from rooms listed before it in src/CMakeLists.txt, and from itself.

Also: every room has a README.md, and no source file grows past its limit of lines without a reason written here.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
MAX_LINES = 600


def rooms():
    text = (SRC / "CMakeLists.txt").read_text()
    listed = re.search(r"set\(SESAME_ROOMS ([^)]*)\)", text).group(1).split()
    return listed


def main():
    order = rooms()
    problems = []
    for room in order:
        if (SRC / room / "CMakeLists.txt").exists() and not (SRC / room / "README.md").exists():
            problems.append(f"src/{room} has no README.md")
    for path in sorted(SRC.rglob("*.h")) + sorted(SRC.rglob("*.cc")):
        relative = path.relative_to(SRC)
        text = path.read_text()
        lines = text.count("\n")
        if lines > MAX_LINES and not path.name.endswith("_test.cc"):
            problems.append(f"src/{relative} has {lines} lines (limit {MAX_LINES}): look for the seam")
        if len(relative.parts) < 2:
            continue
        room = relative.parts[0]
        if room not in order:
            problems.append(f"src/{relative}: room {room} is not listed in src/CMakeLists.txt")
            continue
        for included in re.findall(r'^#include "([^"]+)"', text, re.M):
            other = included.split("/")[0]
            if other not in order:
                problems.append(f"src/{relative}: includes {included}, which is in no room")
            elif order.index(other) > order.index(room):
                problems.append(f"src/{relative}: includes {included}, which lies above {room}")
    for problem in problems:
        print(problem)
    print(f"{len(problems)} problems in {len(order)} rooms")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
