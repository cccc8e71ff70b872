-- Run as the observer in template1 (the scenario's databases are copies of it) and in postgres.

CREATE EXTENSION pg_stat_statements SCHEMA public;

-- No large objects (they read server files and fill the disk), no shouting through the log or the WAL.
DO $$
DECLARE
  f regprocedure;
  l name;
BEGIN
  FOR f IN
    SELECT oid FROM pg_catalog.pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace
      AND proname IN ('lo_create', 'lo_creat', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_open', 'lo_import',
                      'lo_export', 'lo_truncate', 'lo_truncate64', 'pg_reload_conf', 'pg_rotate_logfile',
                      'pg_notify', 'pg_logical_emit_message', 'pg_export_snapshot')
  LOOP
    EXECUTE pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
  END LOOP;
  FOR l IN SELECT lanname FROM pg_catalog.pg_language WHERE lanpltrusted AND lanname NOT IN ('plpgsql', 'sql')
  LOOP
    EXECUTE pg_catalog.format('REVOKE USAGE ON LANGUAGE %I FROM PUBLIC', l);
  END LOOP;
END
$$;

GRANT USAGE, CREATE ON SCHEMA public TO app_owner;
