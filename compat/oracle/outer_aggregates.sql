# language: Aggregates of an outer query's columns
! CREATE TABLE o (id int PRIMARY KEY, g text, x int, n numeric, t text)
! CREATE TABLE i (a int, b int, c text)
! INSERT INTO o VALUES (1,'p',1,1.0,'a'),(2,'p',2,1.00,'b'),(3,'q',3,2.5,'c'),(4,NULL,NULL,NULL,NULL)
! INSERT INTO i VALUES (1,2,'x'),(2,3,'y'),(3,3,'z')
SELECT (SELECT max(o.x)) FROM o
SELECT (SELECT max(o.x) FROM i) FROM o
SELECT (SELECT max(o.x) FROM i LIMIT 1) FROM o
SELECT g, (SELECT sum(o.x)) FROM o GROUP BY g ORDER BY g
SELECT g, (SELECT sum(o.x) FROM i LIMIT 1), count(*) FROM o GROUP BY g ORDER BY 2, g
SELECT g FROM o GROUP BY g HAVING EXISTS (SELECT 1 FROM i WHERE i.b = max(o.x)) ORDER BY g
SELECT g FROM o GROUP BY g HAVING NOT EXISTS (SELECT 1 FROM i WHERE i.b = max(o.x)) ORDER BY g
SELECT g, max(x) FROM o GROUP BY g HAVING max(x) IN (SELECT b FROM i WHERE i.b = max(o.x)) ORDER BY g
SELECT g FROM o GROUP BY g ORDER BY (SELECT max(o.x) FROM i LIMIT 1) DESC NULLS LAST, g
SELECT g FROM o GROUP BY g ORDER BY (SELECT count(*) FROM i WHERE i.b <= sum(o.x)), g
SELECT (SELECT count(*)) FROM o
SELECT (SELECT count(*) FROM i) FROM o ORDER BY 1
SELECT (SELECT count(o.*)) FROM o
SELECT (SELECT count(o)) FROM o
SELECT (SELECT sum(o.x + i.a) FROM i) FROM o ORDER BY 1
SELECT (SELECT sum(o.x) + sum(i.a) FROM i) FROM o
SELECT (SELECT sum(o.x) FILTER (WHERE i.a > 1) FROM i) FROM o ORDER BY 1
SELECT (SELECT sum(o.x) FILTER (WHERE o.g = 'p')) FROM o
SELECT (SELECT count(*) FILTER (WHERE o.g = 'p')) FROM o
SELECT (SELECT string_agg(o.t, ',' ORDER BY o.x DESC)) FROM o
SELECT (SELECT string_agg('z', ',' ORDER BY o.x DESC)) FROM o
SELECT (SELECT count(DISTINCT o.g)) FROM o
SELECT (SELECT array_agg(DISTINCT o.g ORDER BY o.g DESC)) FROM o
SELECT (SELECT string_agg(DISTINCT o.g, ',')) FROM o
SELECT (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY o.x)) FROM o
SELECT (SELECT percentile_disc(i.a / 10.0) WITHIN GROUP (ORDER BY o.x) FROM i LIMIT 1) FROM o
SELECT (SELECT mode() WITHIN GROUP (ORDER BY o.g)) FROM o
SELECT (SELECT rank(2) WITHIN GROUP (ORDER BY o.x)) FROM o
SELECT (SELECT min(o.n)), (SELECT max(o.n)) FROM o
SELECT (SELECT max(o.x)) AS m FROM o GROUP BY m
SELECT (SELECT max(o.x)) AS m FROM o GROUP BY 1
SELECT x FROM o WHERE x = (SELECT max(o.x))
SELECT x FROM o WHERE EXISTS (SELECT 1 FROM i HAVING max(o.x) > 1)
SELECT x FROM o JOIN i ON i.a = (SELECT max(o.x))
SELECT sum((SELECT max(o.x))) FROM o
SELECT sum((SELECT max(i.a) FROM i)) FROM o
SELECT (SELECT sum(max(o.x)) FROM i) FROM o
SELECT (SELECT sum(max(o.x) + i.a) FROM i) FROM o
SELECT (SELECT max(i.a) FROM i WHERE i.a < max(o.x)) FROM o
SELECT (SELECT count(*) FILTER (WHERE max(o.x) > 1) FROM i) FROM o
SELECT (SELECT count(i.a) FILTER (WHERE max(o.x) > 1) FROM i) FROM o
SELECT (SELECT sum(max(o.x)) OVER () FROM i LIMIT 1) FROM o
SELECT (SELECT sum(o.x) OVER () FROM i LIMIT 1) FROM o ORDER BY 1
SELECT g, sum(max(x)) OVER (ORDER BY g), (SELECT max(o.x)) FROM o GROUP BY g ORDER BY g
SELECT g, rank() OVER (ORDER BY (SELECT max(o.x)) DESC NULLS LAST) FROM o GROUP BY g ORDER BY g
SELECT (SELECT x FROM (SELECT max(o.x) AS x) z) FROM o
SELECT (SELECT (SELECT max(o.x))) FROM o
SELECT (SELECT (SELECT max(o.x) FROM i LIMIT 1) FROM i LIMIT 1) FROM o
SELECT (SELECT (SELECT max(i.a)) FROM i) FROM o ORDER BY 1
SELECT (SELECT (SELECT max(i.a + o.x)) FROM i) FROM o ORDER BY 1
SELECT (SELECT y FROM i, LATERAL (SELECT max(o.x) AS y) l LIMIT 1) FROM o
SELECT * FROM o, LATERAL (SELECT max(o.x)) l
SELECT * FROM o, LATERAL (SELECT grouping(o.x)) l
SELECT * FROM o, generate_series(1, max(o.x)) l
SELECT * FROM o, generate_series(1, (SELECT max(o.x))) l
SELECT 1 FROM o LIMIT (SELECT max(o.x))
SELECT 1 FROM o LIMIT count(o.*)
SELECT 1 FROM o LIMIT count(*)
SELECT 1 FROM o OFFSET sum(x)
SELECT (SELECT 1 FROM i LIMIT count(o.*)) FROM o
SELECT (SELECT i.a FROM i ORDER BY i.a OFFSET count(o.*) - 2 LIMIT 1) FROM o
SELECT (VALUES (max(o.x))) FROM o
SELECT (VALUES (count(*))) FROM o
SELECT ARRAY(SELECT max(o.x) FROM i) FROM o
SELECT (SELECT max(o.x) UNION SELECT min(o.x) ORDER BY 1 LIMIT 1) FROM o
SELECT (SELECT 1 WHERE max(o.x) > 2) FROM o
SELECT max(x) = ANY (SELECT a FROM i) FROM o
SELECT max(x) > ALL (SELECT a FROM i) FROM o
SELECT (max(x), min(x)) = (SELECT 3, 1) FROM o
SELECT (max(x), min(x)) IN (SELECT 3, 1) FROM o
SELECT g, max(x) = ANY (SELECT a FROM i WHERE i.a = max(o.x)) FROM o GROUP BY g ORDER BY g
SELECT (SELECT grouping(o.g)) FROM o GROUP BY ROLLUP (g) ORDER BY 1
SELECT g, (SELECT grouping(o.g)), (SELECT sum(o.x)) FROM o GROUP BY ROLLUP (g) ORDER BY 1, 2
SELECT g, x, (SELECT grouping(o.g, o.x) FROM i LIMIT 1), (SELECT sum(o.x)), grouping(x) FROM o GROUP BY CUBE (g, x) ORDER BY 1, 2, 3
SELECT (SELECT grouping(o.g)) FROM o
SELECT (SELECT grouping(o.x)) FROM o GROUP BY g
SELECT grouping(g) FROM o WHERE grouping(g) = 0 GROUP BY g
SELECT x FROM o WHERE (SELECT grouping(o.x)) = 0 GROUP BY x
SELECT id, t, (SELECT max(o.x)) FROM o GROUP BY id ORDER BY id
SELECT id, (SELECT max(o.x) || o.t) FROM o GROUP BY id ORDER BY id
SELECT g, (SELECT o.x + max(o.x)) FROM o GROUP BY g
SELECT x + 1, (SELECT count(*) + o.x + 1 FROM i), (SELECT sum(o.x)) FROM o GROUP BY x + 1 ORDER BY 1
SELECT x + 1, (SELECT count(*) + (o.x + 1) FROM i), (SELECT sum(o.x)) FROM o GROUP BY x + 1 ORDER BY 1
SELECT DISTINCT (SELECT max(o.x)) FROM o GROUP BY g ORDER BY 1
SELECT DISTINCT ON (g) g, (SELECT max(o.x)) FROM o GROUP BY g, id ORDER BY g, 2 DESC
SELECT DISTINCT ON (a) a, s FROM (SELECT g AS a, sum(x) AS s FROM o GROUP BY ROLLUP (g)) z ORDER BY a, s
SELECT DISTINCT ON (g) g, sum(x) FROM o GROUP BY ROLLUP (g) ORDER BY g, 2
SELECT DISTINCT ON (g, grouping(g)) g, sum(x), grouping(g) FROM o GROUP BY ROLLUP (g) ORDER BY g, grouping(g), 2
SELECT (SELECT max(o.x)) FROM o HAVING (SELECT min(o.x)) > 0
SELECT 1 FROM o HAVING (SELECT min(o.x)) > 0
SELECT 1 FROM o HAVING (SELECT min(o.x)) > 5
SELECT (SELECT max(o.x)) FROM o WHERE false
SELECT (SELECT max(o.x)) FROM o FOR UPDATE
UPDATE o SET x = (SELECT max(o.x))
DELETE FROM o WHERE x = (SELECT max(o.x))
UPDATE o SET x = x RETURNING (SELECT max(o.x))
INSERT INTO o (id) VALUES (99) RETURNING (SELECT max(o.x))
INSERT INTO i SELECT (SELECT max(o.x)) FROM o RETURNING *
CREATE VIEW ov AS SELECT g, (SELECT max(o.x) AS max) AS m, (SELECT count(*) AS count FROM i WHERE i.b = sum(o.x)) AS c FROM o GROUP BY g
SELECT * FROM ov ORDER BY g
SELECT pg_get_viewdef('ov'::regclass)
SELECT m, (SELECT max(v.m)) FROM ov v GROUP BY m ORDER BY 1
CREATE VIEW ov2 AS SELECT (SELECT max(o.x) AS max) AS m FROM o
DELETE FROM ov2
UPDATE ov2 SET m = 1
SELECT (SELECT max(o.x + $1)) FROM o
$ 1
SELECT g, (SELECT max(o.x) + $1) FROM o GROUP BY g ORDER BY 1
$ 1
WITH w AS (SELECT x FROM o) SELECT (SELECT max(w.x)) FROM w
SELECT (WITH w AS (SELECT max(o.x) AS m) SELECT m FROM w) FROM o
SELECT (WITH w AS (SELECT count(*) AS m FROM i WHERE i.a <= max(o.x)) SELECT m FROM w) FROM o
SELECT (SELECT json_agg(o.x ORDER BY o.x)) FROM o
SELECT (SELECT avg(o.x)), (SELECT stddev(o.x)), (SELECT bool_and(o.x > 0)) FROM o
SELECT 1::bigint IN (SELECT 1 UNION SELECT 2), count(*) FROM o
SELECT (SELECT count(o.x IN (VALUES (1.5), (2)))) FROM o
SELECT (SELECT count(o.x IN (SELECT 1::bigint UNION SELECT 2)) FROM i) FROM o
SELECT max(x) IN (SELECT 3) FROM o
SELECT sum(count(*)) OVER (), (SELECT max(o.x)) FROM o GROUP BY g
SELECT (SELECT max(o.x) + nextval('nosuch')) FROM o
SELECT (SELECT max(o.x)), random() < 2 FROM o GROUP BY g ORDER BY 1
SELECT g, CASE WHEN (SELECT max(o.x)) > 1 THEN 'big' ELSE 'small' END FROM o GROUP BY g ORDER BY g
SELECT (SELECT max(nosuch.x)) FROM o
SELECT (SELECT max(max(i.a)) FROM i) FROM o
SELECT max(max(x)) FROM o
SELECT sum(nosuch(max(x))) FROM o
SELECT sum(x) FILTER (WHERE max(x) > 1) FROM o
SELECT sum(max(x)) FILTER (WHERE max(x) > 1) FROM o
SELECT sum(x ORDER BY max(x)) FROM o
SELECT (SELECT sum(1 ORDER BY o.x)) FROM o
SELECT 1 FROM i WHERE i.a IN (SELECT max(i.a) FROM o)
SELECT 1 FROM i GROUP BY i.a HAVING i.a IN (SELECT max(i.a) FROM o)
SELECT a FROM i UNION SELECT (SELECT max(i.a)) FROM i ORDER BY 1
SELECT (SELECT max(i.a) FROM i ORDER BY max(o.x)) FROM o
SELECT (SELECT i.a FROM i GROUP BY i.a ORDER BY max(o.x), i.a LIMIT 1) FROM o
SELECT (SELECT i.a FROM i GROUP BY i.a, max(o.x) ORDER BY 1 LIMIT 1) FROM o
SELECT (SELECT count(*) FROM i GROUP BY max(o.x)) FROM o
SELECT (SELECT max(o.x) OVER w FROM i WINDOW w AS (ORDER BY a) LIMIT 1) FROM o ORDER BY 1
SELECT (SELECT max(o.x) FROM i WINDOW w AS (ORDER BY max(o.x)) LIMIT 1) FROM o
SELECT (SELECT sum((SELECT count(j.a) FROM i k)) FROM i j) FROM o ORDER BY 1
SELECT (SELECT sum((SELECT count(o.x) FROM i k)) FROM i j) FROM o ORDER BY 1
SELECT (SELECT count(*) FROM i j WHERE (SELECT max(j.a + k.a) FROM i k) > 2) FROM o WHERE id = 1
SELECT (SELECT sum((SELECT max(k.a) FROM i k WHERE k.a <= j.a)) FROM i j) FROM o WHERE id = 1
SELECT (SELECT max((SELECT max(o.x + k.a) FROM i k)) FROM i j) FROM o ORDER BY 1
SELECT g, count(*) FROM o GROUP BY g HAVING max(x) > ANY (SELECT a FROM i) ORDER BY g
SELECT g, max(x) > ALL (SELECT a FROM i) FROM o GROUP BY g ORDER BY g
SELECT g, sum(x) <> ANY (SELECT b FROM i WHERE i.a = max(o.x)) FROM o GROUP BY g ORDER BY g
SELECT x + 1 > ANY (SELECT a FROM i), count(*) FROM o GROUP BY x + 1 ORDER BY 1, 2
SELECT x + 1 <= ALL (SELECT b FROM i), count(*) FROM o GROUP BY x + 1 ORDER BY 1, 2
SELECT (x + 1, g) = (SELECT b, 'p' FROM i WHERE a = 1), count(*) FROM o GROUP BY x + 1, g ORDER BY 1, 2
SELECT (x + 1, g) < (SELECT b, 'p' FROM i WHERE a = 1), count(*) FROM o GROUP BY x + 1, g ORDER BY 1, 2
SELECT (x, g) < (SELECT b, 'p' FROM i WHERE a = 1), count(*) FROM o GROUP BY x + 1, g ORDER BY 1, 2
SELECT x + 2 > ANY (SELECT a FROM i), count(*) FROM o GROUP BY x + 1 ORDER BY 1, 2
SELECT x + 1 = ANY (ARRAY[2, 3]), count(*) FROM o GROUP BY x + 1 ORDER BY 1, 2
SELECT x + 1 > ANY (ARRAY[2, 3] || max(x)), count(*) FROM o GROUP BY x + 1 ORDER BY 1, 2
SELECT x + 1 IN (SELECT a FROM i), count(*) FROM o GROUP BY x + 1 ORDER BY 1, 2
SELECT lower(g) LIKE ANY (SELECT c || '%' FROM i), count(*) FROM o GROUP BY lower(g) ORDER BY 1, 2
SELECT (SELECT max(i.a) > ANY (SELECT o.x) FROM i) FROM o ORDER BY 1
SELECT (SELECT max(i.a + o.x) > ANY (SELECT k.a FROM i k) FROM i) FROM o ORDER BY 1
SELECT (SELECT max(o.x) > ANY (SELECT k.a FROM i k) FROM i LIMIT 1) FROM o ORDER BY 1
SELECT max(x > ANY (SELECT a FROM i)) FROM o
SELECT bool_or(x > ANY (SELECT a FROM i)) FROM o
SELECT bool_or(x > ANY (SELECT max(i.a) FROM i)) FROM o
SELECT (SELECT bool_or(o.x > ANY (SELECT k.a FROM i k)) FROM i LIMIT 1) FROM o
SELECT coalesce(1, x), count(*) FROM o
SELECT coalesce(1, x), count(*) FROM o GROUP BY x ORDER BY 2
SELECT CASE WHEN true THEN 1 ELSE x END, count(*) FROM o
SELECT CASE WHEN true THEN 'a' ELSE t END FROM o
SELECT pg_typeof(x), count(*) FROM o
SELECT pg_typeof(max(x)) FROM o
SELECT pg_typeof(x) FROM o WHERE id = 1
SELECT (SELECT max(coalesce(1, o.x)) FROM i) FROM o
SELECT (SELECT max(coalesce(1, o.x)) FROM i LIMIT 1) FROM o
SELECT (SELECT count(pg_typeof(o.x)) FROM i) FROM o
SELECT (SELECT sum(CASE WHEN true THEN 1 ELSE o.x END) FROM i) FROM o
SELECT g, (SELECT coalesce(1, o.x)) FROM o GROUP BY g
SELECT x FROM o GROUP BY x HAVING coalesce(true, t = 'a') ORDER BY x
SELECT coalesce('q', (SELECT t FROM o LIMIT 1)), coalesce(1, max(x)) FROM o
SELECT coalesce(1, max(x)), pg_typeof(min(t)) FROM o GROUP BY g
SELECT coalesce(1, max(x)) FROM o ORDER BY 1
SELECT pg_typeof(row_number() OVER ()) FROM o
SELECT id, x FROM o ORDER BY coalesce(2, x), id DESC
SELECT max(x) FROM o GROUP BY coalesce(3, x)
SELECT max(x) FROM o GROUP BY coalesce(1, x)
SELECT id FROM o ORDER BY CASE WHEN true THEN 1 ELSE x END, id DESC
SELECT id, x FROM o ORDER BY (2), ((1)) DESC
SELECT x AS y, id FROM o ORDER BY (y), 2
SELECT x FROM o ORDER BY (3)
SELECT x FROM o ORDER BY -(1)
SELECT max(x), g FROM o GROUP BY (2) ORDER BY (2)
SELECT DISTINCT ON ((2)) id, g FROM o ORDER BY (2), id
SELECT x + 1 AS k, count(*) FROM o GROUP BY (k) ORDER BY (k)
SELECT x FROM o UNION SELECT 5 ORDER BY (1) DESC
SELECT x AS z FROM o UNION SELECT 5 ORDER BY (z)
SELECT x FROM o GROUP BY ((x)), (()) ORDER BY 1
