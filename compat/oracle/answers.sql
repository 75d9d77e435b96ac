# language: Casts that change no value, EXISTS of DISTINCT, ANY of other operators, locks of functions
! CREATE TYPE wmood AS ENUM ('z', 'a', 'm')
! CREATE TABLE wm (e wmood, c "char", j jsonb, a numeric[])
INSERT INTO wm VALUES ('z', '\303', '{"a":1}', '{1.0}'), ('a', 'z', '{"a":1.0}', '{1.00}'), ('m', 'b', '1', '{}')
SELECT x::text = '{1.00}', nullif(x::text, '{1.00}') FROM (VALUES (ARRAY[1.0])) v(x)
SELECT count(DISTINCT j::text) FROM (VALUES ('{"a":1}'::jsonb), ('{"a":1.0}')) v(j)
SELECT e FROM (SELECT e FROM wm UNION SELECT e FROM wm) q WHERE e::text > 'b'
SELECT max(e)::text > 'b', min(e)::text < 'b' FROM wm
SELECT e::text FROM (SELECT DISTINCT e FROM wm) q ORDER BY e::text
SELECT e::text FROM (SELECT DISTINCT e FROM wm) q ORDER BY e
SELECT max(e::text), min(e::text) FROM (SELECT DISTINCT e FROM wm) q
SELECT array_agg(e::text ORDER BY e::text) FROM (SELECT DISTINCT e FROM wm) q
SELECT DISTINCT ON (e::text) e::text, e FROM (SELECT DISTINCT e FROM wm) q ORDER BY e::text, e
SELECT e::text, row_number() OVER (ORDER BY e::text) FROM (SELECT DISTINCT e FROM wm) q ORDER BY 2
SELECT max(x::text), min(x::text) FROM (SELECT DISTINCT c AS x FROM wm) q
SELECT a::text FROM (SELECT DISTINCT a FROM wm) q GROUP BY a::text ORDER BY 1
SELECT a::text FROM (SELECT a FROM wm) q UNION SELECT a::text FROM wm ORDER BY 1
SELECT j::text FROM (SELECT DISTINCT j FROM wm) q EXCEPT SELECT '1'
SELECT count(*) FROM (SELECT DISTINCT e FROM wm) p JOIN (SELECT 'a'::text AS t) q ON p.e::text = q.t
SELECT e::text IN ('a', 'z'), e::text = ANY (ARRAY['m']) FROM (SELECT DISTINCT e FROM wm) p ORDER BY e
SELECT CASE e::text WHEN 'a' THEN 1 ELSE 2 END FROM (SELECT DISTINCT e FROM wm) p ORDER BY e
SELECT EXISTS (SELECT DISTINCT e FROM wm WHERE e = 'a' OFFSET 1)
SELECT EXISTS (SELECT DISTINCT 1 FROM wm OFFSET 1), NOT EXISTS (SELECT DISTINCT 1 FROM wm LIMIT 5 OFFSET 1)
SELECT EXISTS (SELECT DISTINCT e FROM wm OFFSET 2), EXISTS (SELECT DISTINCT e FROM wm OFFSET 3)
SELECT e FROM wm w WHERE EXISTS (SELECT DISTINCT 1 FROM wm i WHERE i.e <= w.e OFFSET 1)
SELECT 33 * ANY ('{1,2,3}')
SELECT 33 * ANY (ARRAY[1])
SELECT 33 * ALL ('{1}'::int[])
SELECT 1 + ANY (SELECT 1)
SELECT 1 + ALL (SELECT 1)
SELECT 'a' || ANY (SELECT 'b')
SELECT 2 > ANY ('{1,2,3}'), 2 > ALL (SELECT 1), 'abc' LIKE ANY ('{a%,b%}')
SELECT * FROM generate_series(1, 2) g FOR UPDATE OF g
SELECT * FROM generate_series(1, 2) g FOR UPDATE
SELECT e FROM wm, generate_series(1, 2) g FOR SHARE OF g
SELECT e FROM wm a WHERE e = 'a' FOR UPDATE OF a NOWAIT LIMIT 1
SELECT a.e FROM wm a, wm b WHERE a.e = b.e AND a.e = 'a' FOR UPDATE OF a, b NOWAIT
SELECT * FROM (SELECT e FROM wm FOR UPDATE LIMIT 1) q FOR SHARE OFFSET 0
SELECT e FROM wm FOR UPDATE FOR SHARE LIMIT 1
SELECT DISTINCT ON (a) a, generate_series(1, 2) FROM (VALUES (1), (2)) t(a) ORDER BY a
SELECT DISTINCT ON (a) a, generate_series(1, 2) FROM (VALUES (1), (2)) t(a)
SELECT g AS x, g AS y, count(*) FROM generate_series(1, 2) g GROUP BY GROUPING SETS ((x), (y))
SELECT g AS x, count(*) FROM generate_series(1, 2) g GROUP BY ROLLUP (g, g) ORDER BY 1, 2
SELECT g AS x, count(*) FROM generate_series(1, 2) g GROUP BY ROLLUP (x, x) ORDER BY 1, 2
