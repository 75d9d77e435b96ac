# language: Operators in a row
# How they are grouped, all of them: src/sql/tests/precedence.txt. Here, what the grouping makes of values.
SELECT 'ab' ~ 'b' || 'c', 'abc' ~ 'b' || 'c', 'a' || 'b' ~ 'ab', 'x' || 'a' !~* 'XA'
SELECT 'a' ~ 'a' = true, true = 'a' ~ 'a', 'a' LIKE 'a' || '%', 'b' || 'a' LIKE 'b%', 'ab' LIKE 'a%' = true
SELECT 7 & 3 | 8, 8 | 7 & 3, 1 << 2 + 1, 1 + 1 << 2, 6 # 3 & 5, 2 | 1 = 3, 16 >> 1 << 1
SELECT ~ 1 + 1, ~ 1 & 3, @ -3 + 1, |/ 9 + 16, @ -3 ^ 2, - 2 ^ 2, 2 ^ - 1, - 2 ^ 2 * 3
SELECT -1::text, - 1 :: int % 2, 2 * - 3 ^ 2, 5 - - 3, + 3 - 1, - (2) ^ 2, 2 ^ 3 ^ 2, -2::int2
SELECT '{"a": {"b": [1, 2]}}'::jsonb -> 'a' -> 'b' -> 1, '{"a": "x"}'::json ->> 'a' || 'y', 'y' || ('{"a": "x"}'::json ->> 'a')
SELECT '{"a": "x"}'::jsonb ->> 'a' = 'x', '{"a": "x"}'::jsonb ->> 'a' LIKE 'x%', '{"a": 1}'::jsonb ? 'a' = true, '{"a": 1}'::jsonb @> '{}' AND true
SELECT '{"a": "x"}'::jsonb ->> 'a' IN ('x', 'y'), '{"a": 1}'::jsonb -> 'a' IS NOT NULL, ('{"a": 1}'::jsonb ->> 'a')::int + 1
SELECT 'y' || '{"a": "x"}'::jsonb ->> 'a'
SELECT '[1, 2, 3]'::jsonb - 1 - 0, '{"a": 1, "b": 2}'::jsonb - 'a' || '{"c": 3}'
SELECT 1 OPERATOR(pg_catalog.+) 2 * 3, 2 OPERATOR(pg_catalog.*) 3 + 4, 1 OPERATOR(pg_catalog.=) 1 = true, 2 * 3 OPERATOR(pg_catalog.+) 1
SELECT 1 OPERATOR(pg_catalog.<) 2 OPERATOR(pg_catalog.=) true, 1 OPERATOR(=) ANY (ARRAY[1, 2]), 3 OPERATOR(pg_catalog.<>) ALL ('{1,2}'::int[])
SELECT 'a' LIKE 'a' OPERATOR(pg_catalog.||) 'b', 'ab' LIKE 'a' OPERATOR(pg_catalog.||) 'b'
SELECT 1 = ANY (ARRAY[1]) = true, 1 + 1 = ANY (ARRAY[2]) AND true, 'a' || 'b' = ANY (ARRAY['ab']), NOT 1 = ANY (ARRAY[2])
SELECT 'abc' ~ ANY (ARRAY['b', 'x']), 'abc' !~ ALL (ARRAY['x']), '[1]'::jsonb @> ANY (ARRAY['1', '2']::jsonb[]), ARRAY[1] && ANY (ARRAY[1]) IS NULL
SELECT '{"a": 1}'::jsonb ? ANY (ARRAY['a', 'b']), 'abc' ^@ ANY (ARRAY['b', 'a'])
SELECT 1 || ANY (ARRAY['x'])
SELECT 1 BETWEEN 0 AND 2 = true, 3 BETWEEN 1 + 1 AND 2 * 2, 1 NOT BETWEEN 0 AND 2 OR true, true BETWEEN 1 = 2 AND true, true BETWEEN 1 IS DISTINCT FROM 1 AND true
SELECT 5 BETWEEN SYMMETRIC 9 AND 1 AND true, 2 BETWEEN 1 AND 3 IS TRUE, NOT 2 BETWEEN 1 AND 3
SELECT NOT 1 = 2, NOT 1 IS NULL, NOT true = false, NOT true IS DISTINCT FROM false, NOT false AND false, NOT NOT true OR false
SELECT NOT EXISTS (SELECT 1) = false, NOT EXISTS (SELECT 1) AND true, NOT EXISTS (SELECT 1) IS TRUE
SELECT 1 = 1 IS TRUE, 1 IS NULL = false, 1 < 2 IS NOT NULL, 1 IS NULL IS NULL, 1 IN (1) IN (true), NULL IS DISTINCT FROM 1 = 1
SELECT 1 IS DISTINCT FROM 2 AND true, 1 IS NOT DISTINCT FROM 1 OR false, 1 IS DISTINCT FROM 1 + 1
SELECT '2024-01-01 12:00'::timestamp + interval '1 hour' AT TIME ZONE 'UTC' IS NOT NULL
SELECT '2024-01-01 12:00+00'::timestamptz AT TIME ZONE 'U' || 'TC'
SELECT '2024-01-01 12:00+00'::timestamptz AT TIME ZONE 'UTC' AT TIME ZONE 'UTC' = '2024-01-01 12:00+00'::timestamptz
SELECT 'a' || 'b' COLLATE "C", ('a' || 'b') COLLATE "C" < 'b', 'a'::text COLLATE "C" || 'b', 'b'::varchar COLLATE "C" > 'a' COLLATE "C"
SELECT (ARRAY[1, 2, 3])[1 | 2], (ARRAY[1, 2, 3])[1 : 1 + 1], (ARRAY[1, 2, 3])[4 - 2 :], - (ARRAY[1, 2])[2]
SELECT (ARRAY[1,2,3])[CASE WHEN 1 = 1 THEN 2 END], (ARRAY['a', 'b'])[('{"i": 2}'::jsonb ->> 'i')::int]
SELECT 1 < 2 < 3
SELECT 1 = 1 = true
SELECT 1 <> 2 <> true
SELECT 'a' LIKE 'a' LIKE 'b'
SELECT 1 BETWEEN 0 AND 2 BETWEEN true AND true
SELECT 1 BETWEEN 0 AND 2 IN (true)
SELECT 1 IS DISTINCT FROM 2 IS NULL
SELECT 1 IS DISTINCT FROM 2 IS DISTINCT FROM 3
SELECT 1 NOT NULL
SELECT 1 xor
SELECT 2 div, 3 rlike, 4 regexp, 5 match, 6 glob, 7 member
SELECT 1 := 2
SELECT a||-b FROM (VALUES ('x', 1)) v(a, b)
SELECT 2*-3, 2+-3, 2- -3, 2 ^ -1, 4/-2, 5 % -3, 1=-1, 1<-1, 1>=-1, 1<>-1
SELECT (1, 2) OVERLAPS (3, 4)
SELECT (date '2024-01-01', date '2024-02-01') OVERLAPS (date '2024-01-15', date '2024-03-01') = true, NOT (date '2024-01-01', date '2024-02-01') OVERLAPS (date '2024-01-15', date '2024-03-01')
SELECT 1 WHERE 'abc' LIKE '%' || 'b' || '%' AND NOT 'abc' ILIKE 'B' || '%' OR false
SELECT CASE WHEN 1 = 1 AND 2 > 1 THEN 'a' || 'b' ELSE 'c' END || 'd', CASE 1 + 1 WHEN 2 THEN 'two' END
SELECT extract(year FROM 1), 1
SELECT 1 AT TIME ZONE 'UTC'
SELECT make_date(year := 2024, month => 2, day := 3), make_interval(days := 2)
SELECT make_date(2024, month := 2 - 1, day := 3 * 2)
