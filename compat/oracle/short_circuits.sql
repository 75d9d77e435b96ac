# language: What guards what
! CREATE TABLE sc (id int, a int, b text)
! INSERT INTO sc VALUES (1, 0, 'x'), (2, 2, '7'), (3, NULL, '9'), (4, 10, NULL)
SELECT id, a <> 0 AND 10 / a > 2 FROM sc ORDER BY id
SELECT id, a = 0 OR 10 / a > 2 FROM sc ORDER BY id
SELECT id, NOT (a = 0 OR 10 / a > 2) FROM sc ORDER BY id
SELECT id, (a <> 0 AND 10 / a > 2) IS TRUE FROM sc ORDER BY id
SELECT id, (a <> 0 AND 10 / a > 2) IS NOT FALSE FROM sc ORDER BY id
SELECT id, (a <> 0 AND 10 / a > 2) = (a > 1) FROM sc ORDER BY id
SELECT id, coalesce(a <> 0 AND 10 / a > 2, false) FROM sc ORDER BY id
SELECT id, a <> 0 AND 10 / a > 2 AND 20 / a > 3 FROM sc ORDER BY id
SELECT id, (b ~ '^[0-9]+$' AND b::int > 7) OR a = 0 FROM sc ORDER BY id
SELECT id, CASE WHEN a <> 0 AND 10 / a > 2 THEN 'big' ELSE 'small' END FROM sc ORDER BY id
SELECT id FROM sc WHERE (a <> 0 AND 10 / a > 2) IS NOT FALSE ORDER BY id
SELECT id FROM sc WHERE (a <> 0 AND 10 / a > 2) IS NULL ORDER BY id
SELECT id FROM sc ORDER BY a <> 0 AND 10 / a > 2, id
SELECT a <> 0 AND 10 / a > 2, count(*) FROM sc GROUP BY 1 ORDER BY 1
SELECT bool_or(a <> 0 AND 10 / a > 2), bool_and(a = 0 OR 10 / a > 2) FROM sc
SELECT count(*) FILTER (WHERE a <> 0 AND 10 / a > 2) FROM sc
SELECT id, count(*) FILTER (WHERE a <> 0 AND 10 / a > 2) OVER (ORDER BY id) FROM sc ORDER BY id
SELECT sum(a) <> 0 AND 10 / sum(a) > 2 FROM sc WHERE id = 1
SELECT a <> 0 AND (SELECT 10 / sc.a) > 2 FROM sc ORDER BY id
SELECT id, a <> 0 AND random() < 2 AND 10 / a > 2 FROM sc ORDER BY id
SELECT id, random() < 2 AND a <> 0 AND 10 / a > 2 FROM sc ORDER BY id
SELECT id, random() > 2 OR a = 0 OR 10 / a > 2 FROM sc ORDER BY id
SELECT id, (a <> 0 AND (a = 2 OR 10 / a > 2)) IN (true) FROM sc ORDER BY id
SELECT id, ((a <> 0 AND 10 / a > 2) = (a <> 0 AND 10 / a > 2)) = (a <> 0 AND 10 / a > 2) FROM sc ORDER BY id
SELECT id, array[a <> 0 AND 10 / a > 2] FROM sc ORDER BY id
SELECT id, (a <> 0 AND 10 / a > 2)::text FROM sc ORDER BY id
SELECT id, a > 1 AND b LIKE '7%' FROM sc ORDER BY id
SELECT id, $1 <> 0 AND 10 / $1 > 2 FROM sc ORDER BY id
$ 0
SELECT id, b ~ '^[tf]$' AND b::boolean FROM sc ORDER BY id
SELECT id, a > 5 AND b ~ '(' FROM sc WHERE id = 1
SELECT 0 / a FROM sc
SELECT 10 / a > 2 AND a <> 0 FROM sc ORDER BY id
! CREATE SEQUENCE scs
SELECT id, a <> 0 AND nextval('scs') > 0 FROM sc ORDER BY id
SELECT currval('scs')
SELECT id, nextval('scs') > 0 OR 1 / a > 0 FROM sc ORDER BY id
SELECT currval('scs')
! CREATE TABLE scc (a int, b int, ok boolean GENERATED ALWAYS AS (a <> 0 AND b / a > 1) STORED, CHECK ((a = 0 OR b / a < 100) IS NOT FALSE))
INSERT INTO scc VALUES (0, 5), (2, 8), (NULL, 1) RETURNING *
INSERT INTO scc VALUES (1, 500)
UPDATE scc SET a = 0 WHERE a = 2 RETURNING *
SELECT * FROM scc ORDER BY a, b
! CREATE UNIQUE INDEX scc_i ON scc ((a <> 0 AND b / a > 1), b) WHERE a = 0 OR b / a > 0
INSERT INTO scc VALUES (0, 5) ON CONFLICT ((a <> 0 AND b / a > 1), b) WHERE a = 0 OR b / a > 0 DO NOTHING RETURNING *
INSERT INTO scc VALUES (0, 5)
SELECT * FROM scc WHERE a = 0 OR b / a > 0 ORDER BY a, b
! CREATE DOMAIN scd AS int CHECK ((VALUE = 0 OR 10 / VALUE > 1) IS TRUE)
SELECT 0::scd, 4::scd
SELECT 10::scd
SELECT x FROM (VALUES (0), (1)) v(x) WHERE x <> 0 AND 1 / x = 1
MERGE INTO scc USING (VALUES (0)) v(x) ON scc.a = v.x WHEN MATCHED AND v.x <> 0 AND 1 / v.x > 0 THEN DELETE WHEN MATCHED THEN DO NOTHING
# What is selected from sub-queries.
SELECT * FROM (SELECT a, count(*) FROM sc GROUP BY a) q WHERE a <> 0 AND 10 / a > 2
SELECT * FROM (SELECT a, count(*) AS n, sum(id) AS s FROM sc GROUP BY a) q WHERE n > 0 AND s / n > 1 ORDER BY a
SELECT * FROM (SELECT DISTINCT a FROM sc) q WHERE a <> 0 AND 10 / a > 2
SELECT * FROM (SELECT a FROM sc UNION SELECT id FROM sc) q WHERE a <> 0 AND 10 / a > 2 ORDER BY a
SELECT * FROM (SELECT a FROM sc UNION ALL SELECT id FROM sc) q WHERE a <> 0 AND 10 / a > 2 ORDER BY a
SELECT * FROM (SELECT a, row_number() OVER (PARTITION BY a) FROM sc) q WHERE a <> 0 AND 10 / a > 2
WITH q AS (SELECT DISTINCT a FROM sc) SELECT * FROM q x, q y WHERE x.a <> 0 AND 10 / x.a > 2 ORDER BY y.a
WITH q AS (SELECT DISTINCT a FROM sc) SELECT * FROM q WHERE a <> 0 AND 10 / a > 2
SELECT * FROM sc x LEFT JOIN (SELECT DISTINCT a FROM sc) y ON y.a <> 0 AND 10 / y.a > 2 ORDER BY x.id, y.a
SELECT * FROM sc x LEFT JOIN (sc y JOIN sc z ON y.id = z.id) ON y.a <> 0 AND 10 / y.a > 2 ORDER BY x.id, y.id
SELECT count(*) FROM sc WHERE a <> 0 AND 10 / a > 2 GROUP BY ROLLUP (a) ORDER BY 1
SELECT a, count(*) FROM sc WHERE a <> 0 AND 10 / a > 2 GROUP BY CUBE (a, id) ORDER BY 1, 2
SELECT a, count(*) FROM sc WHERE a <> 0 AND 10 / a > 2 GROUP BY GROUPING SETS ((a), ()) ORDER BY 1, 2
! CREATE VIEW scv AS SELECT a, max(id) AS m FROM sc GROUP BY a
SELECT * FROM scv WHERE a <> 0 AND 10 / a > 2 AND m > 0
SELECT * FROM scv v JOIN sc USING (a) WHERE a <> 0 AND 10 / a > 2 AND m > 0
SELECT x.a FROM (SELECT DISTINCT a FROM sc) x JOIN (SELECT DISTINCT a FROM sc) y ON x.a <> 0 AND 10 / x.a > y.a ORDER BY 1
