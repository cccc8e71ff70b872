\set days random(7, 60)
SELECT day, sum(revenue) FROM daily_revenue WHERE day > current_date - :days GROUP BY day ORDER BY day;
SELECT shipping_country, count(*) FROM orders WHERE created_at > now() - interval '7 days' GROUP BY shipping_country;
\sleep 2 s
