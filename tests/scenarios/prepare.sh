#!/usr/bin/env bash
# Installs the JavaScript clients that judge us (package.json beside this file), once.
set -euo pipefail
cd "$(dirname "$0")/clients"
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.installed ]; then
  npm ci --silent --no-audit --no-fund
  touch node_modules/.installed
fi
