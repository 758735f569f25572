# Sourced: starts the standalone in an empty folder, as a newcomer would, and waits until it is ready; all of it is gone when the script ends.
# Gives $data (a folder, with start.log), $MIDSTREAM_DATA, $PORT and $url.
data=$(mktemp -d)
chmod 711 "$data"
export MIDSTREAM_DATA="$data/data" PORT="${PORT:-3917}"
url="http://127.0.0.1:$PORT"
# a group of its own: npm hands no signal on, so that all of it is told
setsid npm start >"$data/start.log" 2>&1 &
pid=$!
stop() {
  kill -TERM -- "-$pid" 2>/dev/null || true
  for _ in $(seq 1 60); do
    kill -0 -- "-$pid" 2>/dev/null || break
    sleep 0.5
  done
  kill -KILL -- "-$pid" 2>/dev/null || true
  rm -rf "$data"
}
trap stop EXIT
for _ in $(seq 1 180); do
  grep -q 'Midstream is ready' "$data/start.log" && break
  kill -0 "$pid" 2>/dev/null || { cat "$data/start.log"; exit 1; }
  sleep 1
done
grep 'Midstream is ready' "$data/start.log" || { cat "$data/start.log"; echo 'not ready within 180 s'; exit 1; }
