# language: Arrays of the values of domains
! CREATE DOMAIN posint AS int CHECK (value > 0)
! CREATE DOMAIN nn AS text NOT NULL
! CREATE DOMAIN v3 AS varchar(3)
! CREATE DOMAIN small AS posint CHECK (value < 100)
! CREATE DOMAIN free AS numeric(6, 2)
CREATE TABLE t (id int, a posint[], b nn[], c v3[], d small[], e free[])
INSERT INTO t VALUES (1, '{1,2}', '{a,b}', '{abc,d}', '{5,99}', '{1,2.345}')
INSERT INTO t VALUES (2, ARRAY[3, 4], ARRAY['x'], ARRAY['y'], ARRAY[7], ARRAY[1.5])
INSERT INTO t (id) VALUES (3)
INSERT INTO t (id, a) VALUES (4, '{}'), (5, '{7,NULL,9}'), (6, '[0:1]={1,2}'), (7, '{{1,2},{3,4}}')
INSERT INTO t (id, a) VALUES (8, ARRAY[1, -2])
INSERT INTO t (id, a) VALUES (8, ARRAY[ARRAY[1], ARRAY[0]])
INSERT INTO t (id, b) VALUES (8, ARRAY['a', NULL])
INSERT INTO t (id, c) VALUES (8, ARRAY['abcd'])
INSERT INTO t (id, c) VALUES (8, ARRAY['abcd']::v3[])
INSERT INTO t (id, d) VALUES (8, ARRAY[100])
INSERT INTO t (id, d) VALUES (8, ARRAY[0])
INSERT INTO t (id, a) VALUES (8, ARRAY['x'])
INSERT INTO t (id, a) VALUES (8, 5)
INSERT INTO t (id, a) VALUES (8, ARRAY[true])
SELECT * FROM t ORDER BY id
SELECT a, b, c, d, e FROM t WHERE id = 1
SELECT a[1], a[1:2], b[2], c[1], d[1], e[2] FROM t WHERE id = 1
SELECT pg_typeof(a), pg_typeof(a[1]), pg_typeof(a[1:1]), pg_typeof(c), pg_typeof(d), pg_typeof(ARRAY[a[1], a[2]]), pg_typeof(ARRAY[a[1], 3]) FROM t WHERE id = 1
SELECT unnest(a), pg_typeof(unnest(a)) FROM t WHERE id = 1
SELECT x, pg_typeof(x) FROM t, unnest(a) AS x WHERE id < 3 ORDER BY x
SELECT array_append(a, 3), array_append(a, 3::posint), a || 3, a || a, 3 || a, array_cat(a, '{3}') FROM t WHERE id = 1
SELECT pg_typeof(array_append(a, 3)), pg_typeof(array_append(a, 3::posint)), pg_typeof(a || a), pg_typeof(array_cat(a, '{3}')), pg_typeof(array_remove(a, 1)), pg_typeof(array_prepend(1::posint, a)) FROM t WHERE id = 1
SELECT array_remove(a, 1), array_replace(a, 1, 9), array_position(a, 2), array_positions(a, 2), cardinality(a), array_length(a, 1), array_dims(a), array_ndims(a), array_upper(a, 1), trim_array(a, 1) FROM t WHERE id = 1
SELECT array_to_string(a, ','), to_json(a), to_jsonb(b), array_to_json(c), a::text, a::varchar FROM t WHERE id < 3 ORDER BY id
SELECT array_agg(x::posint), pg_typeof(array_agg(x::posint)) FROM generate_series(1, 3) AS x
SELECT pg_typeof(array_agg(a)), array_agg(a) FROM t WHERE id < 3
SELECT ARRAY(SELECT unnest(a) FROM t WHERE id < 3 ORDER BY 1), pg_typeof(ARRAY(SELECT 1::posint))
SELECT a = '{1,2}', a <> '{1,2}', a < '{1,3}', a @> '{1}', a <@ '{1,2,3}', a && '{9}' FROM t WHERE id = 1
SELECT a = ARRAY[1,2] FROM t
SELECT ARRAY[1,2] = a FROM t
SELECT a @> ARRAY[1] FROM t
SELECT a && ARRAY[1::posint] FROM t WHERE id = 1
SELECT a = d FROM t
SELECT a || d FROM t WHERE id = 1
SELECT a || ARRAY[1], pg_typeof(a || ARRAY[1]) FROM t WHERE id = 1
SELECT id FROM t WHERE a = ARRAY[1,2]::posint[]
SELECT id FROM t WHERE a::int[] = ARRAY[1,2]
SELECT id FROM t WHERE 2 = ANY (a) ORDER BY id
SELECT id FROM t WHERE 2::posint = ANY (a) AND '1' = ANY (a) ORDER BY id
SELECT id FROM t WHERE 5 > ALL (a) ORDER BY id
SELECT 0 = ANY (a) FROM t WHERE id = 1
SELECT '{1,2}'::posint[]::int[], '{1,2}'::posint[]::text[], '{1,2}'::posint[]::text, ARRAY[1,2]::posint[], ARRAY['1','2']::posint[]
SELECT ARRAY[1,0]::posint[]
SELECT ARRAY['1','0']::posint[]
SELECT ARRAY[]::posint[], '{}'::posint[], NULL::posint[], ARRAY[NULL]::posint[]
SELECT ARRAY[NULL]::nn[]
SELECT NULL::nn[], '{}'::nn[]
SELECT CAST(ARRAY[1,2] AS posint[]), CAST('{3}' AS posint[])
SELECT '{abcd}'::v3[], ARRAY['abcd','x']::v3[], ARRAY['abcd']::text[]::v3[]
SELECT '{5}'::small[]::posint[], '{5}'::posint[]::small[], pg_typeof('{5}'::small[])
SELECT ARRAY[500]::posint[]::small[]
SELECT coalesce(a, '{1}'), coalesce(a, ARRAY[1]), CASE WHEN id = 1 THEN a ELSE '{9}' END FROM t WHERE id IN (1, 3) ORDER BY id
SELECT pg_typeof(coalesce(a, '{1}')), pg_typeof(coalesce(a, ARRAY[1])), pg_typeof(CASE WHEN id = 1 THEN a ELSE ARRAY[9] END), pg_typeof(nullif(a, '{1}')), pg_typeof(greatest(a, '{1}')) FROM t WHERE id = 1
SELECT coalesce(a, ARRAY[0]) FROM t WHERE id = 3
SELECT a FROM t WHERE id = 1 UNION ALL SELECT ARRAY[5]
SELECT a FROM t WHERE id = 1 UNION ALL SELECT ARRAY[0]
SELECT a::text[]::posint[] FROM t WHERE id = 1
SELECT max(a), min(a) FROM t WHERE id < 3
SELECT max(a) OVER (), first_value(a) OVER (ORDER BY id), lag(a) OVER (ORDER BY id) FROM t WHERE id < 3 ORDER BY id
SELECT DISTINCT a FROM t WHERE id < 3 ORDER BY a
SELECT a, count(*) FROM t GROUP BY a ORDER BY a
UPDATE t SET a[2] = 0 WHERE id = 1
UPDATE t SET a[2] = 5 WHERE id = 1 RETURNING a
UPDATE t SET a[1:2] = ARRAY[6, -1] WHERE id = 1
UPDATE t SET a[1:2] = '{6,7}' WHERE id = 1 RETURNING a
UPDATE t SET c[1] = 'abcd' WHERE id = 1
UPDATE t SET a = a || 0 WHERE id = 1
UPDATE t SET a = array_append(a, 8) WHERE id = 1 RETURNING a, a[3]
UPDATE t SET a = NULL WHERE id = 7 RETURNING a
UPDATE t SET b[3] = 'c' WHERE id = 1 RETURNING b
UPDATE t SET b[5] = 'c' WHERE id = 2
INSERT INTO t (id, a[1], a[2]) VALUES (9, 1, 2) RETURNING a
INSERT INTO t (id, a[1]) VALUES (9, 0)
INSERT INTO t (id, a) SELECT id + 100, a FROM t WHERE id = 1
INSERT INTO t (id, a) SELECT 200, array_agg(x) FROM generate_series(1, 3) AS x RETURNING a
INSERT INTO t (id, a) SELECT 200, array_agg(x) FROM generate_series(0, 3) AS x
INSERT INTO t (id, a) SELECT x, ARRAY[x, x + 1] FROM generate_series(301, 303) AS x
INSERT INTO t (id, a) SELECT x, ARRAY[x - 402] FROM generate_series(401, 403) AS x
INSERT INTO t (id, a) SELECT 500, ARRAY(SELECT x FROM generate_series(1, 3) AS x)
INSERT INTO t (id, a) SELECT 500, ARRAY(SELECT x FROM generate_series(0, 3) AS x)
SELECT id, a FROM t WHERE id > 100 ORDER BY id
SELECT $1::posint[]
$ {1,2}
SELECT $1::posint[]
$ {1,-2}
SELECT id FROM t WHERE a = $1 ORDER BY id
$ {6,7,8}
INSERT INTO t (id, a, b) VALUES (600, $1, $2) RETURNING a, b
$ {10,20} | {x,y}
INSERT INTO t (id, a, b) VALUES (601, $1, $2)
$ {10,20} | {x,NULL}
SELECT id FROM t WHERE 10 = ANY ($1::posint[]) AND id = 600
$ {10}
SELECT $1 = ANY (a) FROM t WHERE id = 600
$ 10
PREPARE p (posint[]) AS SELECT $1, pg_typeof($1)
EXECUTE p ('{1}')
EXECUTE p (ARRAY[2])
EXECUTE p (ARRAY[0])
SELECT parameter_types FROM pg_prepared_statements
COPY t (id, a, c) FROM STDIN
: 700	{1,2}	{abc}
: 701	\N	\N
COPY t (id, a) FROM STDIN
: 702	{1,0}
COPY t (id, c) FROM STDIN
: 702	{abcd}
COPY (SELECT id, a, c FROM t WHERE id >= 700 ORDER BY id) TO STDOUT
COPY (SELECT a FROM t WHERE id = 700) TO STDOUT (FORMAT csv)
CREATE TABLE s (x posint[] DEFAULT '{1}', y posint[] NOT NULL, z nn[] DEFAULT ARRAY['a'])
INSERT INTO s (y) VALUES (NULL)
INSERT INTO s (y) VALUES ('{2}') RETURNING *
INSERT INTO s VALUES (DEFAULT, '{3}', DEFAULT) RETURNING *
ALTER TABLE s ADD w posint[] DEFAULT ARRAY[1] NOT NULL
SELECT * FROM s ORDER BY y
CREATE TABLE k (a posint[] PRIMARY KEY CHECK (cardinality(a) < 3), CHECK (a <> '{7}'))
INSERT INTO k VALUES ('{1,2,3}')
INSERT INTO k VALUES ('{7}')
INSERT INTO k VALUES ('{8}')
INSERT INTO k VALUES ('{8}')
INSERT INTO k VALUES ('{8}') ON CONFLICT (a) DO UPDATE SET a = excluded.a || k.a RETURNING a
INSERT INTO k VALUES ('{8,8}') ON CONFLICT (a) DO UPDATE SET a = ARRAY[0]
CREATE TABLE l (a text[])
INSERT INTO l VALUES ('{1,2}'), ('{0}')
ALTER TABLE l ALTER a TYPE posint[] USING a::posint[]
DELETE FROM l WHERE a = '{0}'
ALTER TABLE l ALTER a TYPE posint[] USING a::posint[]
SELECT a, pg_typeof(a) FROM l
ALTER TABLE l ALTER a TYPE int[]
SELECT a, pg_typeof(a) FROM l
CREATE VIEW w AS SELECT id, a, a[1] AS first, '{1}'::posint[] AS x, ARRAY[1,2]::posint[] AS y, ARRAY[id]::int[]::posint[] AS z, NULL::posint[] AS n FROM t
SELECT * FROM w WHERE id = 1
SELECT pg_get_viewdef('w'::regclass)
SELECT attname, atttypid::regtype, atttypmod, attndims FROM pg_attribute WHERE attrelid IN ('t'::regclass, 'w'::regclass) AND attnum > 0 ORDER BY attrelid::regclass::text, attnum
SELECT column_name, data_type, udt_schema = current_schema AS own, udt_name, domain_name FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position
SELECT t.typname, t.typtype, t.typcategory, t.typelem::regtype, t.typarray::regtype, format_type(t.oid, NULL) FROM pg_type t WHERE t.typname IN ('posint', '_posint', '_v3') ORDER BY 1
CREATE DOMAIN ints AS int[] CHECK (cardinality(value) < 4)
CREATE TABLE m (a ints, b text)
INSERT INTO m VALUES ('{1,2,3}'), (ARRAY[4])
INSERT INTO m VALUES ('{1,2,3,4}')
SELECT a[1], a || 5, pg_typeof(a), pg_typeof(a[1]), pg_typeof(a || 5) FROM m ORDER BY a
ALTER DOMAIN posint ADD CHECK (value <> 5)
ALTER DOMAIN posint SET NOT NULL
ALTER DOMAIN small ADD CONSTRAINT other CHECK (value > 1)
ALTER DOMAIN posint SET DEFAULT 3
ALTER DOMAIN posint DROP DEFAULT
DROP DOMAIN small
DROP DOMAIN v3
DROP VIEW w
DROP DOMAIN v3 CASCADE
SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
DROP DOMAIN small CASCADE
DROP TABLE k, l
DROP DOMAIN posint
DROP DOMAIN posint CASCADE
SELECT * FROM t WHERE id < 3 ORDER BY id
SELECT '{1}'::posint[]
