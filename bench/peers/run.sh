#!/usr/bin/env bash
# Runs the peer benchmark of ../shared with Sesame among the servers.
#   bench/peers/run.sh all                       every server, every load (the table; about 20 minutes)
#   bench/peers/run.sh NAME [options of run.sh]  one server, one load, one line of JSON
# SERVERS, ROUNDS, PARTS and the other variables of ../shared/bench/peers pass through.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export SESAME_SOURCE=${here%/bench/peers}
export SESAME_BINARY=${SESAME_BINARY:-$SESAME_SOURCE/build/release/src/app/sesame}
peers=${SESAME_PEERS:-$SESAME_SOURCE/../shared/bench/peers}
[ -d "$peers" ] || { echo "bench/peers: $peers is not here" >&2; exit 2; }
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cp -r "$peers/." "$tree" && chmod -R u+w "$tree"
cp "$here/sesame.sh" "$tree/servers/"
"$tree/setup.sh" >/dev/null
if [ "${1:-}" = all ]; then
  SERVERS=${SERVERS:-"sesame postfix exim opensmtpd haraka"} "$tree/all.sh"
else
  "$tree/run.sh" "$@"
fi
