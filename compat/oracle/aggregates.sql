# language: Aggregates and grouping
! CREATE TABLE a (id int PRIMARY KEY, g text, h int, i2 int2, i8 int8, n numeric, f4 float4, f8 float8, b bool, t text, d date, ts timestamptz, iv interval, u uuid, y bytea)
! INSERT INTO a VALUES (1, 'x', 1, 1, 10, 1.50, 1.5, 2.25, true, 'b', '2024-01-01', '2024-01-01 00:00+00', '1 day', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\x01'), (2, 'x', 2, 32767, 9223372036854775807, 2.500, 0.1, 0.1, false, 'a', '2023-01-01', '2023-01-01 00:00+02', '25 hours', '00000000-0000-0000-0000-000000000001', '\x00ff'), (3, 'y', 1, -5, -10, -3, -1e10, 1e-5, NULL, 'C', NULL, NULL, '-1 mon', NULL, NULL), (4, 'y', NULL, NULL, NULL, NULL, NULL, NULL, true, NULL, '2025-05-05', 'infinity', NULL, NULL, ''), (5, NULL, 1, 7, 7, 7, 7, 7, true, '', 'infinity', '-infinity', '1 mon', NULL, NULL)
SELECT count(*), count(g), count(h), count(DISTINCT g), count(DISTINCT h), count(1), count(NULL) FROM a
SELECT sum(i2), sum(h), sum(i8), sum(n), sum(f4), sum(f8) FROM a
SELECT avg(i2), avg(h), avg(i8), avg(n), avg(f4), avg(f8) FROM a
SELECT min(i2), max(i2), min(i8), max(i8), min(n), max(n), min(f4), max(f8), min(t), max(t) FROM a
SELECT min(d), max(d), min(ts), max(ts), min(iv), max(iv), sum(iv), avg(iv) FROM a
SELECT min(u) FROM a
SELECT max(y) FROM a
SELECT max(b) FROM a
SELECT sum(t) FROM a
SELECT sum(d) FROM a
SELECT avg(b) FROM a
SELECT sum(*) FROM a
SELECT count() FROM a
SELECT count(g, h) FROM a
SELECT sum(h), sum(i8), sum(n), count(h), max(t), bool_and(b), string_agg(t, ','), avg(h), stddev(h) FROM a WHERE false
SELECT regr_count(f8, f4), corr(f8, f4), covar_pop(f8, f4), regr_slope(f8, f4), regr_avgx(f8, f4) FROM a WHERE false
SELECT regr_count(f8, h), corr(f8, h), covar_pop(f8, h), covar_samp(f8, h), regr_slope(f8, h), regr_intercept(f8, h), regr_r2(f8, h), regr_sxx(f8, h), regr_syy(f8, h), regr_sxy(f8, h), regr_avgx(f8, h), regr_avgy(f8, h) FROM a
SELECT regr_count(h, 1), corr(h, 1), regr_slope(h, 1), regr_r2(h, 1), regr_r2(1, h) FROM a
SELECT stddev(h), stddev_pop(h), variance(h), var_pop(h), stddev(f8), var_samp(f8), stddev_pop(n), var_pop(i8) FROM a
SELECT stddev(h), variance(h), stddev_pop(h), var_pop(h), corr(h, h) FROM a WHERE id = 1
SELECT bit_and(h), bit_or(h), bit_xor(h), bit_and(i8), bit_or(i2) FROM a
SELECT bit_and(h), bit_or(h), bit_xor(h) FROM a WHERE false
SELECT bool_and(b), bool_or(b), every(b), bool_and(NULL::bool) FROM a
SELECT sum(i8) FROM (VALUES (9223372036854775807), (1)) v(i8)
SELECT sum(x::int8) OVER () FROM (VALUES (9223372036854775807), (1)) v(x)
SELECT sum(x::int4) FROM (VALUES (2147483647), (2147483647)) v(x)
SELECT avg(x::float8), sum(x::float8) FROM (VALUES (1e308), (1e308)) v(x)
SELECT sum(x::float8), avg(x::float8), min(x::float8), max(x::float8) FROM (VALUES ('NaN'), ('1'), ('-Infinity')) v(x)
SELECT sum(x::float8) FROM (VALUES ('Infinity'), ('-Infinity')) v(x)
SELECT sum(x) FROM (VALUES (0.1::float8), (0.2), (0.3)) v(x)
SELECT sum(x), avg(x) FROM (VALUES (0.1::float4), (0.2), (0.3)) v(x)
SELECT sum(x), avg(x), max(x) FROM (VALUES (1.10), (2.2), (3)) v(x)
SELECT g, count(*), sum(h), min(t) FROM a GROUP BY g ORDER BY g
SELECT g, h, count(*) FROM a GROUP BY g, h ORDER BY g, h NULLS FIRST
SELECT g, count(*) FROM a GROUP BY 1 ORDER BY 2 DESC, 1
SELECT g AS k, count(*) FROM a GROUP BY k ORDER BY k NULLS FIRST
SELECT upper(g), count(*) FROM a GROUP BY upper(g) ORDER BY 1
SELECT h % 2 AS p, count(*) FROM a GROUP BY h % 2 ORDER BY p
SELECT h + 1, h % 2 FROM a GROUP BY h ORDER BY h
SELECT h + id FROM a GROUP BY h
SELECT id, g FROM a GROUP BY id ORDER BY id
SELECT a.id, a.t, count(*) FROM a JOIN a b ON a.g = b.g GROUP BY a.id ORDER BY a.id
SELECT g, t FROM a GROUP BY g
SELECT g, count(*) FROM a
SELECT g FROM a HAVING count(*) > 1
SELECT count(*) FROM a HAVING count(*) > 100
SELECT count(*) FROM a HAVING g = 'x'
SELECT g, count(*) FROM a GROUP BY g HAVING count(*) > 1 AND g IS NOT NULL ORDER BY g
SELECT g FROM a GROUP BY g HAVING sum(h) > 1 ORDER BY g
SELECT g, sum(h) s FROM a GROUP BY g HAVING s > 1
SELECT g FROM a GROUP BY g ORDER BY count(*) DESC, g
SELECT g FROM a GROUP BY g ORDER BY h
SELECT count(*) c FROM a WHERE count(*) > 1
SELECT sum(count(*)) FROM a
SELECT sum(h) FROM a GROUP BY sum(h)
SELECT g FROM a GROUP BY 5
SELECT g FROM a GROUP BY 'x'
SELECT g FROM a GROUP BY 0
SELECT g, g FROM a GROUP BY g, g ORDER BY 1
SELECT 1 FROM a GROUP BY g ORDER BY g
SELECT count(*) FROM a GROUP BY true
SELECT 'k' AS k, count(*) FROM a GROUP BY k
SELECT g, count(*) FILTER (WHERE h = 1), sum(h) FILTER (WHERE h > 5), count(DISTINCT h) FILTER (WHERE h IS NOT NULL) FROM a GROUP BY g ORDER BY g
SELECT count(*) FILTER (WHERE count(*) > 1) FROM a
SELECT count(*) FILTER (WHERE 1) FROM a
SELECT upper(t) FILTER (WHERE true) FROM a
SELECT sum(DISTINCT h), avg(DISTINCT h), max(DISTINCT h), count(DISTINCT n), sum(DISTINCT n) FROM a
SELECT count(DISTINCT (g, h)) FROM a
SELECT count(DISTINCT *) FROM a
SELECT sum(h ORDER BY id), count(* ORDER BY id) FROM a
SELECT string_agg(t, ',' ORDER BY id), string_agg(t, ',' ORDER BY t DESC), string_agg(coalesce(t, '-'), '' ORDER BY g NULLS FIRST, id) FROM a
SELECT g, string_agg(t, ',' ORDER BY t) FROM a GROUP BY g ORDER BY g
SELECT string_agg(id::text, ',' ORDER BY n DESC NULLS LAST), string_agg(id::text, ',' ORDER BY f8), string_agg(id::text, ',' ORDER BY ts) FROM a
SELECT max(id) - min(id), sum(h) * 2, count(*) + 1, sum(h) / count(h), avg(h)::int, round(avg(n), 2), coalesce(sum(h), 0) FROM a
SELECT (SELECT max(id) FROM a b WHERE b.g = a.g) m, id FROM a ORDER BY id
SELECT g, (SELECT count(*) FROM a b WHERE b.g = a.g) FROM a GROUP BY g ORDER BY g
SELECT g, (SELECT sum(a.h)) FROM a GROUP BY g ORDER BY g
SELECT g, max((SELECT b.id FROM a b WHERE b.id = a.id)) FROM a GROUP BY g ORDER BY g
SELECT max(x) FROM (SELECT count(*) x FROM a GROUP BY g) s
SELECT count(*) FROM (SELECT DISTINCT g, h FROM a) s
SELECT n, count(*) FROM (VALUES (1.0), (1.00), (2), (NULL), (NULL)) v(n) GROUP BY n ORDER BY n
SELECT f, count(*) FROM (VALUES ('NaN'::float8), ('NaN'), ('-0'), ('0')) v(f) GROUP BY f ORDER BY f
SELECT iv, count(*) FROM (VALUES ('24 hours'::interval), ('1 day'), ('30 days'), ('1 mon')) v(iv) GROUP BY iv ORDER BY iv
SELECT count(DISTINCT iv) FROM (VALUES ('24 hours'::interval), ('1 day'), ('30 days'), ('1 mon')) v(iv)
SELECT ts, count(*) FROM (VALUES ('2024-01-01 00:00+00'::timestamptz), ('2024-01-01 02:00+02')) v(ts) GROUP BY ts
SELECT array_agg(h ORDER BY id), array_agg(DISTINCT g ORDER BY g) FROM a
SELECT json_agg(h ORDER BY id), jsonb_agg(t ORDER BY id), json_object_agg(id, h ORDER BY id) FROM a
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY h), percentile_disc(0.5) WITHIN GROUP (ORDER BY h), mode() WITHIN GROUP (ORDER BY h) FROM a
SELECT rank(1) WITHIN GROUP (ORDER BY h) FROM a
SELECT g, h, count(*) FROM a GROUP BY ROLLUP (g, h) ORDER BY g, h
SELECT g, h, grouping(g, h) FROM a GROUP BY GROUPING SETS ((g), (h), ()) ORDER BY 1, 2, 3
SELECT g FROM a GROUP BY DISTINCT g ORDER BY g
SELECT g, count(*) FROM a GROUP BY ALL g ORDER BY g
SELECT any_value(h) FROM a
SELECT DISTINCT count(*) FROM a GROUP BY g ORDER BY 1
SELECT DISTINCT g FROM a ORDER BY g DESC
SELECT DISTINCT g, h FROM a ORDER BY h, g
SELECT DISTINCT g FROM a ORDER BY h
SELECT DISTINCT ON (g) g, id FROM a ORDER BY g, id DESC
SELECT DISTINCT ON (g) g, id FROM a ORDER BY id
SELECT DISTINCT ON (h, g) h, g, id FROM a ORDER BY g, h, id
SELECT DISTINCT ON (1) g, id FROM a ORDER BY 1, 2
SELECT DISTINCT ON (lower(g)) lower(g), id FROM a ORDER BY lower(g) NULLS FIRST, id DESC
SELECT DISTINCT ON (g) id FROM a ORDER BY g DESC, id LIMIT 2
SELECT DISTINCT ON (n) n FROM (VALUES (1.0), (1.00), (2)) v(n) ORDER BY n
SELECT count(*), sum(x) FROM generate_series(1, 100) x WHERE x % 3 = 0
SELECT x % 3 AS m, sum(x), avg(x)::numeric(5, 2), min(x), max(x), count(*) FROM generate_series(1, 20) x GROUP BY m ORDER BY m
SELECT date_trunc('year', d) y, count(*) FROM a WHERE d <> 'infinity' GROUP BY y ORDER BY y
SELECT sum($1::int), count($2), max(h) FILTER (WHERE h < $3) FROM a
$ 2 | x | 2
SELECT g, count(*) FROM a GROUP BY g HAVING count(*) > $1 ORDER BY g
$ 1
SELECT regr_count(y, x) FROM (VALUES (1e200::float8, 1e200::float8), (-1e200, -1e200), (NULL, 1)) v(x, y)
SELECT regr_count(y, x) OVER (ORDER BY x ROWS 1 PRECEDING) FROM (VALUES (1e200::float8, 1e200::float8), (-1e200, -1e200)) v(x, y)
