#!/usr/bin/env bash
# The figures of docs/benchmarks.md, section by section. Everything stays on loopback and ends by itself.
set -euo pipefail
sesame=$(realpath "${1:?usage: bench/run.sh SESAME_BINARY}")
here=$(cd "$(dirname "$0")" && pwd)
build=$(dirname "$sesame")/../..
ninja -C "$build" fill_identities http_load mailauth_bench mailauth_peers classify_bench feedback_load mail_sink submission_load >/dev/null
export SESAME_BINARY=$sesame FILL_IDENTITIES=$(realpath "$build/bench/fill_identities")
export HTTP_LOAD=$(realpath "$build/bench/http_load")
export FEEDBACK_LOAD=$(realpath "$build/bench/feedback_load")
export MAIL_SINK=$(realpath "$build/bench/mail_sink") SUBMISSION_LOAD=$(realpath "$build/bench/submission_load")
for figure in startup confirmation watcher feedback queue_depth deferrals slow_receivers; do
  /usr/bin/python3 "$here/$figure.py"
done
"$build/bench/mailauth_bench" --benchmark_repetitions=5
"$here/../tests/scenarios/prepare.sh"  # npm mailauth is one of them
"$here/mailauth_peers.py" "$build/bench"
"$here/classify_peers.py" "$build/bench/classify_bench"
