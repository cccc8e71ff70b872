-- What the observer asks. It is a superuser: only pg_catalog and extensions' functions of its own, only in the
-- database postgres, never a table that somebody who rides may have replaced.

-- name: look
SELECT a.pid,
       a.backend_start,
       a.usename AS role,
       a.application_name AS application,
       a.datname AS database,
       a.state,
       a.wait_event_type,
       a.wait_event,
       a.query_start,
       a.backend_xid IS NOT NULL AS writes,
       EXTRACT(epoch FROM pg_catalog.clock_timestamp() - COALESCE(w.waitstart, a.query_start))::float8 AS waited,
       w.pid IS NOT NULL AS waits,
       CASE WHEN w.pid IS NULL THEN '{}'::int[] ELSE pg_catalog.pg_blocking_pids(a.pid) END AS blockers,
       CASE WHEN %(roles)s::text[] IS NULL THEN 0 ELSE (
         SELECT COALESCE(SUM(s.rows), 0)
         FROM public.pg_stat_statements(true) AS s
           JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid
         WHERE r.rolname = ANY (%(roles)s::text[])
           AND s.query ~* '^\s*(insert|update|delete|merge)\M'
       ) END::bigint AS rows_written
FROM pg_catalog.pg_stat_activity AS a
  LEFT JOIN LATERAL (
    SELECT l.pid, l.waitstart FROM pg_catalog.pg_locks AS l WHERE l.pid = a.pid AND NOT l.granted LIMIT 1
  ) AS w ON true
WHERE a.backend_type = 'client backend'
ORDER BY a.backend_start, a.pid;

-- name: sizes
SELECT (SELECT SUM(pg_catalog.pg_database_size(d.oid))::bigint FROM pg_catalog.pg_database AS d) AS data,
       (pg_catalog.pg_stat_file(pg_catalog.pg_current_logfile('jsonlog'))).size AS log;

-- name: read_log
SELECT pg_catalog.pg_postmaster_start_time(),
       pg_catalog.pg_read_binary_file(pg_catalog.pg_current_logfile('jsonlog'), %(offset)s, %(length)s);

-- name: roles
SELECT pg_catalog.array_agg(r.rolname::text) FROM pg_catalog.pg_roles AS r;

-- name: started
SELECT pg_catalog.pg_postmaster_start_time();

-- name: keep
INSERT INTO pg_catalog.ride_kept AS k (name, text) VALUES (%(name)s, %(text)s)
ON CONFLICT (name) DO UPDATE SET text = EXCLUDED.text
RETURNING k.name;

-- name: kept
SELECT k.text FROM pg_catalog.ride_kept AS k WHERE k.name = %(name)s;

-- name: signal_key
SELECT k.key FROM pg_catalog.ride_signal_key AS k;

-- name: note
SELECT pg_catalog.ride_note(%(note)s);

-- name: end_session
SELECT pg_catalog.ride_terminate_native(%(pid)s, 0)
FROM pg_catalog.pg_stat_activity AS a
WHERE a.pid = %(pid)s AND a.backend_start = %(started)s;
