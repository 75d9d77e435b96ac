# language: Equal values that look otherwise
# Which of 1.0 and 1.00, of a day and 24 hours, is kept.
! CREATE TABLE f (i int, x float8, n numeric, r real, c char(5), t text)
! INSERT INTO f VALUES (1, 0, 1.0, 0, 'a', 'a'), (2, 7, 1.00, 7, 'a  ', 'b'), (3, 0, 1.000, 0, 'b', 'c'), (4, 0, 2.50, 7, 'b', 'd'), (5, 7, 2.5, 7, NULL, NULL)
SELECT min(x), max(x), min(r), max(r), min(n), max(n) FROM f
SELECT min(x), max(x), min(r), max(r), min(n), max(n) FROM f WHERE i > 1
SELECT min(x), max(x), min(n), max(n) FROM f WHERE i IN (2, 3)
SELECT min(n ORDER BY i DESC), max(n ORDER BY i DESC), min(x ORDER BY i DESC), max(x ORDER BY i DESC) FROM f
SELECT min(n) OVER (ORDER BY i), max(n) OVER (ORDER BY i), min(x) OVER (ORDER BY i), max(x) OVER (ORDER BY i), i FROM f ORDER BY i
SELECT greatest(0::float8, '-0'), least(0::float8, '-0'::float8), greatest('-0'::float8, 0::float8), least('-0'::float8, 0::float8), greatest(1.0, 1.00), greatest(1.00, 1.0), least(1.0, 1.00), least(1.00, 1.0)
SELECT min(c), max(c) FROM f
SELECT DISTINCT n FROM f ORDER BY n
SELECT DISTINCT x FROM f ORDER BY x
SELECT n FROM f GROUP BY n ORDER BY n
SELECT x FROM f GROUP BY x ORDER BY x
SELECT n, count(*) FROM f GROUP BY n ORDER BY n
SELECT n FROM f UNION SELECT 1.00000 ORDER BY 1
SELECT 1.00000 UNION SELECT n FROM f ORDER BY 1
SELECT 1.00000 INTERSECT SELECT n FROM f ORDER BY 1
SELECT n FROM f EXCEPT SELECT 2.5 ORDER BY 1
SELECT DISTINCT ON (n) n, i FROM f ORDER BY n, i
SELECT count(DISTINCT n), sum(DISTINCT n), array_agg(DISTINCT n), string_agg(DISTINCT n::text, ',') FROM f
SELECT array_agg(DISTINCT c), count(DISTINCT x), array_agg(DISTINCT x) FROM f
SELECT i % 2, n FROM f GROUP BY i % 2, ROLLUP (n) ORDER BY 1, 2
SELECT i, count(*) FROM f GROUP BY i, ROLLUP (i) ORDER BY 1, 2
SELECT i + 1, count(*) FROM f GROUP BY i + 1, ROLLUP (i + 1), CUBE (i + 1) ORDER BY 1, 2
SELECT i, grouping(i), count(*) FROM f GROUP BY i, ROLLUP(i) ORDER BY 1, 2
SELECT i, t, count(*) FROM f GROUP BY i, ROLLUP(i, t) ORDER BY 1, 2

SELECT row_to_json(u) FROM unnest(ARRAY[f, NULL]) u, f WHERE i = 1
SELECT row_to_json(u), u IS NULL, u.i FROM (SELECT * FROM f WHERE i = 1) f, unnest(ARRAY[NULL::f]) u
SELECT row_to_json(u) FROM unnest(ARRAY[NULL::f]) u
SELECT u FROM unnest(ARRAY[NULL::f]) u
SELECT to_jsonb(u) FROM unnest(ARRAY[NULL::f, (1, 2, 3, 4, 'a', 'b')::f]) u
SELECT json_agg(u) FROM unnest(ARRAY[NULL::f]) u
SELECT x FROM (VALUES (1), (2)) a(x) JOIN (VALUES (1.0), (3.0)) b(x) USING (x)
SELECT x FROM (VALUES (1.0), (2.0)) a(x) JOIN (VALUES (1), (3)) b(x) USING (x)
SELECT x FROM (VALUES (1), (2)) a(x) FULL JOIN (VALUES (1.0), (3.0)) b(x) USING (x) ORDER BY x
SELECT x, a.x, b.x FROM (VALUES (1), (2)) a(x) LEFT JOIN (VALUES (1.0), (3.0)) b(x) USING (x) ORDER BY x
SELECT x, a.x, b.x FROM (VALUES (1), (2)) a(x) RIGHT JOIN (VALUES (1.0), (3.0)) b(x) USING (x) ORDER BY x
SELECT * FROM (VALUES (1), (2)) a(x) NATURAL JOIN (VALUES (1.0), (3.0)) b(x)
SELECT pg_typeof(x), x FROM (VALUES (1::int2)) a(x) JOIN (VALUES (1::float8)) b(x) USING (x)
CREATE INDEX fi ON f (NULL)
CREATE INDEX fi2 ON f ((NULL))
CREATE INDEX fi3 ON f ((NULL::int))
CREATE INDEX fi4 ON f (('a'))
SELECT i FROM f GROUP BY row_number() OVER ()
SELECT i FROM f GROUP BY i, row_number() OVER (ORDER BY i)
SELECT count(*) FROM f GROUP BY GROUPING SETS (row_number() OVER ())
SELECT row_number() OVER () AS n FROM f GROUP BY n
SELECT row_number() OVER () AS n FROM f GROUP BY 1
SELECT i FROM f WHERE row_number() OVER () > 1
SELECT i FROM f GROUP BY i HAVING row_number() OVER () > 1
SELECT row_number() OVER (ORDER BY row_number() OVER ()) FROM f
SELECT sum(row_number() OVER ()) FROM f
SELECT i FROM f JOIN f g ON row_number() OVER () = 1
SELECT 1 LIMIT row_number() OVER ()
SELECT row_to_json(u), u IS NULL FROM f LEFT JOIN unnest(ARRAY[NULL::f]) u ON u.i = f.i WHERE f.i < 2
SELECT row_to_json(u), u FROM f LEFT JOIN unnest(ARRAY[(1, 2, 3, 4, 'a', 'b')::f, NULL]) u ON u.i = f.i WHERE f.i < 3
SELECT row_to_json(u) FROM jsonb_populate_record(NULL::f, NULL) u
SELECT n FROM f UNION SELECT n + 1 FROM f UNION ALL SELECT 1.0000 UNION SELECT 2.50000 ORDER BY 1
SELECT n, i FROM f UNION VALUES (1.00, 1), (9.0, 9) ORDER BY 1, 2
VALUES (1.00), (1.0), (2) UNION SELECT n FROM f ORDER BY 1
SELECT * FROM (VALUES (1.00), (1.0), (2) UNION SELECT n FROM f) q(z) ORDER BY z
SELECT count(*) FROM (SELECT x FROM f UNION SELECT n FROM f UNION SELECT 0) q
SELECT c FROM f UNION SELECT 'a'::char(2) UNION SELECT 'b' ORDER BY 1
SELECT interval '1 day' UNION SELECT interval '24 hours' UNION SELECT interval '1440 min'
SELECT ARRAY[1.0] UNION SELECT ARRAY[1.00] UNION SELECT NULL
(SELECT n FROM f ORDER BY n LIMIT 1) UNION (SELECT 1.00000) ORDER BY 1
SELECT n FROM f WHERE n IN (SELECT 1.000000 UNION SELECT 3) ORDER BY i
WITH RECURSIVE r(x) AS (SELECT 1::float8 UNION SELECT x + 1 FROM r WHERE x < 3) SELECT * FROM r ORDER BY x
SELECT min(v), max(v) FROM (VALUES (ARRAY[1.0]), (ARRAY[1.00])) t(v)
SELECT min(v), max(v) FROM (VALUES (interval '1 day'), (interval '24 hours')) t(v)
SELECT min(n) FILTER (WHERE i > 1), max(DISTINCT n), min(x) FROM f GROUP BY i % 2 ORDER BY i % 2
SELECT min(n), max(x) FROM f WHERE false
SELECT min(x), max(x), min(y), max(y) FROM (VALUES (0::float8, 0::float4), ('-0', '-0')) v(x, y)
SELECT min(x), max(x), min(y), max(y) FROM (VALUES ('-0'::float8, '-0'::float4), (0, 0)) v(x, y)
SELECT min(x) OVER (ORDER BY i), max(x) OVER (ORDER BY i), i FROM (VALUES (1, 0::float8), (2, '-0'), (3, 0)) v(i, x) ORDER BY i
SELECT min(n) OVER (ORDER BY i ROWS 1 PRECEDING), max(n) OVER (ORDER BY i ROWS 1 PRECEDING) FROM f ORDER BY i
SELECT min(n) OVER (ORDER BY i RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM f ORDER BY i
CREATE INDEX fi6 ON f (1)
CREATE INDEX fi7 ON f (i, 'x')
