-- After it, as a superuser again.
CREATE PUBLICATION some_orders FOR TABLE orders (id, customer) WHERE (total > 0), customers WITH (publish = 'insert');
CREATE PUBLICATION everything FOR ALL TABLES;
