#!/bin/sh
# Runs an actor's script once, for a workload check: what pgbench says, then its exit code, go into a file that
# our superuser reads.
# check.sh FILE SECONDS LOCK_TIMEOUT_MS STATEMENT_TIMEOUT_MS ACTOR DATABASE ROLE APPLICATION
umask 077
export PGHOST="${RIDE_SOCKETS:-/run/ride}" PGPORT=5432 PGCONNECT_TIMEOUT=10 LC_ALL=C
export PGOPTIONS="-c lock_timeout=$3ms -c statement_timeout=$4ms"
export PGDATABASE="$6" PGUSER="$7" PGAPPNAME="$8"
timeout -s KILL "$2" pgbench -n -c 1 -f "/opt/ride/scripts/$5.sql" -t 1 >/dev/null 2>"$1"
echo "exit $?" >>"$1"
