-- The nightly export: reads, then keeps its transaction open while it uploads. Harmless: nobody waits for it.
BEGIN;
SELECT count(*), sum(total) FROM orders;
\sleep 2000 s
\sleep 2000 s
\sleep 2000 s
\sleep 2000 s
\sleep 2000 s
\sleep 2000 s
COMMIT;
