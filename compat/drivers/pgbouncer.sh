#!/usr/bin/env bash
# PgBouncer between a driver and the server, each transaction on whatever connection is free.
set -euo pipefail
cd "$(dirname "$0")"
url=$1 python=$2
read -r host port user database < <("$python" - "$url" <<'PY'
import sys, urllib.parse
url = urllib.parse.urlsplit(sys.argv[1])
print(url.hostname, url.port or 5432, url.username or "postgres", url.path.lstrip("/") or "postgres")
PY
)
directory=$(mktemp -d)
own=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$directory/pgbouncer.ini" <<INI
[databases]
$database = host=$host port=$port user=$user
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $own
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
server_reset_query = DISCARD ALL
server_reset_query_always = 1
INI
as=()
if [ "$(id -u)" = 0 ]; then
    # It refuses to run as root.
    chown -R nobody "$directory"
    as=(setpriv --reuid=nobody --clear-groups)
fi
"${as[@]}" "$(command -v pgbouncer || echo /usr/sbin/pgbouncer)" -q "$directory/pgbouncer.ini" &
bouncer=$!
trap 'kill "$bouncer" 2>/dev/null; wait "$bouncer" 2>/dev/null || true; rm -rf "$directory"' EXIT
"$python" pgbouncer_.py "postgresql://$user@127.0.0.1:$own/$database"
