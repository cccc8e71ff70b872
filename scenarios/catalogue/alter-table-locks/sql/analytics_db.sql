-- The look-alike: a nightly copy of production's tables for reports. Nothing here is ever part of the incident.

CREATE TABLE customers (
    id integer PRIMARY KEY,
    country char(2) NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE orders (
    id bigint PRIMARY KEY,
    customer_id integer NOT NULL,
    status text NOT NULL,
    currency char(3) NOT NULL,
    total numeric(12, 2) NOT NULL,
    shipping_country char(2) NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE daily_revenue (
    day date NOT NULL,
    currency char(3) NOT NULL,
    orders integer NOT NULL,
    revenue numeric(14, 2) NOT NULL,
    PRIMARY KEY (day, currency)
);

INSERT INTO customers (id, country, created_at)
SELECT n, (ARRAY['DE', 'FR', 'SE', 'NL', 'PL', 'ES'])[1 + n % 6], now() - (n % 900) * interval '1 day'
FROM generate_series(1, 2000) AS n;

INSERT INTO orders (id, customer_id, status, currency, total, shipping_country, created_at)
SELECT
    n,
    1 + (n::bigint * 7919) % 2000,
    (ARRAY['delivered', 'delivered', 'shipped', 'paid', 'cancelled'])[1 + n % 5],
    (ARRAY['EUR', 'EUR', 'EUR', 'SEK', 'PLN'])[1 + n % 5],
    5 + (n::bigint * 104729 % 49500) / 100.0,
    (ARRAY['DE', 'FR', 'SE', 'NL', 'PL', 'ES'])[1 + n % 6],
    now() - (10000 - n) * interval '15 minutes'
FROM generate_series(1, 10000) AS n;

INSERT INTO daily_revenue (day, currency, orders, revenue)
SELECT created_at::date, currency, count(*), sum(total)
FROM orders
GROUP BY created_at::date, currency;

CREATE INDEX orders_created_at_idx ON orders (created_at);

ANALYZE customers, orders, daily_revenue;

GRANT SELECT ON customers, orders, daily_revenue TO reporting;
