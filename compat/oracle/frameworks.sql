# language: What frameworks make of queries
# Django's aggregates of annotations by sub-queries, its set operations as values, select_for_update(of=…), SQLAlchemy's fetch().
! CREATE TABLE shop (id int PRIMARY KEY, name text, city text)
! CREATE TABLE sale (id int PRIMARY KEY, shop_id int REFERENCES shop, price numeric(8,2))
! INSERT INTO shop VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'c', 'y')
! INSERT INTO sale VALUES (1, 1, 2.50), (2, 1, 3.00), (3, 2, 2.50), (4, 3, 9.99)
SELECT (SELECT count(s.id) FROM shop s WHERE s.city = shop.city) AS c, count(*) FROM shop GROUP BY 1 ORDER BY 1
SELECT city, (SELECT max(price) FROM sale) AS m, count(*) FROM shop GROUP BY city, 2 ORDER BY city
SELECT (SELECT count(s.id) AS c FROM shop s WHERE s.id IN (SELECT w.id FROM shop w WHERE w.city = (shop.city)) LIMIT 1) AS c, count(shop.id) FROM shop GROUP BY shop.id, 1 ORDER BY shop.id
SELECT (SELECT count(*) FROM sale), sum(id) FROM shop GROUP BY (SELECT count(*) FROM sale) + 0
SELECT count(*) AS n FROM shop GROUP BY n
SELECT count(*) + 1 FROM shop GROUP BY 1
SELECT CASE WHEN EXISTS (SELECT sum(id) FROM sale) THEN 1 END AS c, count(*) FROM shop GROUP BY 1
SELECT id, ((SELECT s.id FROM sale s WHERE s.shop_id = shop.id AND s.price > 9) UNION (SELECT -1 WHERE shop.id = 1)) AS n FROM shop ORDER BY id
SELECT id FROM shop WHERE id = ((SELECT 1) UNION (SELECT 1))
SELECT ((SELECT 3) EXCEPT (SELECT 4)) + 1
SELECT ((SELECT 3) INTERSECT (SELECT 4)) IS NULL
SELECT ((SELECT id FROM shop) ORDER BY id DESC LIMIT 1)
SELECT (((SELECT id FROM shop) ORDER BY id) OFFSET 2)
SELECT ((SELECT id FROM shop ORDER BY id) FETCH FIRST ROW ONLY)
SELECT ((SELECT 1) UNION ALL (SELECT 2))
SELECT coalesce(((SELECT 1 WHERE false) UNION (SELECT 2)), 7)
SELECT 1 + ((1) + (2)) * ((3))
SELECT ((1) UNION (2))
SELECT ((SELECT 1) UNION (SELECT 2)
SELECT id FROM shop ORDER BY city FETCH FIRST (1 + 0) ROWS WITH TIES
SELECT city FROM shop ORDER BY city FETCH FIRST ($1::int) ROWS WITH TIES
$ 1
SELECT city FROM shop ORDER BY city OFFSET 1 ROWS FETCH NEXT (1) ROW WITH TIES
SELECT city FROM shop ORDER BY city FETCH FIRST (NULL) ROWS WITH TIES
SELECT city FROM shop FETCH FIRST (1) ROWS WITH TIES
SELECT city FROM shop ORDER BY city LIMIT 2 FETCH FIRST (1) ROWS WITH TIES
SELECT x FROM (SELECT city AS x FROM shop ORDER BY city FETCH FIRST (SELECT 1) ROWS WITH TIES) t ORDER BY x FETCH FIRST (1) ROWS ONLY
! CREATE VIEW shop_ties AS SELECT city FROM shop ORDER BY city FETCH FIRST (1 + 0) ROWS WITH TIES
SELECT * FROM shop_ties
SELECT pg_get_viewdef('shop_ties'::regclass)
SELECT shop.id FROM shop JOIN sale ON shop_id = shop.id WHERE sale.id = 4 FOR UPDATE OF shop, sale
SELECT shop.id FROM shop JOIN sale AS s ON shop_id = shop.id WHERE s.id = 4 FOR NO KEY UPDATE OF shop, s NOWAIT
SELECT shop.id FROM shop, sale, (SELECT 1 AS one) q WHERE shop_id = shop.id AND sale.id = 4 FOR SHARE OF shop, sale, q SKIP LOCKED
SELECT shop.id FROM shop JOIN sale ON shop_id = shop.id FOR UPDATE OF shop, nope
SELECT shop.id FROM shop JOIN sale ON shop_id = shop.id FOR UPDATE OF shop, public.sale
SELECT shop.id FROM shop JOIN sale ON shop_id = shop.id FOR UPDATE OF shop,
SELECT shop.id FROM shop JOIN sale ON shop_id = shop.id WHERE sale.id = 4 FOR UPDATE OF shop, sale LIMIT 1
EXPLAIN (COSTS OFF) (SELECT 1) UNION ALL (SELECT 2)
EXPLAIN (COSTS OFF) (SELECT 1)
EXPLAIN (COSTS OFF) ((SELECT 1))
EXPLAIN (NOSUCH) (SELECT 1)
