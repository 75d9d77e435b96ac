#!/usr/bin/env bash
# Runs the drivers' checks against a server and prints a table. See README.md.
set -euo pipefail
cd "$(dirname "$0")"

if [ $# -lt 1 ]; then
    echo "usage: compat/run.sh URL [DRIVER…]   (psql psycopg3 psycopg2 asyncpg pg8000 sqlalchemy jdbc)" >&2
    exit 2
fi
url=$1
shift
drivers=("$@")
[ ${#drivers[@]} -gt 0 ] || drivers=(psql psycopg3 psycopg2 asyncpg pg8000 sqlalchemy jdbc)

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
printf '%-12s %6s %6s %8s\n' driver passed failed refused
for driver in "${drivers[@]}"; do
    case $driver in
        psql) command=(bash drivers/psql.sh "$url") ;;
        jdbc) command=(java -cp "$jar" drivers/Jdbc.java "$url") ;;
        psycopg3) command=("$python" drivers/psycopg3.py "$url") ;;
        *) command=("$python" "drivers/${driver}_.py" "$url") ;;
    esac
    code=0
    output=$(timeout 300 "${command[@]}" 2>&1) || code=$?
    count() { grep -c "^$1 " <<<"$output" || true; }
    passed=$(count pass) failed=$(count FAIL) refused=$(count refused)
    # A driver that couldn't run at all has failed, whatever it printed.
    if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
    [ "$failed" -eq 0 ] || status=1
    printf '%-12s %6s %6s %8s\n' "$driver" "$passed" "$failed" "$refused"
    rest=$(grep -v '^pass ' <<<"$output" || true)
    [ -z "$rest" ] || details+="--- $driver"$'\n'"$rest"$'\n'
done
[ -z "$details" ] || printf '\n%s' "$details"
exit "$status"
