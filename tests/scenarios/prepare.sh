#!/usr/bin/env bash
# Installs the JavaScript clients (clients/package.json) and the mail servers (mtas.sh) that judge us, once.
set -euo pipefail
cd "$(dirname "$0")"
./mtas.sh
cd clients
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.installed ]; then
  npm ci --loglevel=error --no-audit --no-fund
  touch node_modules/.installed
fi
