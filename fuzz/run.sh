#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (default 20) each, starting from its seeds. New inputs go to a scratch directory.
set -euo pipefail
build=${1:?usage: fuzz/run.sh BUILD_DIRECTORY}
seconds=${FUZZ_SECONDS:-20}
here=$(cd "$(dirname "$0")" && pwd)
failed=0 ran=0
for target in "$build"/fuzz/*_fuzz; do
  name=$(basename "$target" _fuzz)
  scratch=$(mktemp -d)
  if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
      -artifact_prefix="$build/fuzz/crash-$name-" "$scratch" "$here/corpus/$name"; then
    echo "$name: clean for $seconds s"
  else
    echo "$name: FAILED; the input is in $build/fuzz/crash-$name-*"
    failed=$((failed + 1))
  fi
  rm -rf "$scratch"
  ran=$((ran + 1))
done
echo "$((ran - failed)) passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$ran" -gt 0 ]
