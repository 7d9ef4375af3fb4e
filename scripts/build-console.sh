#!/usr/bin/env bash
# Builds the console (web/) into build/console/bundle.cc, which the server's build takes in. Does nothing when that is
# newer than every file of web/. Without Node.js, or without npm's registry, the server is built without a console.
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/console
bundle=$out/bundle.cc
without() {
  echo "The console is not built: $1. The server is built without it." >&2
  exit 0
}

newer=$(find web scripts/build-console.sh -name node_modules -prune -o -type f -newer "$bundle" -print -quit 2>/dev/null || echo missing)
[ -f "$bundle" ] && [ -z "$newer" ] && exit 0

command -v node >/dev/null && command -v npm >/dev/null || without "it needs Node.js 20.19 or newer with npm"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  without "it needs Node.js 20.19 or newer, and this is $(node --version)"

mkdir -p "$out"
if [ ! -d web/node_modules ] || [ web/package-lock.json -nt web/node_modules/.installed ]; then
  (cd web && npm ci --loglevel=error --no-audit --no-fund) || without "npm cannot install what web/package-lock.json lists"
  touch web/node_modules/.installed
fi
(cd web && npm run --silent check && npm run --silent build -- --logLevel warn)
node web/embed.mjs "$out/dist" "$out"
touch "$bundle"
