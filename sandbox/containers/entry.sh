#!/bin/sh
# The first process of a sandbox's container: lays out the data, starts the server, plays the actors, keeps the
# lease. It is told what to do by files that our superuser has the server write (COPY … TO); nobody who rides
# can. When it ends all else in the container ends with it; its exit codes are those of container.py.
#
# POSIX sh and no more: an official PostgreSQL image has no Python.
set -u
umask 077
image=/opt/ride home=/var/ride sockets=${RIDE_SOCKETS:-/run/ride}
export PGHOST=$sockets PGPORT=5432 PGCONNECT_TIMEOUT=10 LC_ALL=C
cd /

over() { # CODE WORDS
    echo "ride: $2" >&2
    exit "$1"
}

# One client of an actor: takes the place of this shell.
client() { # ACTOR DATABASE ROLE APPLICATION [OPTION…]
    script=$image/scripts/$1.sql
    export PGDATABASE="$2" PGUSER="$3" PGAPPNAME="$4"
    shift 4
    # Longer than any lease; it ends with the container.
    exec pgbench -n -c 1 -f "$script" -T 604800 "$@" >/dev/null
}

reconnecting() { # as client: comes back like a pool when its session was ended
    while :; do
        (client "$@")
        sleep "0.$((200 + 3 * $(od -An -N1 -tu1 /dev/urandom)))"
    done &
}

carelessly() { # as client: when it ends, it has ended
    (client "$@") &
}

once() { # as client: plays once; a signal to it comes from outside, a session that is ended makes it exit
    {
        (client "$@")
        code=$?
        [ "$code" -le 128 ] || echo "$1 $((code - 128))" >"$home/killed"
    } &
}

. "$image/actors.sh" # gives stage_before and stage_incident

server() {
    (
        ulimit -c 0
        ulimit -v "$RIDE_ADDRESS_SPACE_KB"
        exec postgres -D "$home/data" -k "$sockets" -p "$PGPORT" -c unix_socket_permissions=0777 \
            -c "listen_addresses=${RIDE_LISTEN:-}"
    )
    echo "exit code $?" >"$home/stopped"
}

# Where there is a network we come by it, with a password of this sandbox alone. No statistics show it.
admit() {
    {
        echo "SET pg_stat_statements.track_utility = off;"
        echo "ALTER ROLE observer PASSWORD '$password';"
    } >"$home/admit.sql"
    until PGUSER=observer PGDATABASE=postgres pgbench -n -t 1 -f "$home/admit.sql" >/dev/null 2>&1; do
        sleep 0.05
    done
    rm "$home/admit.sql"
}

trap 'over 68 "told to stop"' TERM INT
cp -R "$image/cluster/data" "$home/data" && cp "$image/pg_hba.conf" "$home/data/pg_hba.conf" ||
    over 69 "the prepared data could not be copied"
deadline=$RIDE_DEADLINE
password=${RIDE_OBSERVER_PASSWORD:-}
unset RIDE_OBSERVER_PASSWORD # no other process needs it
[ -z "${RIDE_LISTEN:-}" ] || cat "$image/network_hba.conf" >>"$home/data/pg_hba.conf"
server &
[ -z "$password" ] || admit &

tick=0
while :; do
    [ ! -e "$home/stopped" ] || over 65 "PostgreSQL stopped by itself ($(cat "$home/stopped"))"
    if [ -e "$home/killed" ]; then
        read -r actor signal <"$home/killed"
        over 66 "the client $actor was killed from outside (signal $signal)"
    fi
    for stage in before incident; do
        if [ -e "$home/stage.$stage" ] && [ ! -e "$home/began.$stage" ]; then
            : >"$home/began.$stage"
            "stage_$stage"
        fi
    done
    if [ $((tick % 4)) -eq 0 ]; then
        told=
        [ ! -e "$home/deadline" ] || read -r told <"$home/deadline"
        case $told in
        '' | *[!0-9]*) ;; # not there, or being written
        *) deadline=$told ;;
        esac
        [ "$(date +%s)" -lt "$deadline" ] || over 64 "the lease is over"
    fi
    if [ $((tick % 20)) -eq 0 ]; then
        size=$(du -sk "$home/data" 2>/dev/null | cut -f1)
        [ "${size:-0}" -le "$RIDE_DATA_LIMIT_KB" ] || over 67 "the data grew to $((size / 1024)) MB"
    fi
    tick=$((tick + 1))
    sleep 0.25
done
