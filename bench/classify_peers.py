#!/usr/bin/python3
"""Sesame's classifier beside Sisimai (Debian libsisimai-perl), on the same mails, by processor time, in one run.

usage: classify_peers.py CLASSIFY_BENCH [DIRECTORY OF MAILS]

Sisimai reads its mails from files; ours have them in memory, so the files are read once before and are in the page cache.
Runs alternate, and the medians of seven are compared. Processor time, so that other work on the machine counts little.
"""
import pathlib
import statistics
import subprocess
import sys
import tempfile

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "shared/corpora/bounces-sisimai/lf"
RUNS = 7
SISIMAI = """
use Sisimai;
sub cpu { my @t = times; $t[0] + $t[1] }
my @files = split /\\n/, do { local $/; <STDIN> };
my $start = cpu(); my $found = 0;
for my $file (@files) { my $all = Sisimai->make($file, delivered => 1); $found += @$all if $all; }
die 'nothing found' unless $found;
printf "%.0f\\n", @files / (cpu() - $start);
"""


def rate(command, names):
    return int(subprocess.run(command, input=names, capture_output=True, text=True, check=True).stdout)


def main():
    bench = sys.argv[1]
    mails = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else CORPUS
    names = "\n".join(str(path) for path in sorted(mails.glob("*.eml")))
    if not names:
        print(f"no mails in {mails}: skipped")
        return
    have_sisimai = subprocess.run(["perl", "-MSisimai", "-e", "1"], capture_output=True).returncode == 0
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(rate([bench, "10"], names))
        if have_sisimai:
            with tempfile.NamedTemporaryFile("w", suffix=".pl") as script:
                script.write(SISIMAI)
                script.flush()
                theirs.append(rate(["perl", script.name], names))
    print(f"classify: median {statistics.median(ours):.0f} mails/s per core ({min(ours)} to {max(ours)})")
    if theirs:
        print(f"Sisimai:  median {statistics.median(theirs):.0f} mails/s per core ({min(theirs)} to {max(theirs)})")
        print(f"ratio {statistics.median(ours) / statistics.median(theirs):.0f}")
    else:
        print("Sisimai is not installed (libsisimai-perl): no comparison")


if __name__ == "__main__":
    main()
