#!/usr/bin/env bash
# Tests of the console: test-console.sh unit | browser. Exits 77, which ctest counts as skipped, without npm's packages.
set -euo pipefail
cd "$(dirname "$0")/../web"
if [ ! -e node_modules/.installed ]; then
  echo "skipped: the console's packages are not installed (scripts/build-console.sh)"
  exit 77
fi
case ${1:?usage: test-console.sh unit|browser} in
  unit) exec node node_modules/vitest/vitest.mjs run --dir src ;;
  browser) exec node --test --test-concurrency=1 --test-reporter=spec e2e/*.test.mjs ;;
esac
