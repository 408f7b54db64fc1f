# Sourced behind check.sh by the tests that need a Redis: servers end with the test.

# Each server has a file of its process in the work folder, and writes into that folder until it has ended.
end() {
  for file in "$work"/*.pid; do
    [ -e "$file" ] || continue
    pid=$(cat "$file")
    kill -KILL "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
  done
  rm -rf "$work"
}
trap end EXIT

# start_redis NAME OPTIONS...: starts a Redis on the socket $work/NAME, which may not answer yet.
start_redis() {
  name=$1
  shift
  redis-server --unixsocket "$work/$name" --dir "$work" --save '' --daemonize yes --pidfile "$work/$name.pid" \
    --logfile "$work/$name.log" "$@" >/dev/null
}
# server NAME OPTIONS...: the same, and waits until it answers.
server() {
  start_redis "$@"
  # Any answer of its own, not "Could not connect".
  await "redis-cli -s $work/$name ping" "PONG\|^[(A-Z]*NO\|LOADING\|CLUSTERDOWN\|DENIED"
}
# await COMMAND WORDS: until it prints them.
await() {
  tries=0
  until $1 2>&1 | grep -q "$2"; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || fail "$1 never printed $2"
    sleep 0.1
  done
}
