-- Before described.sql, as a superuser: what nobody else may make.
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION file_fdw;
GRANT CREATE ON SCHEMA public TO app_owner;
GRANT CREATE ON DATABASE shown_db TO app_owner;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
GRANT USAGE ON FOREIGN SERVER files TO app_owner;
CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER notes ON ddl_command_end EXECUTE FUNCTION noted();
ALTER EVENT TRIGGER notes DISABLE;
CREATE FOREIGN TABLE public.lines (line text OPTIONS (force_not_null 'true')) SERVER files OPTIONS (filename '/dev/null');
CREATE CAST (point AS text) WITH INOUT AS ASSIGNMENT;
ALTER ROLE lena IN DATABASE shown_db SET lock_timeout = '5min';
