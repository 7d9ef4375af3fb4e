# Sesame, as ../shared/bench/peers wants a server described. Sourced by its run.sh; see bench/peers/README.md.
D=$WORK/sesame
srv_port() { echo 2606; }
srv_desc() { echo "Sesame $(git -C "$SESAME_SOURCE" rev-parse --short HEAD)"; }
srv_start() {
  rm -rf "$D"; mkdir -p "$D"
  /usr/bin/python3 "$SESAME_SOURCE/bench/peers/start.py" "$D" "$SINK_PORT" "$NDOM" "$DKIM_DOMAIN" "$DKIM_SELECTOR" "$DKIM_KEY" &&
    wait_port 2606; }
srv_stop() { kill "$(cat "$D/sesame.pid")" "$(cat "$D/knot/knot.pid")" 2>/dev/null; true; }
srv_loadargs() { cat "$D/loadargs"; }
srv_queue() { sqlite3 -readonly "$D/data/queue.db" 'select count(*) from recipient where state is null' 2>/dev/null || echo 0; }
