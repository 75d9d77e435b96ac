# language: Volatile functions of sorted queries
# PostgreSQL sorts, and computes then what is volatile and no sort key, row by row: sequences tell.
! CREATE SEQUENCE s
! CREATE TABLE t (x int, y int, z text)
! INSERT INTO t VALUES (3, 1, 'c'), (1, 2, 'a'), (2, 3, 'b'), (5, 1, NULL), (4, 2, 'd')
! CREATE TABLE ks (id serial PRIMARY KEY, x int, z text)
SELECT nextval('s'), x FROM t ORDER BY x
SELECT nextval('s'), x FROM t ORDER BY x DESC
SELECT nextval('s') + x, x, y FROM t ORDER BY y, x
SELECT nextval('s') AS n, x FROM t ORDER BY n
SELECT nextval('s') AS n, x FROM t ORDER BY n DESC, x
SELECT nextval('s'), x FROM t ORDER BY x LIMIT 2
SELECT currval('s')
SELECT nextval('s'), x FROM t ORDER BY x OFFSET 2 LIMIT 2
SELECT currval('s')
SELECT nextval('s'), nextval('s'), x FROM t ORDER BY x OFFSET 1 LIMIT 1
SELECT currval('s')
SELECT nextval('s') > 0, 1 FROM t OFFSET 2 LIMIT 1
SELECT currval('s')
SELECT nextval('s') > 0 FROM t LIMIT 0
SELECT currval('s')
SELECT nextval('s') > 0 FROM t LIMIT 2
SELECT currval('s')
SELECT nextval('s'), y, count(*), sum(x) FROM t GROUP BY y ORDER BY sum(x)
SELECT nextval('s') + sum(x), y + 1, y FROM t GROUP BY y ORDER BY sum(x) DESC
SELECT nextval('s') * (y + 1), y + 1 FROM t GROUP BY y + 1 ORDER BY max(x)
SELECT nextval('s'), y, sum(x) FROM t GROUP BY ROLLUP (y) ORDER BY sum(x)
SELECT nextval('s') + coalesce(y, 0), grouping(y), y FROM t GROUP BY CUBE (y) ORDER BY 2, 3 DESC
SELECT nextval('s'), count(*) FROM t HAVING count(*) > 1 ORDER BY 2
SELECT nextval('s') - row_number() OVER (ORDER BY x) > 0, x, rank() OVER (ORDER BY y) FROM t ORDER BY x DESC
SELECT nextval('s'), row_number() OVER (ORDER BY x), x FROM t ORDER BY z DESC NULLS LAST
SELECT DISTINCT ON (y) y, x, nextval('s') FROM t ORDER BY y, x
SELECT DISTINCT ON (y) nextval('s'), x FROM t ORDER BY y DESC, x DESC OFFSET 1
SELECT currval('s')
SELECT DISTINCT ON (y, z) nextval('s'), x FROM t ORDER BY y
SELECT generate_series(1, 2), nextval('s') > 0, x FROM t ORDER BY x
SELECT setval('s', 1000)
SELECT generate_series(1, x), x FROM t ORDER BY x DESC LIMIT 4
SELECT generate_series(1, 2) AS g, nextval('s'), x FROM t ORDER BY g, x
SELECT setval('s', 2000)
SELECT q.n, q.n, q.x FROM (SELECT nextval('s') AS n, x FROM t ORDER BY x) q
SELECT array_agg(n) FROM (SELECT nextval('s') - (SELECT currval('s')) AS n FROM t ORDER BY x DESC) q
WITH q AS (SELECT nextval('s') AS n, x FROM t ORDER BY x) SELECT n, x FROM q ORDER BY x DESC
WITH v(a) AS (VALUES (2), (1)) SELECT nextval('s'), a FROM v ORDER BY a
SELECT x, (SELECT nextval('s') + t.x) FROM t ORDER BY x
SELECT x, CASE WHEN x > 2 THEN nextval('s') END FROM t ORDER BY x
SELECT x, nextval('s') + (SELECT count(*) FROM t u WHERE u.x < t.x) FROM t ORDER BY x
SELECT x, nextval('s') + (SELECT max(u.y + t.y) FROM t u WHERE u.x <= t.x) FROM t ORDER BY x
(SELECT nextval('s'), x FROM t ORDER BY x LIMIT 2) UNION ALL (SELECT nextval('s'), x FROM t ORDER BY x DESC LIMIT 2)
SELECT nextval('s'), x FROM t UNION ALL SELECT nextval('s'), 0 ORDER BY 2
SELECT a.x, b.x, nextval('s') FROM t a JOIN t b ON a.x = b.y ORDER BY a.x, b.x
SELECT a.x, b.x, nextval('s'), b FROM t a LEFT JOIN t b ON a.x = b.y AND b.x > 1 ORDER BY a.x, b.x
SELECT nextval('s'), t FROM t ORDER BY x
SELECT nextval('s'), q FROM (SELECT x, y FROM t) q ORDER BY x
SELECT nextval('s'), * FROM t ORDER BY x FOR UPDATE
SELECT nextval('s')::text || z FROM t ORDER BY z
SELECT DISTINCT nextval('s') > 0, y FROM t ORDER BY y
SELECT nextval('s'), x FROM t WHERE x > $1 ORDER BY x LIMIT $2 OFFSET $3
$ 1 | 2 | 1
SELECT currval('s')
SELECT nextval('s'), x FROM t ORDER BY random() > 2, x
SELECT random() < 2, x FROM t ORDER BY x
SELECT x FROM t ORDER BY nextval('s') DESC, x LIMIT 2
INSERT INTO ks (x) SELECT x FROM t ORDER BY x DESC RETURNING id, x
INSERT INTO ks (id, x) SELECT nextval('ks_id_seq'), x FROM t ORDER BY x RETURNING id, x
INSERT INTO ks (x, z) SELECT x, 'n' || nextval('s') FROM t ORDER BY x DESC LIMIT 2 OFFSET 1 RETURNING *
CREATE TABLE made AS SELECT nextval('s') AS n, x FROM t ORDER BY x DESC
SELECT * FROM made ORDER BY n
SELECT x FROM t ORDER BY x FETCH FIRST 2 ROWS WITH TIES
SELECT nextval('s') > 0, x FROM t ORDER BY x FETCH FIRST 2 ROWS WITH TIES
SELECT setval('s', 3000)
SELECT x, nextval('s') FROM t WHERE x = ANY (SELECT y FROM t) ORDER BY x
SELECT EXISTS (SELECT nextval('s') FROM t ORDER BY x), (SELECT nextval('s') > 0 FROM t ORDER BY x LIMIT 1)
SELECT x FROM t WHERE x IN (SELECT (nextval('s') > 0)::int + y - 1 FROM t ORDER BY x) ORDER BY x
# Rows that are grouped by what is volatile
! CREATE SEQUENCE pp_g
SELECT nextval('pp_g') / 4 AS y, count(*) FROM generate_series(1, 10) GROUP BY 1
SELECT nextval('pp_g')
SELECT nextval('pp_g') / 4 AS y, count(*) FROM generate_series(1, 10) GROUP BY 1 ORDER BY 1
SELECT count(*) FROM generate_series(1, 10) GROUP BY nextval('pp_g') / 4 OFFSET 0
SELECT y, count(*) FROM (SELECT nextval('pp_g') / 100 AS y FROM generate_series(1, 10)) AS g GROUP BY y ORDER BY y
