# language: Functions in FROM, FETCH, ORDER BY of VALUES, and where what can't be sorted stands
! CREATE TABLE ct (id int PRIMARY KEY, a int, j json, jp jsonpath, v text)
! INSERT INTO ct VALUES (1, 10, '{}', '$', 'x'), (2, 20, '[]', '$.a', 'y')
! CREATE SEQUENCE cs
! CREATE TABLE mm (id int PRIMARY KEY, n numeric, x int)
! CREATE INDEX mm_n ON mm (n)
! INSERT INTO mm VALUES (1, 1.0, 5), (2, 1.00, 6), (3, 2.50, 7)
! CREATE VIEW mmv AS SELECT id, n, x FROM mm
! CREATE VIEW mmv2 AS SELECT n AS m, id FROM mmv WHERE x > 0
! CREATE SEQUENCE ms
SELECT * FROM pg_sleep(0)
SELECT x FROM pg_sleep(0) x
SELECT pg_sleep FROM pg_sleep(0)
SELECT * FROM pg_advisory_lock(77)
SELECT * FROM pg_advisory_unlock(77)
SELECT * FROM pg_try_advisory_lock(77) AS got
SELECT pg_advisory_unlock(77)
SELECT * FROM set_config('application_name', 'oracle', false)
SELECT * FROM current_setting('application_name')
SELECT * FROM nextval('cs')
SELECT * FROM nextval('cs') AS n, nextval('cs') AS m
SELECT * FROM random() WHERE false
SELECT * FROM abs(-1) WITH ORDINALITY
SELECT * FROM count(*)
SELECT * FROM ct, sum(ct.a)
SELECT sum(generate_series(1, 3))
SELECT n FROM generate_series(1, 5) n ORDER BY n FETCH FIRST -1 ROWS WITH TIES
SELECT n FROM generate_series(1, 5) n ORDER BY n FETCH FIRST +2 ROWS WITH TIES
SELECT n FROM generate_series(1, 5) n ORDER BY n FETCH FIRST -1 ROWS ONLY
SELECT n FROM generate_series(1, 5) n ORDER BY n FETCH NEXT +2 ROWS ONLY
SELECT n FROM generate_series(1, 5) n ORDER BY n / 2 FETCH FIRST (1 + 1) ROWS WITH TIES
SELECT n FROM generate_series(1, 5) n ORDER BY n OFFSET 1 FETCH FIRST -1 ROWS ONLY
SELECT nextval('cs'), n FROM generate_series(3, 1, -1) n ORDER BY nextval('cs')
SELECT nextval('cs') AS x, n FROM generate_series(3, 1, -1) n ORDER BY x DESC
SELECT nextval('cs') AS x, nextval('cs') AS y FROM generate_series(1, 2) n ORDER BY nextval('cs')
SELECT nextval('cs')
VALUES (1, 'b'), (3, 'a'), (2, NULL) ORDER BY column1 * -1
VALUES (1, 'b'), (3, 'a'), (2, NULL) ORDER BY column2 || 'x' NULLS FIRST, 1 LIMIT 2
VALUES (1), (2) ORDER BY nosuch
VALUES (1), (2) ORDER BY column1 + 1 DESC OFFSET 1
VALUES (1), (2) ORDER BY 2
SELECT * FROM (VALUES (1), (3), (2) ORDER BY -column1 LIMIT 2) v
SELECT (SELECT * FROM (VALUES (1), (2)) v LIMIT ct.id - 1) FROM ct ORDER BY id
SELECT id, ARRAY(VALUES (1), (2), (3) ORDER BY column1 LIMIT ct.id) FROM ct ORDER BY id
SELECT id, ARRAY(SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 ORDER BY 1 DESC LIMIT ct.id OFFSET 1) FROM ct ORDER BY id
SELECT id, x FROM ct, LATERAL (SELECT 5 AS x UNION SELECT 6 UNION SELECT 7 ORDER BY x LIMIT ct.id) l ORDER BY id, x
SELECT id, x FROM ct, LATERAL (VALUES (5), (6), (7) ORDER BY 1 DESC LIMIT ct.id) l(x) ORDER BY id, x
SELECT a FROM ct UNION SELECT id FROM ct ORDER BY 1 LIMIT a
SELECT a FROM ct UNION SELECT id FROM ct ORDER BY ct.a
SELECT a FROM ct UNION SELECT id FROM ct ORDER BY a + 1
SELECT a FROM ct UNION SELECT id FROM ct ORDER BY nosuch
SELECT a FROM ct UNION SELECT id FROM ct ORDER BY nosuch(a)
SELECT a FROM ct UNION SELECT id FROM ct ORDER BY sum(a)
SELECT a AS x FROM ct UNION SELECT id AS y FROM ct ORDER BY y
SELECT j FROM ct ORDER BY j
SELECT j FROM ct ORDER BY 1
SELECT id FROM ct ORDER BY j
SELECT j AS k FROM ct ORDER BY k
SELECT DISTINCT id, j FROM ct
SELECT j FROM ct GROUP BY j
SELECT j, count(*) FROM ct GROUP BY 1
SELECT count(DISTINCT j) FROM ct
SELECT count(DISTINCT jp) FROM ct
SELECT string_agg(v, ',' ORDER BY j) FROM ct
SELECT row_number() OVER (ORDER BY j) FROM ct
SELECT row_number() OVER (PARTITION BY j) FROM ct
SELECT DISTINCT ON (j) id FROM ct
SELECT jp FROM ct ORDER BY jp
SELECT DISTINCT jp FROM ct
SELECT ARRAY[j] FROM ct ORDER BY 1
SELECT j FROM ct UNION ALL SELECT j FROM ct ORDER BY 1
SELECT j FROM ct UNION SELECT j FROM ct
SELECT greatest('$'::jsonpath, '$.a')
SELECT least('{}'::json, '[]')
SELECT 1 = ANY(1)
SELECT 1 < ALL (5)
SELECT ARRAY(SELECT 1, 2)
SELECT 2 = ANY(array_agg(a)), 10 = ANY(array_agg(a)) FROM ct
SELECT max(a) < ANY(ARRAY[1, 100]::int[]), max(a) < ANY(array_agg(a + 1)) FROM ct
SELECT max(a) = ANY(array_agg(a)) FROM ct
SELECT id, max(a) < ANY(array_agg(a + 1)) FROM ct GROUP BY id ORDER BY id
SELECT 1 FROM ct GROUP BY id HAVING max(a) > ALL (SELECT 5) AND 10 = ANY (array_agg(a))
SELECT min(n), max(n) FROM mmv
SELECT max(m) FROM mmv2
SELECT min(n) FROM mm
SELECT nextval('ms') / 4 AS y, count(*) FROM generate_series(1, 10) GROUP BY 1 ORDER BY 1
SELECT count(*) FROM generate_series(1, 10) GROUP BY nextval('ms') / 4 ORDER BY nextval('ms') / 4 DESC
SELECT nextval('ms') / 4 AS y, sum(g) FROM generate_series(1, 10) g GROUP BY y HAVING count(*) > 2 ORDER BY y DESC LIMIT 2 OFFSET 1
SELECT nextval('ms')
SELECT random() > 2 AS r, count(*) FROM mm GROUP BY r ORDER BY r
SELECT id FROM mm ORDER BY id FOR UPDATE LIMIT 1
SELECT id FROM mm FOR UPDATE OFFSET 1
SELECT id FROM mm FOR UPDATE LIMIT 1 OFFSET 1
SELECT id FROM mm ORDER BY id FOR UPDATE FETCH FIRST 1 ROWS ONLY
SELECT id FROM mm ORDER BY id FOR UPDATE SKIP LOCKED FETCH FIRST 1 ROWS WITH TIES
SELECT (SELECT * FROM (VALUES (1)) v) FROM mm WHERE id = 1
SELECT (VALUES (1)), ((SELECT n AS nn FROM mm WHERE id = 1)), (SELECT 1), (SELECT max(n) FROM mm)
SELECT (SELECT x.* FROM (SELECT 1 AS one) x)
SELECT 1 AS a UNION SELECT 2 AS b UNION SELECT 3 AS c ORDER BY c
SELECT 1 AS a UNION (SELECT 2 AS b UNION SELECT 3 AS c) ORDER BY c
SELECT nextval('ms') AS x, nextval('ms') AS y FROM generate_series(1, 2) n ORDER BY nextval('ms')
SELECT nextval('ms') AS x, nextval('ms') AS y, n FROM generate_series(1, 2) n ORDER BY x
SELECT nextval('ms')
