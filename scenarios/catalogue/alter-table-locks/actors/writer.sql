\set kind random(1, 100)
\set customer random(1, 5000)
\set id random(1, 50000)
\set cents random(500, 50000)
\if :kind <= 60
INSERT INTO orders (customer_id, status, currency, total, item_count, shipping_country) VALUES (:customer, 'new', 'EUR', :cents / 100.0, 1, 'DE');
\else
UPDATE orders SET status = 'paid', updated_at = now() WHERE id = :id;
\endif
