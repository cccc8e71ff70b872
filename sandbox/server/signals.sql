-- Run as the observer in template1 and in postgres: each signal leaves a record of who sent it, and to whom.
--
-- The built-in functions are renamed, for CREATE OR REPLACE has no effect on them (the function manager calls
-- built-ins by their OID); functions of the old names, arguments and properties log first, then call them.
-- A record is signed with a key that only these functions can read, so that RAISE LOG can't forge one.

SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.ride_signal_key (key text NOT NULL);
REVOKE ALL ON pg_catalog.ride_signal_key FROM PUBLIC;
GRANT SELECT ON pg_catalog.ride_signal_key TO ride_signal;
INSERT INTO pg_catalog.ride_signal_key VALUES ({key});
RESET allow_system_table_mods;

ALTER FUNCTION pg_catalog.pg_terminate_backend(integer, bigint) RENAME TO ride_terminate_native;
ALTER FUNCTION pg_catalog.pg_cancel_backend(integer) RENAME TO ride_cancel_native;
REVOKE EXECUTE ON FUNCTION pg_catalog.ride_terminate_native(integer, bigint) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.ride_cancel_native(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.ride_terminate_native(integer, bigint) TO ride_signal;
GRANT EXECUTE ON FUNCTION pg_catalog.ride_cancel_native(integer) TO ride_signal;

-- Records a signal about to be sent. False: the target is not to be signalled, or there is none.
CREATE FUNCTION pg_catalog.ride_record_signal(op text, target integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
DECLARE
  a record;
  payload text;
  secret text;
BEGIN
  -- Within a transaction the view of the sessions is a snapshot, which may be older than the target.
  PERFORM pg_stat_clear_snapshot();
  SELECT s.backend_start, s.state, s.application_name, s.usesysid, r.rolname, r.rolsuper, d.datname
  INTO a
  FROM pg_stat_get_activity(target) AS s
    LEFT JOIN pg_roles AS r ON r.oid = s.usesysid
    LEFT JOIN pg_database AS d ON d.oid = s.datid
  LIMIT 1;
  IF FOUND THEN
    -- The built-in raises an error here, which would stop a statement that signals many.
    IF a.rolname IS NULL OR a.rolsuper
       OR (a.application_name = 'ride_check' AND NOT pg_has_role(a.usesysid, 'ride_people', 'member')) THEN
      RAISE WARNING 'permission denied to signal PID %', target;
      RETURN false;
    END IF;
  END IF;
  payload := jsonb_build_object(
    'op', op, 'by', pg_backend_pid(), 'pid', target,
    'started', floor(extract(epoch FROM a.backend_start)),
    'user', a.rolname, 'application', a.application_name, 'database', a.datname, 'state', a.state);
  SELECT k.key INTO STRICT secret FROM pg_catalog.ride_signal_key AS k;
  RAISE LOG 'RIDE_SIGNAL % %',
    encode(sha256(convert_to(secret || payload || secret, 'UTF8')), 'hex'), payload;
  IF a.backend_start IS NULL THEN
    RAISE WARNING 'PID % is not a PostgreSQL backend process', target;
    RETURN false;
  END IF;
  RETURN true;
END
$$;

CREATE FUNCTION pg_catalog.pg_terminate_backend(pid integer, timeout bigint DEFAULT 0) RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
  IF NOT pg_catalog.ride_record_signal('terminate', pid) THEN
    RETURN false;
  END IF;
  RETURN pg_catalog.ride_terminate_native(pid, timeout);
END
$$;

CREATE FUNCTION pg_catalog.pg_cancel_backend(pid integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE STRICT PARALLEL SAFE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
  IF NOT pg_catalog.ride_record_signal('cancel', pid) THEN
    RETURN false;
  END IF;
  RETURN pg_catalog.ride_cancel_native(pid);
END
$$;

ALTER FUNCTION pg_catalog.ride_record_signal(text, integer) OWNER TO ride_signal;
ALTER FUNCTION pg_catalog.pg_terminate_backend(integer, bigint) OWNER TO ride_signal;
ALTER FUNCTION pg_catalog.pg_cancel_backend(integer) OWNER TO ride_signal;
REVOKE EXECUTE ON FUNCTION pg_catalog.ride_record_signal(text, integer) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_terminate_backend(integer, bigint) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_cancel_backend(integer) FROM PUBLIC;
-- Those who ride have it through app_owner, so that it works after SET ROLE app_owner too.
GRANT EXECUTE ON FUNCTION pg_catalog.pg_terminate_backend(integer, bigint) TO app_owner;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_cancel_backend(integer) TO app_owner;
COMMENT ON FUNCTION pg_catalog.pg_terminate_backend(integer, bigint) IS 'terminate a server process';
COMMENT ON FUNCTION pg_catalog.pg_cancel_backend(integer) IS 'cancel a server process'' current query';

-- What Ride itself does to a session, written by the observer into the same record.
CREATE FUNCTION pg_catalog.ride_note(note text) RETURNS void
LANGUAGE plpgsql VOLATILE STRICT
SET search_path = pg_catalog, pg_temp
SET client_min_messages = warning
AS $$
BEGIN
  RAISE LOG 'RIDE_NOTE %', note;
END
$$;
REVOKE EXECUTE ON FUNCTION pg_catalog.ride_note(text) FROM PUBLIC;
