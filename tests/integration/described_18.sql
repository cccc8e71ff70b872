-- What only PostgreSQL 18 has.
CREATE EXTENSION btree_gist;
SET ROLE app_owner;
CREATE TABLE virtual_columns (a int, twice int GENERATED ALWAYS AS (a * 2) VIRTUAL, b int CONSTRAINT b_there NOT NULL);
ALTER TABLE virtual_columns ADD CONSTRAINT a_there NOT NULL a NOT VALID;
ALTER TABLE virtual_columns ADD CONSTRAINT small CHECK (a < 10) NOT ENFORCED;
CREATE TABLE booked (room int, during int4range, PRIMARY KEY (room, during WITHOUT OVERLAPS));
