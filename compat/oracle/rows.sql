# language: Rows as values

! CREATE TABLE p (id int PRIMARY KEY, name text, price numeric(8,2), at timestamptz, tags text[])
! INSERT INTO p VALUES (1, 'a "b"', 1.50, '2024-05-06 07:08:09+00', '{x,"y z"}'), (2, NULL, NULL, NULL, NULL), (3, '', 3.00, 'infinity', '{}')
! CREATE TABLE c (id int PRIMARY KEY, p int, note text)
! INSERT INTO c VALUES (10, 1, 'one'), (11, 1, NULL), (12, 3, 'x,y'), (13, NULL, 'none')
! CREATE TABLE n (a int, b text)
! INSERT INTO n VALUES (1, 'x'), (2, NULL), (NULL, NULL)
! CREATE VIEW vw AS SELECT id, name FROM p

# Rows of expressions: text and binary
SELECT ROW(1,'foo',NULL)
SELECT (1,'foo',NULL)
SELECT ROW(1)
SELECT ROW()
SELECT ROW(NULL)
SELECT ROW(NULL, NULL)
SELECT ROW('', 'a b', 'a,b', '(x)', 'q"u', 'back\slash', E'tab\t', E'new\nline')
SELECT ROW(1.50, 1.5e10, -0.0::float8, 'NaN'::float8, 'infinity'::float4, 1e20::float8)
SELECT ROW(true, false, NULL::bool)
SELECT ROW(1::int2, 2::int4, 3::int8, 4::oid, 'x'::"char")
SELECT ROW('\xdeadbeef'::bytea, 'abc'::char(5), 'v'::varchar(3), 'n'::name)
SELECT ROW('2024-01-02'::date, '03:04:05'::time, '2024-01-02 03:04:05.678'::timestamp, '1 day 2 hours'::interval)
SELECT ROW('2024-01-02 03:04:05+02'::timestamptz, '03:04:05+02'::timetz)
SELECT ROW('{"a": 1}'::json, '{"b":  2}'::jsonb, '[1]'::json)
SELECT ROW('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)
SELECT ROW(ARRAY[1,2], ARRAY['a','b c'], '{}'::int[])
SELECT ROW(ROW(1,2), ROW('a', ROW(NULL)))
SELECT ROW(ROW())
SELECT ROW(1,2)::text
SELECT ROW(1,'x y')::varchar
SELECT CAST(ROW(1, NULL) AS text)
SELECT ROW(1,2)::record
SELECT ROW(1,2)::int
SELECT (1,2)::text || 'x'
SELECT ROW(1,2) || 'x'
SELECT 'x' || ROW(1,2)
SELECT ROW('pg_class'::regclass, 'int4'::regtype)
SELECT ROW(1, 2) AS r, ROW(3) AS s
SELECT pg_typeof(ROW(1,2)), pg_typeof(ARRAY[ROW(1)])
SELECT '(1,2)'::record
SELECT '(1,2)'::record[]
SELECT '{}'::record[]
SELECT NULL::record, NULL::record IS NULL
SELECT record '(1)'
SELECT ROW($1)
SELECT ROW($1::int, $2::text)
$ 1 | abc
$ NULL | NULL
SELECT ROW($1::numeric, 'x')
$ 1.500
SELECT $1::record
$ (1)
SELECT ROW(1, 2, 3) LIMIT 0

# Settings count where it is printed
! SET TimeZone = 'Europe/Berlin'
! SET DateStyle = 'German'
SELECT ROW('2024-05-06 07:08:09+00'::timestamptz, '2024-05-06'::date)
SELECT ROW('2024-05-06 07:08:09+00'::timestamptz)::text
SELECT p FROM p ORDER BY id
SELECT row_to_json(p) FROM p ORDER BY id
SELECT ARRAY[ROW('2024-05-06 07:08:09+00'::timestamptz)]
! SET intervalstyle = 'iso_8601'
SELECT ROW('1 day 2 hours'::interval)
SELECT ROW('1 day 2 hours'::interval)::text
! RESET ALL

# Fields
SELECT (ROW(1,'x')).f1
SELECT (ROW(1,'x')).f2
SELECT (ROW(1,'x')).f3
SELECT (ROW(1,'x')).*
SELECT (ROW(1,ROW(2,3))).f2
SELECT (r).f1 FROM (SELECT ROW(1,2) AS r) s
SELECT (r).f1 + (r).f2 AS sum FROM (SELECT ROW(1,2) AS r) s
SELECT (s.r).* FROM (SELECT ROW(1,'x'::text) AS r) s
SELECT (r).f9 FROM (SELECT ROW(1,2) AS r) s
SELECT (r).f1 FROM (VALUES (ROW(1,2)), (ROW(3,4))) v(r)
SELECT (1).x
SELECT ('x').y
SELECT ('x'::text).y
SELECT (1).*
SELECT ('x').*
SELECT (p).id, (p).name FROM p ORDER BY 1
SELECT (p).* FROM p ORDER BY id
SELECT (p.*).price FROM p ORDER BY id
SELECT (p.*) FROM p ORDER BY id
SELECT (p).nope FROM p
SELECT (p.name).x FROM p
SELECT p.nope FROM p
SELECT (p).tags[1] FROM p ORDER BY id
SELECT (p).tags[1:1] FROM p ORDER BY id
SELECT (x).id FROM (SELECT p AS x FROM p) s ORDER BY 1
SELECT (s.x).name, (s).x FROM (SELECT p AS x FROM p) s ORDER BY (s.x).id
SELECT (x).* FROM (SELECT p AS x FROM p) s ORDER BY 1
SELECT ((s).x).id FROM (SELECT p AS x FROM p) s ORDER BY 1
SELECT (array_agg(p ORDER BY id))[1] FROM p
SELECT (array_agg(p ORDER BY id))[3].id FROM p
SELECT ((array_agg(p ORDER BY id))[2]).* FROM p
SELECT (SELECT p FROM p WHERE id = 1)
SELECT (SELECT p FROM p WHERE id = 1).price
SELECT (SELECT p FROM p WHERE id = 99)
SELECT id(p), name(p) FROM p ORDER BY 1
SELECT upper(name(p)) FROM p ORDER BY p.id
SELECT nope(p) FROM p
SELECT p.id.x FROM p
SELECT (CASE WHEN true THEN p END).id FROM p ORDER BY 1
SELECT (coalesce(p, p)).id FROM p ORDER BY 1

# Whole rows
SELECT p FROM p ORDER BY id
SELECT n FROM n ORDER BY a
SELECT n, n.* FROM n ORDER BY a
SELECT q FROM n AS q ORDER BY a
SELECT q FROM n AS q(x, y) ORDER BY x
SELECT row_to_json(q) FROM n AS q(x, y) ORDER BY x
SELECT row_to_json(s) FROM (SELECT * FROM n) AS s(x, y) ORDER BY x
SELECT s FROM (SELECT a, b FROM n) s ORDER BY a
SELECT v FROM (VALUES (1,'x'),(2,'y')) v
SELECT v, to_json(v) FROM (VALUES (1,'x'),(2,'y')) v(a,b)
WITH w AS (SELECT a, b FROM n) SELECT w, (w).a, to_json(w) FROM w ORDER BY a
WITH w(x,y) AS (SELECT a, b FROM n) SELECT row_to_json(w) FROM w ORDER BY x
SELECT vw, (vw).id, row_to_json(vw) FROM vw ORDER BY id
SELECT v FROM vw AS v ORDER BY id
SELECT j FROM (n CROSS JOIN (SELECT 7 AS z) y) j ORDER BY j.a
SELECT row_to_json(j) FROM (n CROSS JOIN (SELECT 7 AS z) y) j(p,q,r) ORDER BY p
SELECT n, c FROM n JOIN c ON c.p = n.a ORDER BY c.id
SELECT n FROM n JOIN (SELECT a FROM n) m USING (a) ORDER BY a
SELECT g, to_json(g), pg_typeof(g) FROM generate_series(1,2) g
SELECT row_to_json(g) FROM generate_series(1,2) g
SELECT u, to_json(u), u.x FROM unnest(ARRAY[5,6]) WITH ORDINALITY u(x,n)
SELECT u, row_to_json(u) FROM unnest(ARRAY[5,6], ARRAY['a','b','c']) u
SELECT j, (j).key, to_json(j) FROM json_each('{"a":1,"b":[2]}') j
SELECT j FROM jsonb_array_elements('[1,"x"]') j
SELECT json_each('{"a":1,"b":null}')
SELECT (json_each('{"a":1}')).key, (json_each('{"a":1}')).value
SELECT (json_each('{"a":1,"b":2}')).*
SELECT l, row_to_json(l) FROM n, LATERAL (SELECT n.a + 1 AS next) l ORDER BY n.a
SELECT l.* FROM n, LATERAL (SELECT n.*) l ORDER BY a
SELECT count(n), count(n.*), count(*) FROM n
SELECT nope FROM n
SELECT nope.* FROM n
SELECT count(nope.*) FROM n
SELECT ROW(nope.*) FROM n
SELECT ROW(n.*) FROM n ORDER BY a
SELECT ROW(n.*, 1) FROM n ORDER BY a
SELECT ROW(n)::text FROM n ORDER BY a
SELECT ROW(n, n.*)::text FROM n ORDER BY a
SELECT (n.*, 5) FROM n ORDER BY a
SELECT n::text, length(n::text) FROM n ORDER BY a
SELECT pg_typeof(n)::text, pg_typeof(ROW(n.*)), pg_typeof(ARRAY[n])::text FROM n ORDER BY a
SELECT pg_class FROM pg_class WHERE relname = 'nope'
SELECT (c).relname, (c).relkind FROM pg_class c WHERE relname = 'n'
SELECT row_to_json(l) FROM pg_language l WHERE lanname = 'nope'

# NULL rows and rows of NULLs
SELECT ROW(NULL, NULL) IS NULL, ROW(NULL, NULL) IS NOT NULL, ROW(1, NULL) IS NULL, ROW(1, NULL) IS NOT NULL, ROW(1, 2) IS NOT NULL
SELECT ROW() IS NULL, ROW() IS NOT NULL
SELECT ROW(NULL, ROW(NULL, NULL)) IS NULL, ROW(1, ROW(NULL, NULL)) IS NOT NULL, ROW(ROW(NULL)) IS NULL
SELECT a, n IS NULL AS is, n IS NOT NULL AS isnt, n.* IS NULL AS stars, ROW(n.*) IS NULL AS row, ROW(n) IS NULL AS within FROM n ORDER BY a
SELECT a, num_nulls(n), num_nonnulls(n), coalesce(n, n) FROM n ORDER BY a
SELECT n IS DISTINCT FROM NULL, n IS NOT DISTINCT FROM NULL FROM n ORDER BY a
SELECT c.id, p, p IS NULL, p IS NOT NULL, p IS DISTINCT FROM NULL FROM c LEFT JOIN p ON p.id = c.p ORDER BY c.id
SELECT c.id, to_json(p), row_to_json(p.*) FROM c LEFT JOIN p ON p.id = c.p ORDER BY c.id
SELECT o.x, n, n IS NULL, n IS DISTINCT FROM NULL, to_json(n), num_nulls(n) FROM (VALUES (1),(7)) o(x) LEFT JOIN n ON n.a = o.x ORDER BY o.x
SELECT o.x, s, s IS NULL, to_json(s), num_nulls(s) FROM (VALUES (1),(7)) o(x) LEFT JOIN (SELECT a, b FROM n) s ON s.a = o.x ORDER BY o.x
SELECT o.x, s, num_nulls(s) FROM (VALUES (1),(7)) o(x) LEFT JOIN (SELECT NULL::int AS a, NULL::int AS b) s ON o.x = 1 ORDER BY o.x
SELECT s, o, num_nulls(s, o) FROM (VALUES (1),(7)) o(x) FULL JOIN (VALUES (1),(8)) s(x) ON o.x = s.x ORDER BY coalesce(o.x, s.x)
SELECT s, o, num_nulls(s, o) FROM (VALUES (1),(7)) o(x) RIGHT JOIN (VALUES (1),(8)) s(x) ON o.x = s.x ORDER BY s.x
WITH w AS (SELECT a, b FROM n) SELECT o.x, w, num_nulls(w) FROM (VALUES (1),(7)) o(x) LEFT JOIN w ON w.a = o.x ORDER BY o.x
SELECT o.x, v, num_nulls(v) FROM (VALUES (1),(7)) o(x) LEFT JOIN vw v ON v.id = o.x ORDER BY o.x
SELECT o.x, u, num_nulls(u) FROM (VALUES (1),(7)) o(x) LEFT JOIN unnest(ARRAY[1,2]) WITH ORDINALITY u(y,z) ON u.y = o.x ORDER BY o.x
SELECT o.x, l, num_nulls(l) FROM (VALUES (1),(7)) o(x) LEFT JOIN LATERAL (SELECT o.x AS y, NULL AS z WHERE o.x = 1) l ON true ORDER BY o.x
SELECT o.x, j, num_nulls(j) FROM (VALUES (1),(7)) o(x) LEFT JOIN (n CROSS JOIN (SELECT 3 AS z) t) j ON j.a = o.x ORDER BY o.x
SELECT count(p), count(c) FROM c LEFT JOIN p ON p.id = c.p
SELECT c.id FROM c LEFT JOIN p ON p.id = c.p WHERE p IS NULL ORDER BY 1
SELECT c.id FROM c LEFT JOIN p ON p.id = c.p WHERE p IS NOT NULL ORDER BY 1
SELECT c.id FROM c LEFT JOIN p ON p.id = c.p WHERE NOT (p IS NULL) ORDER BY 1
SELECT ROW(1,2) IS TRUE
SELECT ROW(1,2) AND true
SELECT NOT ROW(1)

# JSON of rows
SELECT row_to_json(ROW(1,'foo'))
SELECT row_to_json((1,'foo'))
SELECT row_to_json(ROW(1,'foo'), true)
SELECT row_to_json(p, true) FROM p ORDER BY id
SELECT row_to_json(p, false) FROM p ORDER BY id
SELECT row_to_json(NULL)
SELECT row_to_json(1)
SELECT row_to_json('x')
SELECT row_to_json(NULL::record)
SELECT to_json(ROW(1,NULL,true,'x',1.50,ARRAY[1,2],ROW(2)))
SELECT to_jsonb(ROW(1,NULL,true,'x',1.50,ARRAY[1,2],ROW(2)))
SELECT to_json(p) FROM p ORDER BY id
SELECT to_jsonb(p) FROM p ORDER BY id
SELECT to_jsonb(p.*) FROM p ORDER BY id
SELECT to_jsonb(p) - 'id' FROM p ORDER BY id
SELECT to_jsonb(p) ->> 'name' FROM p ORDER BY id
SELECT json_agg(p ORDER BY id) FROM p
SELECT json_agg(p.* ORDER BY id) FROM p
SELECT jsonb_agg(p ORDER BY id) FROM p
SELECT json_agg(p ORDER BY id) FILTER (WHERE id > 1) FROM p
SELECT json_agg(p) FROM p WHERE false
SELECT coalesce(json_agg(p), '[]') FROM p WHERE false
SELECT coalesce(json_agg(x), '[]'::json) FROM (SELECT id, name FROM p ORDER BY id) x
SELECT json_agg(row_to_json(x)) FROM (SELECT id, name FROM p ORDER BY id) x
SELECT array_to_json(array_agg(row_to_json(x))) FROM (SELECT id, name FROM p ORDER BY id) x
SELECT array_to_json(array_agg(x)) FROM (SELECT id, name FROM p ORDER BY id) x
SELECT array_to_json(array_agg(x), true) FROM (SELECT id, name FROM p ORDER BY id) x
SELECT json_agg((id, name) ORDER BY id) FROM p
SELECT json_agg(ROW(id, name) ORDER BY id) FROM p
SELECT jsonb_agg(ROW(id, ARRAY[name]) ORDER BY id) FROM p
SELECT json_agg(json_build_object('id', id, 'row', n)) FROM p JOIN n ON n.a = p.id
SELECT json_build_object('x', p, 'y', ROW(1,2)) FROM p WHERE id = 2
SELECT jsonb_build_object('x', p, 'y', ROW(1,2)) FROM p WHERE id = 1
SELECT json_build_array(n, ROW(1), 2) FROM n ORDER BY a
SELECT jsonb_build_array(n, ROW(1), 2) FROM n ORDER BY a
SELECT json_object_agg(id, p ORDER BY id) FROM p
SELECT jsonb_object_agg(id, p ORDER BY id) FROM p
SELECT json_object_agg(n, 1) FROM n
SELECT json_build_object(ROW(1), 2)
SELECT jsonb_build_object(ROW(1), 2)
SELECT json_agg(DISTINCT n) FROM n
SELECT json_agg(n ORDER BY n DESC) FROM n
SELECT to_json(ARRAY[ROW(1,2), ROW(3,4)])
SELECT to_json(array_agg(n ORDER BY a)) FROM n
SELECT p.id, json_agg(c ORDER BY c.id) AS children FROM p JOIN c ON c.p = p.id GROUP BY p.id ORDER BY p.id
SELECT p.id, json_agg(c ORDER BY c.id) FILTER (WHERE c.id IS NOT NULL) AS children FROM p LEFT JOIN c ON c.p = p.id GROUP BY p.id ORDER BY p.id
SELECT p.*, (SELECT json_agg(c ORDER BY c.id) FROM c WHERE c.p = p.id) AS children FROM p ORDER BY id
SELECT row_to_json(x) FROM (SELECT p.id, (SELECT coalesce(json_agg(c ORDER BY c.id), '[]') FROM c WHERE c.p = p.id) AS children FROM p ORDER BY id) x
SELECT json_build_object('p', row_to_json(p), 'n', (SELECT json_agg(row_to_json(c)) FROM c WHERE c.p = p.id)) FROM p WHERE id = 3
SELECT to_json(s) FROM (SELECT p, n FROM p JOIN n ON n.a = p.id ORDER BY id) s
SELECT row_to_json(row) FROM (SELECT id FROM p ORDER BY id) row
SELECT row_to_json(t) FROM (SELECT '2024-01-02'::date AS d, '2024-01-02 03:04:05'::timestamp AS ts, '1 day'::interval AS i, '{"a":1}'::json AS j, '{"a":1}'::jsonb AS jb, '\x01'::bytea AS b, 'NaN'::float8 AS nan, 1e30::float8 AS f) t
SELECT row_to_json(t) FROM (SELECT 1 AS "A b", 2 AS "a""b", 3 AS "ü") t
SELECT row_to_json(t) FROM (SELECT 1 AS a, 2 AS a) t
SELECT to_jsonb(t) FROM (SELECT 1 AS a, 2 AS a) t
SELECT json_agg(t) FROM (SELECT 1 AS a UNION ALL SELECT 2) t
SELECT row_to_json(x)->'children'->0->>'note' FROM (SELECT (SELECT json_agg(c ORDER BY c.id) FROM c WHERE c.p = p.id) AS children FROM p WHERE id = 1) x

# What PostgREST sends
WITH pgrst_source AS (SELECT p.* FROM p ORDER BY id LIMIT 2 OFFSET 0) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body, nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status FROM (SELECT * FROM pgrst_source) _postgrest_t
WITH pgrst_source AS (SELECT p.id, COALESCE(c_1.c_1, '[]') AS c FROM p LEFT JOIN LATERAL (SELECT json_agg(c_1)::jsonb AS c_1 FROM (SELECT c.id, c.note FROM c WHERE c.p = p.id ORDER BY c.id) AS c_1) AS c_1 ON TRUE ORDER BY p.id) SELECT count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]')::character varying AS body FROM (SELECT * FROM pgrst_source) _postgrest_t
WITH pgrst_source AS (SELECT c.id, row_to_json(p_1.*) AS p FROM c LEFT JOIN LATERAL (SELECT p.id, p.name FROM p WHERE p.id = c.p) AS p_1 ON TRUE ORDER BY c.id) SELECT coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t
WITH pgrst_source AS (INSERT INTO c(id, p, note) VALUES (20, 2, 'new') RETURNING c.*) SELECT '' AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t)->0, 'null') AS body FROM (SELECT c.* FROM pgrst_source AS c) _postgrest_t
WITH pgrst_source AS (UPDATE c SET note = 'newer' WHERE id = 20 RETURNING c.id, c.note) SELECT pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t
WITH pgrst_source AS (DELETE FROM c WHERE id = 20 RETURNING c.*) SELECT pg_catalog.count(_postgrest_t) AS page_total, coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t

# What Hasura sends
SELECT coalesce(json_agg("root"), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."id" AS "id", "_root.base"."name" AS "name") AS "_e")) AS "root" FROM (SELECT * FROM "p" WHERE ('true') ORDER BY id) AS "_root.base") AS "_root"
SELECT coalesce(json_agg("root" ORDER BY "root.pg.id" ASC NULLS LAST), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_1_e" FROM (SELECT "_0_root.base"."id" AS "id", "_0_root.base"."note" AS "note") AS "_1_e")) AS "root", "_0_root.base"."id" AS "root.pg.id" FROM (SELECT * FROM "c" WHERE ((("c"."p") = ((1)::integer)) AND ('true')) ORDER BY "id" ASC NULLS LAST) AS "_0_root.base" ORDER BY "root.pg.id" ASC NULLS LAST) AS "_2_root"
SELECT json_build_object('p', (SELECT coalesce(json_agg("root"), '[]') AS "root" FROM (SELECT row_to_json((SELECT "_e" FROM (SELECT "b"."id" AS "id", "ar"."children" AS "children") AS "_e")) AS "root" FROM (SELECT * FROM p ORDER BY id) AS "b" LEFT OUTER JOIN LATERAL (SELECT coalesce(json_agg("children"), '[]') AS "children" FROM (SELECT row_to_json((SELECT "_f" FROM (SELECT "cb"."note" AS "note") AS "_f")) AS "children" FROM (SELECT * FROM c WHERE p = "b"."id" ORDER BY id) AS "cb") AS "_r") AS "ar" ON ('true')) AS "_root"))

# Comparison
SELECT ROW(1,2) = ROW(1,2), ROW(1,2) = ROW(1,3), ROW(1,NULL) = ROW(1,2), ROW(1,NULL) = ROW(2,NULL)
SELECT ROW(1,2) <> ROW(1,3), ROW(1,2) < ROW(1,3), ROW(1,2) >= ROW(1,2), ROW(1,NULL) < ROW(2,1), ROW(1,NULL) < ROW(1,1)
SELECT ROW(1,2) = ROW(1,2,3)
SELECT ROW(1,2) < ROW(1)
SELECT ROW() = ROW()
SELECT ROW(1,2) = ROW(1,'x')
SELECT ROW(1,2) = ROW(1,'2')
SELECT ROW('{}'::json) = ROW('{}'::json)
SELECT ROW(1,2) = 1
SELECT ROW(1,2) = 'x'
SELECT ROW(1,2) + 1
SELECT 1 = ROW(1,2)
SELECT n = n FROM n ORDER BY a
SELECT n = ROW(1, 'x'::text) FROM n ORDER BY a
SELECT n = ROW(1, 'x') FROM n ORDER BY a
SELECT n = ROW(1, 2) FROM n ORDER BY a
SELECT n = ROW(1) FROM n WHERE a = 1
SELECT n < ROW(2, NULL::text), n <= n, n > n, n >= ROW(1, 'x'::text), n <> n FROM n ORDER BY a
SELECT a FROM n WHERE n = ROW(1, 'x'::text)
SELECT a FROM n WHERE (a, b) = (1, 'x')
SELECT a FROM n WHERE (n.*) = ROW(1, 'x'::text)
SELECT a FROM n WHERE ROW(n.*) = ROW(1, 'x')
SELECT x.a, y.a FROM n x JOIN n y ON x = y ORDER BY 1
SELECT r = r FROM (VALUES (ROW(1,2)), (ROW(NULL,2))) v(r)
SELECT r = r FROM (VALUES (ROW('a'))) v(r)
SELECT r < r FROM (VALUES (ROW('{}'::json))) v(r)
SELECT r = s FROM (VALUES (ROW(1,2), ROW(1,'x'::text))) v(r, s)
SELECT r = s FROM (VALUES (ROW(2,2), ROW(1,'x'::text))) v(r, s)
SELECT r < s FROM (VALUES (ROW(1,2), ROW(1,2,3))) v(r, s)
SELECT r < s FROM (VALUES (ROW(1,2), ROW(2,2,3))) v(r, s)
SELECT r = NULL, NULL = r FROM (VALUES (ROW(1,2))) v(r)
SELECT ROW(1,2) IS DISTINCT FROM ROW(1,2), ROW(1,NULL) IS DISTINCT FROM ROW(1,NULL), ROW(1,NULL) IS NOT DISTINCT FROM ROW(1,NULL)
SELECT ROW(1,2) IS DISTINCT FROM ROW(1)
SELECT n IS DISTINCT FROM n, n IS NOT DISTINCT FROM ROW(2, NULL::text) FROM n ORDER BY a
SELECT ROW(1,2) IS DISTINCT FROM NULL, ROW(NULL) IS NOT DISTINCT FROM NULL
SELECT ROW(1,2) IN (ROW(1,2), ROW(3,4)), ROW(1,2) NOT IN (ROW(1,3)), (1,2) IN ((1,2))
SELECT n IN (ROW(1, 'x'::text)), n NOT IN (ROW(1, 'x'::text)) FROM n ORDER BY a
SELECT n IN (SELECT n FROM n WHERE a = 1) FROM n ORDER BY a
SELECT (a, b) IN (SELECT a, b FROM n WHERE a = 1) FROM n ORDER BY a
SELECT a FROM n WHERE (a, b) IN (SELECT a, b FROM n)
SELECT ROW(1,2) IN (SELECT ROW(1,2))
SELECT (SELECT ROW(1,2)) IN (SELECT ROW(1,2))
SELECT ROW(1,2) = ANY (ARRAY[ROW(1,2), ROW(3,4)]), ROW(1,2) <> ALL (ARRAY[ROW(1,2)])
SELECT n = ANY (SELECT n FROM n WHERE a = 2) FROM n ORDER BY a
SELECT n = ANY (ARRAY(SELECT n FROM n)) FROM n ORDER BY a
SELECT ROW(1,2) = (SELECT 1, 2), ROW(1,2) < (SELECT 1, 3), ROW(1,2) <> (SELECT 1, 3)
SELECT ROW(1,2) = (SELECT 1, 2 WHERE false)
SELECT ROW(1,2) = (SELECT x, 2 FROM (VALUES (1),(2)) v(x))
SELECT ROW(1,2) = (SELECT 1)
SELECT ROW(1) = (SELECT 1, 2)
SELECT a FROM n WHERE (a, b) = (SELECT a, b FROM n WHERE a = 1)
SELECT (1,2) BETWEEN (1,1) AND (1,3), (1,2) NOT BETWEEN (1,3) AND (2,0)
SELECT CASE ROW(1,2) WHEN ROW(1,2) THEN 'yes' ELSE 'no' END
SELECT CASE n WHEN ROW(1, 'x'::text) THEN 'one' ELSE 'other' END FROM n ORDER BY a
SELECT CASE WHEN a = 1 THEN n END FROM n ORDER BY a
SELECT CASE WHEN a = 1 THEN ROW(a, 5) ELSE ROW('x', b) END FROM n ORDER BY a
SELECT CASE WHEN a = 1 THEN n ELSE ROW(1,2) END FROM n
SELECT coalesce(NULL, ROW(1,2)), coalesce(n, NULL) FROM n ORDER BY a
SELECT coalesce(n, ROW(1,2)) FROM n
SELECT nullif(ROW(1,2), ROW(1,2)), nullif(ROW(1,2), ROW(1,3)), nullif(n, n) FROM n ORDER BY a
SELECT greatest(ROW(1,2), ROW(1,3)), least(ROW(2,1), ROW(1,3), NULL)
SELECT greatest(n, n) FROM n ORDER BY a
SELECT greatest(ROW(1,2), ROW('a',3))
SELECT max(ROW(1,2))
SELECT min(n) FROM n
SELECT sum(n) FROM n

# Sorting, grouping, DISTINCT
SELECT n FROM n ORDER BY n
SELECT n FROM n ORDER BY n DESC
SELECT n FROM n ORDER BY n NULLS FIRST
SELECT a FROM n ORDER BY n
SELECT id FROM p ORDER BY p
SELECT r FROM (VALUES (ROW(2,'a'::text)), (ROW(1,'b'::text)), (ROW(1,NULL::text))) v(r) ORDER BY r
SELECT r FROM (VALUES (ROW(1.0)), (ROW(1.00)), (ROW(0.5))) v(r) ORDER BY r
SELECT DISTINCT r FROM (VALUES (ROW(1,2)), (ROW(1,2)), (ROW(1,3))) v(r)
SELECT DISTINCT n FROM n
SELECT DISTINCT ON (n) n, a FROM n ORDER BY n
SELECT n, count(*) FROM n GROUP BY n ORDER BY n
SELECT r, count(*) FROM (VALUES (ROW(1,2)), (ROW(1,2)), (ROW(1,3))) v(r) GROUP BY r ORDER BY r
SELECT r FROM (VALUES (ROW(1,2)), (ROW(1,3))) v(r) GROUP BY 1 HAVING r > ROW(1,2)
SELECT count(DISTINCT (a, 1)), count(DISTINCT n), count(DISTINCT ROW(a)) FROM n
SELECT count(DISTINCT (c.p, 1)) FROM c
SELECT count(ROW(a, b)), count((a, b)) FROM n
SELECT n, count(*) FROM n GROUP BY a
SELECT n, count(*) FROM n GROUP BY b
SELECT n.*, count(*) FROM n GROUP BY b
SELECT p, count(*) FROM p GROUP BY id ORDER BY id
SELECT row_to_json(p), count(c.id) FROM p LEFT JOIN c ON c.p = p.id GROUP BY p.id ORDER BY p.id
SELECT row_to_json(n), count(*) FROM n GROUP BY a, b ORDER BY a
SELECT (n).a, count(*) FROM n GROUP BY (n).a ORDER BY 1
SELECT ROW(a, count(*)) FROM n GROUP BY a ORDER BY a
SELECT ROW(1,2) UNION SELECT ROW(1,2) UNION SELECT ROW(3,4) ORDER BY 1
SELECT ROW(1,2) UNION ALL SELECT ROW('a','b')
SELECT ROW(1,2) UNION SELECT ROW('a'::text,'b'::text)
SELECT ROW(1,2) INTERSECT SELECT ROW(1,2)
SELECT ROW(1,2) EXCEPT SELECT ROW(1,3)
SELECT n FROM n UNION ALL SELECT n FROM n WHERE a = 1
SELECT n FROM n UNION SELECT ROW(1, 2)
SELECT n FROM n EXCEPT SELECT n FROM n WHERE a = 1
SELECT rank() OVER (ORDER BY n), n FROM n ORDER BY n
SELECT lag(n) OVER (ORDER BY a), first_value(n) OVER (ORDER BY a) FROM n ORDER BY a
SELECT count(*) OVER (PARTITION BY n) FROM n
SELECT json_agg(n) OVER (ORDER BY a) FROM n ORDER BY a
SELECT r FROM (VALUES (ROW('{}'::json))) v(r) ORDER BY r
SELECT DISTINCT r FROM (VALUES (ROW('{}'::json))) v(r)

# Arrays of rows
SELECT ARRAY[ROW(1,2), ROW(3,4)]
SELECT ARRAY[ROW(1,'a b'), NULL, ROW(2,'"')]
SELECT ARRAY[ROW(1,2), ROW('x')]
SELECT ARRAY[ROW(1,2), 3]
SELECT ARRAY[n, n]::text FROM n ORDER BY a
SELECT array_agg(n ORDER BY a)::text FROM n
SELECT array_agg(ROW(a,b) ORDER BY a) FROM n
SELECT array_agg((a,b)) FROM n WHERE false
SELECT array_agg(DISTINCT n)::text FROM n
SELECT array_agg(p ORDER BY id)::text FROM p
SELECT ARRAY(SELECT n FROM n ORDER BY a)::text
SELECT ARRAY(SELECT n.* FROM n)
SELECT n.*::text, CAST(n.* AS text), md5(n.*::text) FROM n ORDER BY a
SELECT n.* = n.*, n.* IS NOT NULL, n.* IS DISTINCT FROM NULL FROM n ORDER BY a
SELECT ARRAY(SELECT ROW(a, b) FROM n ORDER BY a)
SELECT (ARRAY[ROW(1,2), ROW(3,4)])[2]
SELECT (ARRAY[ROW(1,2), ROW(3,4)])[1:1]
SELECT array_length(ARRAY[ROW(1,2)], 1), cardinality(ARRAY[ROW(1), ROW(2)]), array_ndims(ARRAY[ROW(1)]), array_dims(ARRAY[ROW(1)])
SELECT ARRAY[ROW(1,2)] || ROW(3,4), ROW(0,0) || ARRAY[ROW(1,2)], ARRAY[ROW(1,2)] || ARRAY[ROW(3,4)]
SELECT array_append(ARRAY[ROW(1,2)], ROW(3,4)), array_cat(ARRAY[ROW(1)], ARRAY[ROW(2)]), array_prepend(ROW(1), NULL)
SELECT unnest(ARRAY[ROW(1,2), ROW(3,4)])
SELECT u FROM unnest(ARRAY(SELECT n FROM n ORDER BY a)) u
SELECT ARRAY[ROW(1,2)]::text, ARRAY[ROW(1,'a b')]::text
SELECT array_to_string(ARRAY[ROW(1,2), NULL, ROW(3,'x y')], ';', '-')
SELECT ARRAY[ROW(1,2)] = ARRAY[ROW(1,2)]
SELECT ARRAY[ARRAY[ROW(1)], ARRAY[ROW(2)]]
SELECT array_position(ARRAY[ROW(1,2), ROW(3,4)], ROW(3,4))
SELECT ARRAY[ROW(now())] IS NULL
SELECT array_fill(ROW(1,2), ARRAY[2])

# Arguments
SELECT format('%s|%L|%I', ROW(1,2), ROW('a b'), ROW(1))
SELECT concat(ROW(1,2), 'x', NULL, ROW(NULL)), concat_ws(',', ROW(1), 2)
SELECT quote_literal(ROW(1,'x')), quote_nullable(ROW(1))
SELECT num_nulls(ROW(NULL), NULL), num_nonnulls(ROW(NULL), NULL)
SELECT upper(n) FROM n
SELECT length(ROW(1,2))
SELECT lower(ROW('A')::text)
SELECT n::text LIKE '(1%' FROM n ORDER BY a
SELECT md5(n::text) FROM n ORDER BY a
SELECT string_agg(n::text, ';' ORDER BY a) FROM n
SELECT abs(ROW(1))
SELECT generate_series(ROW(1), 2)
SELECT * FROM n WHERE n
SELECT * FROM n LIMIT ROW(1)

# Rows that are written
INSERT INTO n VALUES (5, 'five') RETURNING n, (n).b, row_to_json(n), n.*
INSERT INTO n AS m VALUES (6, NULL) RETURNING m, to_jsonb(m), ROW(m.*)
UPDATE n SET b = 'cinq' WHERE a = 5 RETURNING n, row_to_json(n.*), n IS NOT NULL
UPDATE n SET b = m.b FROM (VALUES (6, 'six')) m(a, b) WHERE n.a = m.a RETURNING n, m, row_to_json(m)
DELETE FROM n USING p WHERE n.a = 5 RETURNING n, p IS NULL
DELETE FROM n WHERE a = 6 RETURNING row_to_json(n)
INSERT INTO n SELECT (x).* FROM (SELECT ROW(7, 'seven'::text) AS x) s RETURNING n
DELETE FROM n WHERE n = ROW(7, 'seven'::text) RETURNING *
UPDATE n SET (a, b) = ROW(a, 'z') WHERE a = 2 RETURNING n
UPDATE n SET (a, b) = (a, NULL) WHERE a = 2 RETURNING n
UPDATE n SET b = ROW(1,2) WHERE a = 2
INSERT INTO n VALUES (ROW(1,2), 'x')
INSERT INTO p (id, name) VALUES (1, 'dup') ON CONFLICT (id) DO UPDATE SET name = p.name || excluded.name RETURNING p.id, row_to_json(p)->>'name'
UPDATE p SET name = 'a "b"' WHERE id = 1
WITH w AS (DELETE FROM c WHERE id = 13 RETURNING c) SELECT c, (c).note FROM w
WITH w AS (INSERT INTO c VALUES (13, NULL, 'none') RETURNING *) SELECT json_agg(w) FROM w
COPY (SELECT n, ROW(1,'a b') FROM n ORDER BY a) TO STDOUT
COPY (SELECT n FROM n ORDER BY a) TO STDOUT (FORMAT csv)

# Where rows can't be
CREATE TABLE bad AS SELECT ROW(1,2) AS r
CREATE VIEW bad AS SELECT ROW(1,2) AS r
CREATE TABLE bad (r record)
CREATE TABLE bad2 (a int GENERATED ALWAYS AS (bad2 IS NULL) STORED)
CREATE TABLE bad2 (a int, b bool GENERATED ALWAYS AS (bad2 IS NULL) STORED)
CREATE VIEW json_of_n AS SELECT row_to_json(n) AS j FROM n
SELECT * FROM json_of_n ORDER BY j::text
CREATE VIEW json_of_s AS SELECT json_agg(s) AS j FROM (SELECT a FROM n ORDER BY a) s
SELECT * FROM json_of_s
SELECT pg_get_viewdef('json_of_n'), pg_get_viewdef('json_of_s')
WITH RECURSIVE t(r, i) AS (SELECT ROW(1), 1 UNION ALL SELECT ROW(i), i + 1 FROM t WHERE i < 3) SELECT * FROM t
WITH RECURSIVE g(id, path) AS (SELECT 1, ARRAY[ROW(1)] UNION ALL SELECT id + 1, path || ROW(id + 1) FROM g WHERE id < 3) SELECT * FROM g
WITH RECURSIVE g(id, path, cycle) AS (SELECT 1, ARRAY[ROW(1)], false UNION ALL SELECT id % 3 + 1, path || ROW(id % 3 + 1), ROW(id % 3 + 1) = ANY (path) FROM g WHERE NOT cycle) SELECT * FROM g
PREPARE rows_of AS SELECT n, row_to_json(n) FROM n WHERE a = $1
EXECUTE rows_of(1)
DECLARE cur CURSOR FOR SELECT 1
EXPLAIN (COSTS OFF) SELECT n FROM n
SELECT * FROM (SELECT n FROM n ORDER BY a) s
SELECT s::text FROM (SELECT n, 1 AS x FROM n ORDER BY a) s
SELECT (s).n FROM (SELECT n, 1 AS x FROM n ORDER BY a) s
SELECT (s.n).b, s.x FROM (SELECT n, 1 AS x FROM n ORDER BY a) s
SELECT EXISTS (SELECT n FROM n), NOT EXISTS (SELECT n FROM n WHERE false)
SELECT 1 FROM n HAVING count(n) > 1
SELECT array_agg(x) FROM (SELECT ROW(a, b) AS x FROM n ORDER BY a) s
SELECT a, (SELECT m FROM n m WHERE m.a = n.a) FROM n ORDER BY a
SELECT a, (SELECT json_agg(m) FROM n m WHERE m.a >= n.a) FROM n ORDER BY a
SELECT a, (SELECT row_to_json(x) FROM (SELECT n.a, n.b) x) FROM n ORDER BY a
SELECT a, (SELECT x FROM (SELECT n.*) x) FROM n ORDER BY a
SELECT a, (SELECT n) FROM n ORDER BY a

# Rows of known types
SELECT NULL::n, NULL::n IS NULL, (NULL::n).a
SELECT ROW(1,'y')::n, (ROW(1,'y')::n).b
SELECT CAST(ROW('1', NULL) AS n)
SELECT '(3,"q w")'::n, ('(3,"q w")'::n).b
SELECT ('(3,)'::n).*
SELECT n '(4,four)'
SELECT '(3)'::n
SELECT '(3,4,5)'::n
SELECT '3,4'::n
SELECT '(3,4'::n
SELECT '(3,4) x'::n
SELECT ' (3,4) '::n
SELECT '("3",\"x)'::n
SELECT '(a,b)'::n
SELECT '("",b)'::n
SELECT ROW(1)::n
SELECT ROW(1,2,3)::n
SELECT ROW('a','b')::n
SELECT ROW(true,'b')::n
SELECT ROW(1.7,'b')::n
SELECT r::n FROM (SELECT ROW(1,'a'::text) AS r) s
SELECT s::n FROM (SELECT 5 AS x, 'five' AS y) s
SELECT n::record FROM n ORDER BY a
SELECT n::c FROM n
SELECT n::int FROM n
SELECT 1::n
SELECT '(1,x)'::text::n
SELECT ('(' || 5 || ',z)')::n
SELECT n::text::n = n FROM n ORDER BY a
SELECT '{"(1,x)",NULL,"(2,\"y z\")"}'::n[]::text
SELECT ('{"(1,x)","(2,y)"}'::n[])[2].b
SELECT (ARRAY[ROW(1,'a'),ROW(2,'b')]::n[])[1]
SELECT unnest('{"(1,x)","(2,y)"}'::n[])
SELECT * FROM unnest('{"(1,x)","(2,y)"}'::n[])
SELECT * FROM unnest('{"(1,x)","(2,y)"}'::n[]) u
SELECT '(1,x)'::n = '(1,x)'::n, '(1,x)'::n < ROW(2,'a'::text)
SELECT n = '(1,x)'::n FROM n ORDER BY a
SELECT n FROM n WHERE n = '(1,x)'
SELECT n IN ('(1,x)', '(2,)') FROM n
SELECT ('(9,"a ""b""",1234567.891,2024-01-02 03:04:05+00,"{1,2}")'::p).price
SELECT '(9,b,1234567.891,2024-01-02 03:04:05+00,"{1,2}")'::p
SELECT '(9,b,1.005,"2024-01-02 03:04:05+00","{1,2}")'::p
SELECT '(9,b,1,notatime,"{1,2}")'::p
SELECT $1::n
$ (7,seven)
$ NULL
$ (7
SELECT ($1::n).b, $1::n
$ (7,"seven up")
SELECT $1::n[]::text
$ {"(1,x)"}
SELECT coalesce(n, '(0,none)') FROM n ORDER BY a
SELECT CASE WHEN a = 1 THEN n ELSE ROW(0,'')::n END FROM n ORDER BY a
SELECT n UNION ALL SELECT 1
SELECT ROW(1,'x')::n UNION SELECT n FROM n ORDER BY 1
SELECT to_json('(3,"q w")'::n), row_to_json(ROW(1,'y')::n)
SELECT '(1,x)'::nope
SELECT '(1,x)'::public.n, '(1,x)'::public.nope
SELECT '(1,x)'::nope.n
SELECT pg_typeof('(1,x)'::n)::text, 'n'::regtype::text, 'n[]'::regtype::text, to_regtype('n')::text
SELECT format_type(t.oid, NULL), t.typtype, t.typcategory, c.relkind, c.reltype = t.oid FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relname IN ('n', 'vw') ORDER BY 1
SELECT t.typname, e.typname, t.typcategory FROM pg_type t JOIN pg_type e ON t.typelem = e.oid WHERE e.typname = 'n'
SELECT vw = ROW(1, 'a "b"')::vw FROM vw WHERE id = 1
CREATE VIEW of_rows AS SELECT n, '(1,x)'::n AS c FROM n
SELECT * FROM of_rows ORDER BY n
SELECT (n).b, (c).a FROM of_rows ORDER BY (n).a
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'of_rows'::regclass ORDER BY attnum
DROP VIEW of_rows

# Rows of json
! CREATE TABLE m (j json, jb jsonb, t text[], i int[], v varchar(3), d numeric(5,2), at timestamptz, b bool)
select json_populate_record(null::n, '[1]')
select json_populate_record(null::n, '1')
select json_populate_record(null::n, 'null'), jsonb_populate_record(null::n, 'null')
select jsonb_populate_record(null::n, '[1]')
select jsonb_populate_record(null::n, '1')
select json_populate_recordset(null::n, '{}')
select json_populate_recordset(null::n, '1')
select json_populate_recordset(null::n, '[1]')
select json_populate_recordset(null::n, '[[1]]')
select json_populate_recordset(null::n, '[null]')
select jsonb_populate_recordset(null::n, '{}')
select jsonb_populate_recordset(null::n, '1')
select jsonb_populate_recordset(null::n, '[1]')
select jsonb_populate_recordset(null::n, '[[1]]')
select json_populate_record(null::m, '{"j":{"x": 1},"jb":{"x": 1},"t":["a",null,1,{"q": 1}],"i":[1,"2"]}')
select jsonb_populate_record(null::m, '{"j":{"x": 1},"jb":{"x": 1},"t":["a",null,1,{"q": 1}],"i":[1,"2"]}')
select json_populate_record(null::m, '{"j":"str","jb":"str","v":"abc","d":1.005}')
select json_populate_record(null::m, '{"v":"abcd"}')
select json_populate_record(null::m, '{"d":12345}')
select json_populate_record(null::m, '{"i":1}')
select json_populate_record(null::m, '{"i":{"a":1}}')
select json_populate_record(null::m, '{"i":[[1,2],[3]]}')
select json_populate_record(null::m, '{"i":[[1,2],[3,4]]}')
select json_populate_record(null::m, '{"i":[1,[2]]}')
select json_populate_record(null::m, '{"i":["x"]}')
select json_populate_record(null::n, '{"a":"x"}')
select json_populate_record(null::n, '{"a":true}')
select json_populate_record(null::n, '{"a":1,"b":true,"a":2}')
select json_populate_record(row(1,'x')::n, '{"a":5}'), json_populate_record(row(1,'x')::n, '{}'), json_populate_record(row(1,'x')::n, null)
select json_populate_record(row(1,2), '{"f1":5}')
select json_populate_record(null::record, '{"f1":5}')
select json_populate_record(null, '{"f1":5}')
select json_populate_record(1, '{"f1":5}')
select * from json_populate_record(null::n, '{"a":1,"b":"x"}')
select * from json_populate_recordset(null::n, '[{"a":1,"b":"x"},{"b":2}]') x
select x from json_populate_recordset(null::n, '[{"a":1,"b":"x"},{"b":2}]') x
select x.q, x.b from json_populate_recordset(null::n, '[{"a":1,"b":"x"},{"b":2}]') x(q)
select * from json_populate_recordset(row(7,'d')::n, '[{"a":1},{"b":2},{}]') with ordinality x
select json_populate_recordset(null::n, null)
select (json_populate_record(null::n, '{"a":1}')).*
select * from json_to_record('{"a":1,"b":"x","c":[1,2]}') as x(a int, b text, c int[], d json)
select * from json_to_recordset('[{"a":1,"b":"x"},{"a":"2"}]') as x(a int, b text)
select x from json_to_recordset('[{"a":1,"b":"x"},{"a":"2"}]') as x(a int, b varchar(2))
select * from json_to_recordset('[{"a":1,"b":"x"},{"a":"2"}]')
select * from json_to_recordset('[{"a":1,"b":"x"},{"a":"2"}]') as x(a, b)
select json_to_record('{"a":1}')
select * from json_to_record('[1]') as x(a int)
select * from json_to_record('1') as x(a int)
select * from jsonb_to_recordset('{"a":1}') as x(a int)
select * from jsonb_to_recordset('[1]') as x(a int)
select * from json_to_record(null) as x(a int)
select * from json_to_recordset(null) as x(a int)
select * from generate_series(1,2) as x(a int)
select * from json_each('{}') as x(a int, b text)
select * from json_populate_recordset(null::n, '[]') as x(a int, b text)
select row_to_json(x) from json_to_recordset('[{"a":1,"b":"x"}]') as x(a int, b text)
select * from json_populate_recordset(null::n, $$[{"a":1,"b":"x"}, {"a":null,"b":null}]$$), n
insert into n select * from json_populate_recordset(null::n, '[{"a":1,"b":"x"},{"b":2}]') returning *
insert into n select a, b from json_to_recordset('[{"a":1,"b":"x"},{"b":2}]') as _(a int, b text) returning n
SELECT * FROM json_populate_recordset(NULL::p, '[{"id":5,"name":"x","price":1.005,"at":"2024-01-02 03:04:05+00","tags":["a","b c"]},{"id":"6"}]')
INSERT INTO p SELECT * FROM json_populate_recordset(NULL::p, $1) RETURNING *
$ [{"id":50,"name":"x","price":1.005,"tags":["a","b c"]},{"id":"60"}]
WITH pgrst_payload AS (SELECT $1::json AS json_data), pgrst_body AS (SELECT CASE WHEN json_typeof(json_data) = 'array' THEN json_data ELSE json_build_array(json_data) END AS val FROM pgrst_payload) INSERT INTO p(id, name) SELECT id, name FROM json_populate_recordset(null::p, (SELECT val FROM pgrst_body)) _ RETURNING p.id, row_to_json(p)->>'name'
$ {"id":70,"name":"seventy"}
WITH pgrst_body AS (SELECT $1::json AS val) INSERT INTO p(id, name) SELECT pgrst_body.id, pgrst_body.name FROM (SELECT CASE WHEN json_typeof(val) = 'array' THEN val ELSE json_build_array(val) END AS val FROM pgrst_body) pgrst_json_defs, LATERAL (SELECT id, name FROM json_to_recordset(pgrst_json_defs.val) AS _(id integer, name text)) pgrst_body RETURNING p.id
$ [{"id":80,"name":"eighty"},{"id":81}]
DELETE FROM p WHERE id >= 50
SELECT (x).id, (x).tags FROM (SELECT json_populate_record(NULL::p, '{"id":5,"tags":["a"]}') AS x) s
SELECT id, name FROM p, LATERAL json_populate_record(NULL::n, row_to_json(p)) q WHERE q.a IS NULL ORDER BY id
SELECT q.* FROM p, LATERAL jsonb_populate_record(NULL::p, to_jsonb(p) || '{"name":"other"}') q ORDER BY q.id
SELECT q FROM p, LATERAL jsonb_populate_record(p, '{"name":"other"}') q ORDER BY q.id
UPDATE p SET (name, price) = (SELECT name, price FROM json_populate_record(p, '{"name":"changed"}')) WHERE id = 3 RETURNING id, name, price
SELECT x.id, x.tags[1], row_to_json(x) FROM jsonb_to_recordset('[{"id":1,"tags":["a"],"extra":true},{"tags":null}]') AS x(id int, tags text[])
SELECT * FROM json_to_recordset('[{"a":1,"b":{"c":[1,2]}},{"a":null,"b":"s"}]') AS x(a bigint, b jsonb) WHERE a > 0
SELECT * FROM jsonb_to_record('{"a":"2024-01-02","b":"1 day","c":1.50}') AS x(a date, b interval, c numeric, d uuid)
SELECT * FROM json_to_record('{"a":1}') AS x(a int, a text)
SELECT * FROM json_to_record('{"a":1}') AS x(a nope)
SELECT * FROM json_to_record('{"a":"x"}') AS x(a int)
SELECT * FROM json_to_record('{a}') AS x(a int)
SELECT * FROM jsonb_to_recordset('[{"a":1},{"a":2}]') WITH ORDINALITY AS x(a, n)
SELECT count(*), sum(a) FROM jsonb_to_recordset('[{"a":1},{"a":2}]') AS x(a int)
SELECT p.id, x.a FROM p JOIN json_to_recordset('[{"a":1},{"a":2}]') AS x(a int) ON x.a = p.id ORDER BY 1
SELECT p.id, x.a, x FROM p LEFT JOIN json_to_recordset('[{"a":1}]') AS x(a int) ON x.a = p.id ORDER BY 1

# Composite types
CREATE TYPE point2 AS (x int, y numeric(6,2))
CREATE TYPE named AS (name text, at point2, tags text[])
CREATE TYPE nothing AS ()
CREATE TYPE point2 AS (x int)
CREATE TYPE bad AS (x nope)
CREATE TYPE bad AS (x int, x text)
CREATE TYPE bad AS (x record)
CREATE TYPE n AS (x int)
CREATE TABLE point2 (x int)
SELECT ROW(1,2)::point2, '(3,4.567)'::point2, ('(3,4.567)'::point2).y, NULL::point2
SELECT ROW('a', ROW(1,2), '{x}')::named::text
SELECT '(a,"(1,2.5)","{x,y}")'::named::text, ('(a,"(1,2.5)","{x,y}")'::named).at.x
SELECT (('(a,"(1,2.5)","{x,y}")'::named).at).*
SELECT ROW(1,2,3)::point2
SELECT ROW(1,'x')::point2
SELECT '(1,99999)'::point2
SELECT '()'::nothing, ROW()::nothing
SELECT '{"(1,2)","(3,4)"}'::point2[]::text, (ARRAY[ROW(1,2),ROW(3,4)]::point2[])[2].x
SELECT * FROM unnest('{"(1,2)","(3,4)"}'::point2[])
SELECT u.x, u FROM unnest($1::point2[]) u
$ {"(1,2)","(3,4.5)"}
SELECT to_json('(1,2.5)'::point2), row_to_json(ROW('a', ROW(1,2), NULL)::named)
SELECT * FROM json_populate_recordset(NULL::named, '[{"name":"a","at":{"x":1,"y":2}},{"tags":["q"]}]')
SELECT p, q::text FROM json_to_record('{"p":{"x":1},"q":[{"y":2}]}') AS j(p point2, q point2[])
SELECT '(1,2)'::point2 = '(1,2.00)'::point2, '(1,2)'::point2 < '(1,3)'::point2, '(1,2)'::point2 = ROW(1,2)
SELECT pg_typeof('(1,2)'::point2)::text, pg_typeof(ARRAY['(1,2)'::point2])::text
SELECT typname, typtype, typcategory, typlen, typarray <> 0, typrelid <> 0, format_type(oid, NULL) FROM pg_type WHERE typname IN ('point2', '_point2', 'named') ORDER BY 1
SELECT relname, relkind, relnatts, reltype <> 0 FROM pg_class WHERE relname IN ('point2', 'named') ORDER BY 1
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnum FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relname IN ('point2', 'named') ORDER BY c.relname, a.attnum
SELECT * FROM point2
CREATE TABLE shape (id int PRIMARY KEY, p point2, ps point2[], d point2 DEFAULT ROW(0,0), CHECK ((p).x < 100))
INSERT INTO shape VALUES (1, '(1,2)', '{"(1,2)",NULL}'), (2, ROW(2,3.456), ARRAY[ROW(5,6)]::point2[]), (3, NULL, NULL), (4, ROW(NULL,NULL), '{}')
INSERT INTO shape VALUES (5, ROW(100,1))
INSERT INTO shape VALUES (5, ROW('x',1))
INSERT INTO shape VALUES (5, 7)
INSERT INTO shape VALUES (5, '(1')
INSERT INTO shape VALUES (5, $1, $2) RETURNING p, (p).x, ps::text
$ (9,9.999) | {"(1,1)"}
SELECT id, p, (p).x, (p).y, d FROM shape ORDER BY id
SELECT id, ps::text, (ps)[1].x FROM shape ORDER BY id
SELECT id, p IS NULL, p IS NOT NULL, p IS DISTINCT FROM NULL FROM shape ORDER BY id
SELECT (p).* FROM shape ORDER BY id
SELECT shape::text FROM shape ORDER BY id
SELECT row_to_json(s) FROM shape s ORDER BY id
SELECT id FROM shape WHERE p = ROW(1, 2.00) ORDER BY id
SELECT id FROM shape WHERE (p).x > 1 ORDER BY id
SELECT id FROM shape ORDER BY p, id
SELECT p, count(*) FROM shape GROUP BY p ORDER BY p
SELECT DISTINCT p FROM shape ORDER BY p
UPDATE shape SET p = ROW((p).x + 1, (p).y) WHERE id = 1 RETURNING p
UPDATE shape SET p.x = 50 WHERE id = 1 RETURNING p
UPDATE shape SET p.x = 51, p.y = (p).y + 1, id = id WHERE id = 1 RETURNING p
UPDATE shape SET p.x = 1 WHERE id = 3 RETURNING p
UPDATE shape SET p = NULL WHERE id = 3 RETURNING p
UPDATE shape SET p.z = 1
UPDATE shape SET id.z = 1
UPDATE shape SET p.x = 'x'
UPDATE shape SET p.x = true
UPDATE shape SET p.x = DEFAULT
UPDATE shape SET p.x = 1, p = NULL
UPDATE shape SET nope.x = 1
SELECT (s.p).x, t.p FROM shape s JOIN shape t ON s.p = t.p ORDER BY s.id, t.id
CREATE INDEX ON shape (p)
CREATE TABLE shape2 AS SELECT p, (p).x FROM shape
SELECT * FROM shape2 ORDER BY p
CREATE VIEW shape_view AS SELECT (p).x, '(1,2)'::point2 AS c FROM shape
SELECT * FROM shape_view ORDER BY x
DROP TYPE point2
ALTER TYPE named ADD ATTRIBUTE extra int
ALTER TYPE named RENAME ATTRIBUTE extra TO more
ALTER TYPE named ALTER ATTRIBUTE more TYPE text
SELECT '(a,,,b)'::named::text
ALTER TYPE named DROP ATTRIBUTE more
ALTER TYPE named DROP ATTRIBUTE more
ALTER TYPE named DROP ATTRIBUTE IF EXISTS more
ALTER TYPE named ADD ATTRIBUTE name int
ALTER TYPE nope ADD ATTRIBUTE name int
ALTER TYPE named RENAME TO renamed
SELECT '(a,,)'::renamed::text, pg_typeof('(a,,)'::renamed)::text
COMMENT ON TYPE renamed IS 'said'
SELECT obj_description('renamed'::regtype, 'pg_type')
DROP TYPE renamed
DROP TYPE renamed
DROP TYPE IF EXISTS renamed
DROP VIEW shape_view
DROP TABLE shape, shape2
DROP TYPE point2, nothing
! CREATE TYPE vd_addr AS (street text, zip int)
! CREATE TYPE vd_named AS (n text, at vd_addr, many int[], j jsonb)
! CREATE TABLE vd_person (id int PRIMARY KEY, a vd_addr, b vd_addr[], c vd_named)
CREATE VIEW vd1 AS SELECT id, (a).zip FROM vd_person WHERE (a).zip > 3 ORDER BY (a).street
CREATE VIEW vd2 AS SELECT ((c).at).zip, (c).at.street AS s, ((c).at).zip + 1 AS n, upper((a).street) FROM vd_person p
CREATE VIEW vd3 AS SELECT p AS p, (p).a, ((p).a).zip AS z, row_to_json(p) AS j FROM vd_person p
CREATE VIEW vd4 AS SELECT (b[1]).zip, ((c).many)[1], (c).many[2] AS m, b[1], (c).many[1:2] AS s, ((c).j)['a'] AS e, b[id + 1] AS i FROM vd_person
CREATE VIEW vd5 AS SELECT (x.y).zip FROM (SELECT a AS y FROM vd_person) x
CREATE VIEW vd6 AS SELECT (a).*, id FROM vd_person
CREATE VIEW vd7 AS SELECT (ROW('x', 2)::vd_addr).zip, (NULL::vd_addr).street, (SELECT a FROM vd_person LIMIT 1) AS one
CREATE VIEW vd8 AS SELECT ((SELECT a FROM vd_person LIMIT 1)).zip AS q, count(DISTINCT p) FROM vd_person p
CREATE VIEW vd9 AS SELECT CASE WHEN (a).zip IS NULL THEN 'none' ELSE (a).street END AS k, (a).zip::text || 'x' AS t FROM vd_person GROUP BY a, (a).zip
SELECT viewname, pg_get_viewdef(viewname::regclass) FROM pg_views WHERE viewname LIKE 'vd_' ORDER BY 1
SELECT viewname, pg_get_viewdef(viewname::regclass, true) FROM pg_views WHERE viewname LIKE 'vd_' ORDER BY 1
SELECT viewname, definition FROM pg_views WHERE viewname IN ('vd2', 'vd4') ORDER BY 1
INSERT INTO vd_person VALUES (1, ROW('s', 4), ARRAY[ROW('t', 5)::vd_addr, NULL], ROW('n', ROW('u', 6), '{7,8}', '{"a": 9}'))
SELECT * FROM vd4
SELECT * FROM vd2
SELECT * FROM vd6
SELECT * FROM vd9
CREATE VIEW vda AS SELECT (p).*, (c).at.*, ROW('x', NULL, NULL, NULL)::vd_named IS NULL AS n FROM vd_person p
SELECT pg_get_viewdef('vda'::regclass)
SELECT id, street, zip, n FROM vda
! DROP TABLE vd_person CASCADE
! DROP TYPE vd_named
! DROP TYPE vd_addr
