#!/usr/bin/env bash
# Runs the drivers' checks against a server and prints a table. See README.md.
set -euo pipefail
cd "$(dirname "$0")"

case ${1-} in
    -h | --help)
        echo "usage: compat/run.sh [URL] [DRIVER…]   (psql psycopg3 psycopg2 asyncpg pg8000 sqlalchemy jdbc activerecord go pgbouncer)"
        exit 0
        ;;
    *://*)
        url=$1
        shift
        ;;
    *)
        # A node of its own, of the last build.
        quorlite=${QUORLITE:-../target/debug/quorlite}
        [ -x "$quorlite" ] || { echo "compat/run.sh: $quorlite is missing: cargo build" >&2; exit 1; }
        directory=$(mktemp -d)
        ports=$(python3 -c 'import socket; s = [socket.socket() for _ in "123"]; [x.bind(("127.0.0.1", 0)) for x in s]; print(*(x.getsockname()[1] for x in s))')
        read -r sql cluster http <<<"$ports"
        "$quorlite" start --data "$directory/node" --listen "127.0.0.1:$sql" --cluster-listen "127.0.0.1:$cluster" \
            --http-listen "127.0.0.1:$http" >"$directory/out" 2>"$directory/err" &
        node=$!
        trap 'kill "$node" 2>/dev/null; wait "$node" 2>/dev/null; rm -rf "$directory"' EXIT
        url=postgresql://postgres@127.0.0.1:$sql/postgres
        for _ in $(seq 100); do
            pg_isready -q -d "$url" && break
            kill -0 "$node" 2>/dev/null || { cat "$directory/err" >&2; exit 1; }
            sleep 0.1
        done
        ;;
esac
drivers=("$@")
[ ${#drivers[@]} -gt 0 ] || drivers=(psql psycopg3 psycopg2 asyncpg pg8000 sqlalchemy jdbc activerecord go pgbouncer)

work=../target/compat
mkdir -p "$work"
python="$work/venv/bin/python"
if ! cmp -s requirements.txt "$work/requirements.txt"; then
    python3 -m venv "$work/venv"
    "$python" -m pip install --quiet --disable-pip-version-check -r requirements.txt
    cp requirements.txt "$work/requirements.txt"
fi

# A missing driver fails the run: it would be skipped unseen.
jar=${PGJDBC:-/usr/share/java/postgresql.jar}

status=0
details=""
printf '%-12s %6s %6s\n' driver passed failed
for driver in "${drivers[@]}"; do
    case $driver in
        psql) command=(bash drivers/psql.sh "$url") ;;
        jdbc) command=(java -cp "$jar" drivers/Jdbc.java "$url") ;;
        activerecord) command=(ruby -W0 drivers/activerecord.rb "$url") ;;
        # With the packages that Debian has of Go's drivers, as they are.
        go)
            command=(bash -c 'set -e; (cd drivers/go; GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$0" main.go); "$0" "$1"'
                "$(cd "$work" && pwd)/go-drivers" "$url")
            ;;
        pgbouncer) command=(bash drivers/pgbouncer.sh "$url" "$(cd "$work" && pwd)/venv/bin/python") ;;
        psycopg3) command=("$python" drivers/psycopg3.py "$url") ;;
        *) command=("$python" "drivers/${driver}_.py" "$url") ;;
    esac
    code=0
    output=$(timeout 300 "${command[@]}" 2>&1) || code=$?
    count() { grep -c "^$1 " <<<"$output" || true; }
    passed=$(count pass) failed=$(count FAIL)
    # A driver that couldn't run at all has failed, whatever it printed.
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    [ "$failed" -eq 0 ] || status=1
    printf '%-12s %6s %6s\n' "$driver" "$passed" "$failed"
    rest=$(grep -v '^pass ' <<<"$output" || true)
    [ -z "$rest" ] || details+="--- $driver"$'\n'"$rest"$'\n'
done
[ -z "$details" ] || printf '\n%s' "$details"
exit "$status"
