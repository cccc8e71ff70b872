-- Run as the observer in postgres, where the sandbox has no folder on our side: what an adopter must know of it
-- is kept here. It holds passwords, and nobody but a superuser can read it.
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.ride_kept (name text PRIMARY KEY, text text NOT NULL);
REVOKE ALL ON pg_catalog.ride_kept FROM PUBLIC;
RESET allow_system_table_mods;
