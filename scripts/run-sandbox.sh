#!/usr/bin/env bash
# Starts the sandbox, performs the walkthrough against it, then keeps serving. Without a terminal, or with ONCE=1, ends with
# the walkthrough's exit status instead.
set -uo pipefail
sesame=${1:?usage: run-sandbox.sh SESAME_BINARY}
data=${SESAME_SANDBOX_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/sesame/sandbox}

coproc SERVER { exec "$sesame" serve --sandbox --data-dir "$data"; }
server=$SERVER_PID
trap 'kill -TERM "$server" 2>/dev/null; wait "$server" 2>/dev/null' EXIT

banner=()
endpoint=
while IFS= read -r -t 30 line <&"${SERVER[0]}"; do
  banner+=("$line")
  case $line in "  API "*) endpoint=${line##* } ;; esac
  [ "$line" = "ready" ] && break
done
if [ "${banner[-1]:-}" != "ready" ]; then
  trap - EXIT
  kill -TERM "$server" 2>/dev/null
  wait "$server"
  status=$?
  echo "the sandbox did not start (exit status $status)" >&2
  exit "$([ "$status" -ne 0 ] && echo "$status" || echo 1)"
fi

"$sesame" walkthrough --endpoint "$endpoint" --data-dir "$data"
status=$?

if [ -n "${ONCE:-}" ] || [ ! -t 0 ] || [ ! -t 1 ]; then exit "$status"; fi
[ "$status" -eq 0 ] || echo "the walkthrough failed (exit status $status); the sandbox keeps running" >&2
echo
printf '%s\n' "${banner[@]}" | grep -v '^ready$'
echo "Stop with Ctrl-C."
trap 'kill -TERM "$server" 2>/dev/null' INT TERM
wait "$server"
