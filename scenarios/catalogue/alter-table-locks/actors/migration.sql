-- Release 2026.11.23, step 3 of 5, all in one transaction: the type change rewrites the table under ACCESS EXCLUSIVE,
-- then the tool waits for its next step, outside the database, with the transaction open.
-- One \sleep of more than 2,147 s would overflow; together these last longer than any ride.
BEGIN;
ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint;
\sleep 2000 s
\sleep 2000 s
\sleep 2000 s
\sleep 2000 s
\sleep 2000 s
\sleep 2000 s
COMMIT;
