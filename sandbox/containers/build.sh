#!/bin/sh
# Makes the data of an image, in a container of the base image that becomes it: initdb, and a server without a
# network for as long as we set it up through its socket.
set -u
image=/opt/ride
data=$image/cluster/data

refuse() {
    echo "$1" >&2
    exit 70
}

for program in initdb postgres pgbench timeout od du; do
    command -v "$program" >/dev/null || refuse "the image has no $program on its PATH"
done
version=$(postgres --version)
major=$(echo "$version" | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
[ -n "$major" ] && [ "$major" -ge 15 ] && [ "$major" -le 18 ] || refuse "it has $version; Ride needs 15 to 18"

initdb -D "$data" -U observer -A trust -E UTF8 --locale=C --wal-segsize=1 --no-sync --no-instructions || exit 71
cp "$image/postgresql.$major.conf" "$data/postgresql.conf"
cp "$image/build_hba.conf" "$data/pg_hba.conf"

postgres -D "$data" -k /run/ride -p 5432 -c unix_socket_permissions=0777 -c listen_addresses= \
    -c logging_collector=off -c log_destination=stderr &
server=$!
trap 'kill -TERM "$server"' TERM INT
(sleep 600; kill -KILL "$server") & # whoever builds has died
wait "$server" # until a signal comes
wait "$server"
[ -e "$data/PG_VERSION" ] && [ ! -e "$data/postmaster.pid" ] || exit 72
chmod -R a+rX "$data" # a sandbox's server runs as another user than this one
