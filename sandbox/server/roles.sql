-- Run once, as the observer, in template1, before the scenario's databases are made.
CREATE ROLE app_owner NOLOGIN;
GRANT pg_read_all_stats TO app_owner;
-- Whoever rides is in ride_people: pg_hba.conf lets no other role in over TCP.
CREATE ROLE ride_people NOLOGIN;
-- Owns what stands in for pg_terminate_backend and pg_cancel_backend.
CREATE ROLE ride_signal NOLOGIN;
GRANT pg_signal_backend, pg_read_all_stats TO ride_signal;

ALTER ROLE observer SET search_path = pg_catalog;
ALTER ROLE observer SET pg_stat_statements.track = 'none';

REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1, template0 FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO ride_people;
