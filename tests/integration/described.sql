-- Something of each kind that \d and its kin tell of: what is disabled, odd, partitioned, guarded or old.
SET ROLE app_owner;
CREATE SCHEMA sales;
CREATE SCHEMA "Odd Schema";
ALTER DEFAULT PRIVILEGES IN SCHEMA sales GRANT SELECT ON TABLES TO lena;
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL DEFAULT 'nobody',
    email varchar(80) UNIQUE,
    full_name text GENERATED ALWAYS AS (upper(name)) STORED,
    CONSTRAINT named CHECK (name <> '')
);
COMMENT ON TABLE customers IS 'Who buys';
COMMENT ON COLUMN customers.email IS 'Where the bill goes';
CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    customer bigint NOT NULL REFERENCES customers ON DELETE CASCADE,
    total numeric(10,2) DEFAULT 0,
    placed timestamptz DEFAULT now()
);
CREATE INDEX orders_placed ON orders (placed DESC NULLS LAST) INCLUDE (total) WHERE total > 0;
CREATE INDEX orders_expression ON orders ((total * 2), customer);
CREATE UNIQUE INDEX orders_distinct ON orders (customer, placed) NULLS NOT DISTINCT;
ALTER TABLE orders CLUSTER ON orders_pkey;
ALTER TABLE orders REPLICA IDENTITY FULL;
ALTER TABLE orders ALTER COLUMN total SET STATISTICS 500;
ALTER TABLE orders SET (fillfactor = 70, autovacuum_enabled = off);
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER a_active BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touched();
CREATE TRIGGER b_disabled BEFORE UPDATE ON orders FOR EACH ROW WHEN (OLD.total <> NEW.total) EXECUTE FUNCTION touched('x');
CREATE TRIGGER c_always AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION touched();
CREATE TRIGGER d_replica AFTER INSERT ON orders REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION touched();
ALTER TABLE orders DISABLE TRIGGER b_disabled;
ALTER TABLE orders ENABLE ALWAYS TRIGGER c_always;
ALTER TABLE orders ENABLE REPLICA TRIGGER d_replica;
CREATE TABLE guarded (id int, owner text);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
ALTER TABLE guarded FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON guarded FOR SELECT TO lena USING (owner = current_user);
CREATE POLICY no_writes ON guarded AS RESTRICTIVE FOR INSERT WITH CHECK (false);
CREATE TABLE ruled (a int);
CREATE RULE no_delete AS ON DELETE TO ruled DO INSTEAD NOTHING;
CREATE RULE no_update AS ON UPDATE TO ruled DO INSTEAD NOTHING;
ALTER TABLE ruled DISABLE RULE no_delete;
CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE events_other PARTITION OF events DEFAULT;
CREATE INDEX events_at ON events (at);
CREATE TABLE parent (a int);
CREATE TABLE child (b int) INHERITS (parent);
CREATE UNLOGGED TABLE unlogged (a int);
CREATE VIEW big_orders AS SELECT id, total FROM orders WHERE total > 100 WITH LOCAL CHECK OPTION;
CREATE MATERIALIZED VIEW totals AS SELECT customer, sum(total) AS total FROM orders GROUP BY customer WITH NO DATA;
CREATE UNIQUE INDEX totals_customer ON totals (customer);
CREATE SEQUENCE "it's a sequence" INCREMENT 5 CYCLE MAXVALUE 100;
CREATE TABLE "Odd Schema"."Odd ""Table""" ("a column" int, "日本" text, "back`tick" int);
CREATE TABLE "back\slash" (a int);
CREATE TABLE "tick`id`s" (a int);
CREATE TABLE "pipe|name" (a int);
CREATE TABLE ":HOME" (a int);
CREATE TYPE mood AS ENUM ('sad', 'so so', 'it''s fine');
CREATE TYPE address AS (street text, number int);
CREATE TYPE span AS RANGE (subtype = float8);
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE FUNCTION plus(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
CREATE FUNCTION plus(a text, VARIADIC b text[]) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    RETURN QUERY SELECT a || unnest(b);
END $$;
COMMENT ON FUNCTION plus(int, int) IS 'Adds';
CREATE PROCEDURE tidy() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;
CREATE AGGREGATE product(int) (sfunc = int4mul, stype = int, initcond = '1');
CREATE OPERATOR @+ (leftarg = int, rightarg = int, function = plus);
CREATE STATISTICS orders_both (dependencies, ndistinct) ON customer, total FROM orders;
CREATE COLLATION plain (provider = libc, locale = 'C');
CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);
GRANT SELECT (name, email), UPDATE (email) ON customers TO lena;
GRANT SELECT ON orders TO PUBLIC;
RESET ROLE;
