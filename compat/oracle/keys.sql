# schema: Keys and indexes

# Arrays
! CREATE TABLE ka (a int[] PRIMARY KEY, b text[] UNIQUE, n numeric[])
INSERT INTO ka VALUES ('{1,2}', '{a,b}', '{1.0}'), ('{}', '{}', NULL), ('{2}', NULL, '{1,NULL}'), ('{{1,2}}', '{NULL}', '{}')
INSERT INTO ka VALUES ('{1,2}')
INSERT INTO ka VALUES (ARRAY[1,2], '{z}')
INSERT INTO ka VALUES ('[1:2]={1,2}', '{y}')
INSERT INTO ka VALUES ('[0:1]={1,2}', '{y}')
INSERT INTO ka VALUES ('{3}', '{NULL}')
INSERT INTO ka VALUES ('{3}', '{a,b}')
INSERT INTO ka VALUES (NULL)
INSERT INTO ka VALUES ('{4,NULL}', NULL), ('{4,NULL}', NULL)
SELECT a FROM ka ORDER BY a
SELECT b FROM ka ORDER BY b, a
SELECT b FROM ka ORDER BY b DESC, a
SELECT a FROM ka WHERE a = '{1,2}'
SELECT a FROM ka WHERE a IN ('{1,2}', '{2}', '{9}') ORDER BY a
SELECT a FROM ka WHERE a > '{1}' ORDER BY a DESC
SELECT a FROM ka WHERE a BETWEEN '{}' AND '{1,2}' ORDER BY 1
SELECT a FROM ka WHERE a IS DISTINCT FROM '{1,2}' ORDER BY 1
SELECT count(*) FROM ka WHERE b = '{a,b}'
SELECT min(a), max(a), min(b), max(b) FROM ka
$ {1,2} | {2}
SELECT a FROM ka WHERE a = $1 OR a = $2 ORDER BY a
UPDATE ka SET a = '{2}' WHERE a = '{1,2}'
UPDATE ka SET a = a || 7 WHERE a = '{1,2}'
SELECT a FROM ka ORDER BY a
DELETE FROM ka WHERE a = '{1,2,7}' RETURNING a, b
INSERT INTO ka VALUES ('{2}', '{x}') ON CONFLICT DO NOTHING
INSERT INTO ka VALUES ('{2}', '{x}') ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *
INSERT INTO ka VALUES ('{5}', '{x}'), ('{6}', '{w}') ON CONFLICT (b) DO UPDATE SET n = '{7.5}' RETURNING *
INSERT INTO ka VALUES ('{8}', '{u}'), ('{8}', '{v}') ON CONFLICT (a) DO UPDATE SET b = excluded.b
INSERT INTO ka (a) VALUES ('{2}') ON CONFLICT ON CONSTRAINT ka_pkey DO NOTHING
INSERT INTO ka VALUES ('{2}') ON CONFLICT (n) DO NOTHING
CREATE UNIQUE INDEX ka_n ON ka (n)
UPDATE ka SET n = '{1.00}' WHERE a = '{2}'
INSERT INTO ka VALUES ('{10}', NULL, '{7.500}')
SELECT a, n FROM ka ORDER BY n, a
SELECT DISTINCT n FROM ka ORDER BY n
SELECT n, count(*) FROM ka GROUP BY n ORDER BY n
CREATE UNIQUE INDEX ON ka ((a[1:0]))
CREATE TABLE kb (f float8[] UNIQUE, d date[] UNIQUE, t timestamptz[] UNIQUE, u uuid[] UNIQUE, o bool[] UNIQUE, c char(3)[] UNIQUE, y bytea[] UNIQUE, i interval[] UNIQUE, j jsonb[] UNIQUE, s int8[] UNIQUE)
INSERT INTO kb (f) VALUES ('{0}'), ('{NaN}'), ('{-1.5,NULL}'), ('{Infinity}'), (NULL), (NULL)
INSERT INTO kb (f) VALUES ('{NaN}')
SELECT f FROM kb ORDER BY f
INSERT INTO kb (d, t) VALUES ('{2024-01-01,infinity}', '{2024-01-01 00:00:00+00}')
INSERT INTO kb (t) VALUES ('{2024-01-01 01:00:00+01}')
INSERT INTO kb (d) VALUES ('{2024-01-01,infinity}')
INSERT INTO kb (u, o) VALUES ('{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}', '{t,f}')
INSERT INTO kb (u) VALUES ('{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}')
INSERT INTO kb (o) VALUES ('{true,false}')
INSERT INTO kb (c) VALUES ('{a,"b "}')
INSERT INTO kb (c) VALUES ('{"a  ",b}')
INSERT INTO kb (y) VALUES ('{"\\x00ff"}')
INSERT INTO kb (y) VALUES ('{"\\x00FF"}')
INSERT INTO kb (i) VALUES ('{1 mon}')
INSERT INTO kb (i) VALUES ('{30 days}')
INSERT INTO kb (j) VALUES ('{"{\"a\": 1.0}"}')
INSERT INTO kb (j) VALUES ('{"{\"a\":1}"}')
INSERT INTO kb (s) VALUES ('{9223372036854775807,-9223372036854775808}')
INSERT INTO kb (s) VALUES ('{9223372036854775807,-9223372036854775808}')
DROP TABLE kb

# jsonb
! CREATE TABLE kj (id int, j jsonb PRIMARY KEY)
INSERT INTO kj VALUES (1, '1'), (2, '"a"'), (3, '{"a": 1}'), (4, '[]'), (5, '[1, 2]'), (6, 'null'), (7, 'true'), (8, '{}'), (9, '{"b": {"c": [1.50]}}'), (10, '{"a": 1, "b": 2}'), (11, '[]'::jsonb || '[[]]')
INSERT INTO kj VALUES (20, '1.0')
INSERT INTO kj VALUES (20, '{"a":1.00}')
INSERT INTO kj VALUES (20, '{"b": {"c": [1.5]}}')
INSERT INTO kj VALUES (20, NULL)
INSERT INTO kj VALUES (20, '{"b": 2, "a": 1}')
SELECT j FROM kj ORDER BY j
SELECT j FROM kj ORDER BY j DESC LIMIT 3
SELECT id FROM kj WHERE j = '{"a": 1.000}'
SELECT id FROM kj WHERE j > '[1]' ORDER BY j
SELECT id FROM kj WHERE j IN ('1.0', 'null') ORDER BY id
SELECT id FROM kj WHERE j <> '1' ORDER BY id LIMIT 2
$ {"a": 1}
SELECT id FROM kj WHERE j = $1
INSERT INTO kj VALUES (21, '1.00') ON CONFLICT (j) DO UPDATE SET id = kj.id + excluded.id RETURNING id, j
UPDATE kj SET j = jsonb_set(j, '{a}', '2') WHERE j = '{"a": 1}'
UPDATE kj SET j = '[1,2.0]' WHERE id = 8
SELECT id, j FROM kj ORDER BY j
! CREATE TABLE kj_child (j jsonb REFERENCES kj, note text)
INSERT INTO kj_child VALUES ('{"a": 2.0}', 'x'), (NULL, 'y')
INSERT INTO kj_child VALUES ('{"a": 3}', 'x')
DELETE FROM kj WHERE j = '{"a": 2}'
UPDATE kj SET j = '{"a": 2.00}' WHERE j = '{"a": 2}'
UPDATE kj SET j = '{"a": 4}' WHERE j = '{"a": 2}'
UPDATE kj_child SET j = '99'
DELETE FROM kj_child WHERE j = '{"a": 2}'
DELETE FROM kj WHERE j = '{"a": 2}'
DROP TABLE kj CASCADE
DROP TABLE kj_child

# Intervals are equal if they are of equal length
! CREATE TABLE ki (i interval PRIMARY KEY, n int)
INSERT INTO ki VALUES ('1 mon', 1), ('1 day', 2), ('-1 hour', 3), ('0', 4)
INSERT INTO ki VALUES ('30 days', 5)
INSERT INTO ki VALUES ('24:00:00', 5)
SELECT i FROM ki ORDER BY i
SELECT n FROM ki WHERE i = '720 hours'
SELECT n FROM ki WHERE i > '1 hour' ORDER BY i DESC
SELECT n FROM ki WHERE i IN ('24 hours', '30 days') ORDER BY n
SELECT min(i), max(i) FROM ki
INSERT INTO ki VALUES ('30 days', 9) ON CONFLICT (i) DO UPDATE SET n = excluded.n RETURNING i, n
UPDATE ki SET i = i * 2 WHERE n = 9 RETURNING i
! CREATE TABLE ki_child (i interval REFERENCES ki ON DELETE CASCADE)
INSERT INTO ki_child VALUES ('60 days'), ('1440:00:00')
INSERT INTO ki_child VALUES ('61 days')
DELETE FROM ki WHERE i = '2 mons'
SELECT count(*) FROM ki_child
DROP TABLE ki CASCADE

# Rows
! CREATE TYPE kpoint AS (x numeric, y text)
! CREATE TABLE kr (p kpoint PRIMARY KEY, n int)
INSERT INTO kr VALUES ('(1,a)', 1), ('(1,b)', 2), ('(0.5,)', 3), ('(,a)', 4), ('(,)', 5)
INSERT INTO kr VALUES ('(1.0,a)', 6)
INSERT INTO kr VALUES (ROW(NULL, 'a'), 6)
INSERT INTO kr VALUES (NULL, 6)
SELECT p FROM kr ORDER BY p
SELECT n FROM kr WHERE p = '(1.00,a)'
SELECT n FROM kr WHERE p = ROW(1, 'a')::kpoint
SELECT n FROM kr WHERE p > '(1,a)' ORDER BY p
SELECT n FROM kr WHERE (p).x = 1 ORDER BY n
INSERT INTO kr VALUES ('(1.000,a)', 7) ON CONFLICT (p) DO UPDATE SET n = excluded.n RETURNING *
UPDATE kr SET p.y = 'b' WHERE n = 7
UPDATE kr SET p.y = 'c' WHERE n = 7 RETURNING *
CREATE INDEX kr_p ON kr (p DESC NULLS LAST, n)
SELECT indexdef FROM pg_indexes WHERE tablename = 'kr' ORDER BY 1
DROP TABLE kr
DROP TYPE kpoint

# Enums, and rows with them
! CREATE TYPE kmood AS ENUM ('sad', 'ok', 'happy')
! CREATE TYPE kpair AS (m kmood, n int)
! CREATE TABLE ke (m kmood UNIQUE, p kpair UNIQUE)
INSERT INTO ke VALUES ('happy', '(sad,1)'), ('sad', '(happy,1)'), ('ok', '(ok,)')
INSERT INTO ke VALUES ('sad', NULL)
INSERT INTO ke VALUES (NULL, '(ok,)')
SELECT m FROM ke ORDER BY m
SELECT p::text FROM ke ORDER BY p
SELECT p::text FROM ke WHERE p < '(happy,0)' ORDER BY p DESC
ALTER TYPE kmood ADD VALUE 'glad' BEFORE 'ok'
INSERT INTO ke VALUES ('glad', '(glad,5)')
SELECT p::text FROM ke ORDER BY p
DROP TABLE ke
DROP TYPE kpair
DROP TYPE kmood

# Domains
! CREATE DOMAIN ktags AS text[] CHECK (cardinality(VALUE) < 4)
! CREATE DOMAIN kspan AS interval
! CREATE TABLE kd (t ktags PRIMARY KEY, s kspan UNIQUE)
INSERT INTO kd VALUES ('{a}', '1 mon'), ('{b,c}', NULL)
INSERT INTO kd VALUES ('{a}', NULL)
INSERT INTO kd VALUES ('{c}', '30 days')
INSERT INTO kd VALUES ('{a,b,c,d}', NULL)
SELECT * FROM kd WHERE t = '{b,c}'
INSERT INTO kd VALUES ('{a}', '2 days') ON CONFLICT (t) DO UPDATE SET s = excluded.s RETURNING *
DROP TABLE kd
DROP DOMAIN ktags
DROP DOMAIN kspan

# Several columns
! CREATE TABLE km (a int, t text[], j jsonb, i interval, PRIMARY KEY (a, t), UNIQUE (j, i))
INSERT INTO km VALUES (1, '{x}', '{"k": 1}', '1 day'), (1, '{y}', '{"k": 1}', '2 days'), (2, '{x}', NULL, '1 day')
INSERT INTO km VALUES (1, '{x}', NULL, NULL)
INSERT INTO km VALUES (3, '{x}', '{"k": 1.0}', '24 hours')
INSERT INTO km VALUES (4, NULL)
INSERT INTO km VALUES (4, '{x}', NULL, '1 day'), (5, '{x}', NULL, '1 day')
INSERT INTO km VALUES (1, '{x}') ON CONFLICT (t, a) DO UPDATE SET i = '5 days' RETURNING *
INSERT INTO km VALUES (9, '{x}', '{"k": 1}', '48 hours') ON CONFLICT (j, i) DO NOTHING
! CREATE TABLE km_child (id int, a int, t text[], FOREIGN KEY (a, t) REFERENCES km)
INSERT INTO km_child VALUES (1, 1, '{x}'), (2, 1, NULL), (3, NULL, '{q}')
INSERT INTO km_child VALUES (4, 1, '{q}')
DELETE FROM km WHERE a = 1 AND t = '{x}'
SELECT a, t FROM km WHERE a = 1 AND t >= '{x}' ORDER BY a, t
DROP TABLE km CASCADE
DROP TABLE km_child

# Expressions
! CREATE TABLE kx (id int PRIMARY KEY, name text, price numeric(8,2), doc jsonb, qty int, at timestamp)
! INSERT INTO kx VALUES (1, 'Alice', 10.50, '{"email": "a@x", "n": 1}', 3, '2024-01-01 10:00'), (2, 'bob', 7, '{"email": "b@x"}', 0, '2024-02-01'), (3, 'Carol', NULL, '{"email": "c@x", "tags": ["p", "q"]}', NULL, NULL), (4, NULL, 7.00, NULL, 2, '2023-05-05 05:05:05')
CREATE UNIQUE INDEX kx_lower ON kx (lower(name))
CREATE UNIQUE INDEX kx_email ON kx ((doc ->> 'email'))
CREATE INDEX kx_double ON kx ((price * 2))
CREATE INDEX kx_total ON kx ((price * qty) DESC NULLS LAST, id)
CREATE INDEX kx_sum ON kx ((qty + 1))
CREATE INDEX kx_abs ON kx (abs(qty - 5))
CREATE INDEX kx_more ON kx ((string_to_array(name, ',') || 'x'), (qty::text), (doc -> 'tags' -> 0), (CASE WHEN qty > 1 THEN 'a' ELSE 'b' END))
CREATE INDEX ON kx ((qty::numeric), (coalesce(name, '')), (doc #>> '{a,b}'))
CREATE INDEX kx_day ON kx (date_trunc('day', at))
CREATE INDEX kx_tags ON kx ((doc -> 'tags'))
CREATE INDEX kx_words ON kx (string_to_array(name, 'o'))
CREATE INDEX kx_age ON kx ((at - '2024-01-01'::timestamp))
CREATE INDEX ON kx (upper(name), (qty * 2))
CREATE INDEX ON kx ((name || '!'))
INSERT INTO kx VALUES (5, 'ALICE')
INSERT INTO kx (id, doc) VALUES (5, '{"email": "a@x"}')
UPDATE kx SET name = 'BOB' WHERE id = 1
UPDATE kx SET doc = doc || '{"email": "b@x"}' WHERE id = 1
INSERT INTO kx (id, name) VALUES (5, 'alice') ON CONFLICT (lower(name)) DO UPDATE SET qty = 99 RETURNING id, name, qty
INSERT INTO kx (id, doc) VALUES (5, '{"email": "b@x"}') ON CONFLICT ((doc ->> 'email')) DO NOTHING
INSERT INTO kx (id, doc) VALUES (6, '{"email": "b@x"}'), (7, '{"email": "g@x"}') ON CONFLICT ((doc ->> 'email')) DO UPDATE SET price = 1 RETURNING id, price
INSERT INTO kx (id, name) VALUES (8, 'dave'), (9, 'Dave') ON CONFLICT (lower(name)) DO UPDATE SET qty = 1
INSERT INTO kx (id, name) VALUES (5, 'eve') ON CONFLICT (upper(name)) DO NOTHING
INSERT INTO kx (id, name) VALUES (5, 'eve') ON CONFLICT (lower(name), id) DO NOTHING
INSERT INTO kx (id, name) VALUES (5, 'eve') ON CONFLICT (zzzzzzzz) DO NOTHING
INSERT INTO kx (id, name) VALUES (5, 'eve') ON CONFLICT (lower(nope)) DO NOTHING
SELECT id FROM kx WHERE lower(name) = 'alice'
SELECT id FROM kx WHERE doc ->> 'email' = 'c@x'
SELECT id FROM kx WHERE price * 2 > 14 ORDER BY price * 2
SELECT id, price * 2 AS d FROM kx WHERE price * 2 = 14.000 ORDER BY id
SELECT id FROM kx ORDER BY price * 2 LIMIT 3
SELECT id FROM kx ORDER BY price * qty DESC NULLS LAST, id
SELECT id FROM kx WHERE doc -> 'tags' = '["p","q"]'
SELECT id FROM kx WHERE string_to_array(name, 'o') = '{Car,l}'
SELECT id, string_to_array(name, 'o') FROM kx ORDER BY string_to_array(name, 'o'), id
SELECT id FROM kx WHERE at - '2024-01-01'::timestamp = '31 days'
SELECT id FROM kx WHERE at - '2024-01-01'::timestamp < '1 mon' ORDER BY at - '2024-01-01'::timestamp
SELECT abs(qty - 5), count(*) FROM kx GROUP BY abs(qty - 5) ORDER BY 1
SELECT id FROM kx WHERE qty + 1 IN (1, 4) ORDER BY id
SELECT a.id, b.id FROM kx a LEFT JOIN kx b ON b.price * 2 = a.price * 2 AND a.id < b.id ORDER BY 1, 2
SELECT a.id, b.id, b.qty + 1 FROM kx a LEFT JOIN kx b ON lower(b.name) = 'carol' AND a.id = 1 WHERE coalesce(b.qty, 0) = 0 ORDER BY 1, 2
UPDATE kx SET price = price + 1 WHERE price * 2 = 14
SELECT id, price FROM kx ORDER BY price * 2, id
DELETE FROM kx WHERE price * 2 = 16 RETURNING id
SELECT indexdef FROM pg_indexes WHERE tablename = 'kx' ORDER BY indexname
SELECT c.relname, i.indkey::text, i.indnatts, i.indisunique, pg_get_expr(i.indexprs, i.indrelid), i.indclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'kx'::regclass ORDER BY 1
ALTER TABLE kx RENAME COLUMN price TO cost
SELECT indexdef FROM pg_indexes WHERE indexname IN ('kx_double', 'kx_total') ORDER BY 1
SELECT id FROM kx WHERE cost * 2 = 21
ALTER TABLE kx ALTER COLUMN cost TYPE numeric(12,4)
SELECT id FROM kx WHERE cost * 2 = 21
ALTER TABLE kx ADD COLUMN extra text[] DEFAULT '{q}' UNIQUE
DELETE FROM kx WHERE id > 1
ALTER TABLE kx ADD COLUMN extra text[] DEFAULT '{q}' UNIQUE
INSERT INTO kx (id) VALUES (30)
INSERT INTO kx (id, extra, cost) VALUES (31, '{r}', 10.5)
SELECT id, extra FROM kx WHERE cost * 2 = 21 ORDER BY extra
DROP INDEX kx_double, kx_total
ALTER TABLE kx DROP COLUMN cost
INSERT INTO kx (id, extra) VALUES (32, '{r}')
ALTER TABLE kx DROP CONSTRAINT kx_extra_key
INSERT INTO kx (id, extra) VALUES (32, '{r}')
SELECT id, extra FROM kx ORDER BY extra, id
SELECT * FROM kx WHERE id = 31
CREATE UNIQUE INDEX kx_dup ON kx (extra)
CREATE UNIQUE INDEX kx_dup ON kx ((extra[1]))
DROP TABLE kx

# What an index can't be of
! CREATE TABLE kn (a int, j json, t text, at timestamptz)
CREATE INDEX ON kn (j)
CREATE INDEX ON kn ((j -> 'a'))
CREATE INDEX ON kn ((j ->> 'a'))
CREATE INDEX ON kn (random())
CREATE INDEX ON kn ((a + random()))
CREATE INDEX ON kn (now())
CREATE INDEX ON kn ((at::date))
CREATE INDEX ON kn (date_trunc('day', at))
CREATE INDEX ON kn (a) WHERE at > now()
CREATE INDEX ON kn (a) WHERE random() > 0.5
CREATE INDEX ON kn (((SELECT 1)))
CREATE INDEX ON kn (a) WHERE EXISTS (SELECT 1)
CREATE INDEX ON kn (sum(a))
CREATE INDEX ON kn (a) WHERE a
CREATE INDEX ON kn (a) WHERE nope = 1
CREATE INDEX ON kn (generate_series(1, a))
CREATE TABLE kn2 (j json PRIMARY KEY)
CREATE TABLE kn2 (j json UNIQUE)
CREATE INDEX ON kn (a COLLATE "C")
CREATE INDEX ON kn (t COLLATE "C", (a))
CREATE INDEX ON kn ((t) COLLATE "C" DESC)
CREATE INDEX ON kn (a nope_ops)
CREATE INDEX ON kn (a text_ops)
CREATE INDEX ON kn (t int4_ops)
CREATE INDEX kn_pattern ON kn (t text_pattern_ops, t varchar_pattern_ops, t varchar_ops, t text_ops)
CREATE INDEX kn_partial_fails ON kn ((1 / a)) WHERE a <> 0
INSERT INTO kn (a) VALUES (0), (2)
INSERT INTO kn (a) VALUES (0) RETURNING a
SELECT a FROM kn WHERE 1 / a = 0 AND a <> 0
SELECT a FROM kn WHERE a <> 0 ORDER BY 1 / a
UPDATE kn SET a = 0 WHERE a = 2
CREATE INDEX kn_fails ON kn ((1 / a))
SELECT indexdef FROM pg_indexes WHERE tablename = 'kn' ORDER BY 1
DROP TABLE kn

# Partial indexes
! CREATE TABLE kp (id int PRIMARY KEY, email text, tags text[], doc jsonb, gone timestamptz, state text)
CREATE UNIQUE INDEX kp_live ON kp (lower(email)) WHERE gone IS NULL
CREATE UNIQUE INDEX kp_tags ON kp (tags) WHERE doc ? 'main'
CREATE INDEX kp_state ON kp (id) WHERE state = ANY (ARRAY['new', 'old'])
CREATE INDEX kp_doc ON kp (id) WHERE doc = '{"a": 1}'
CREATE INDEX kp_arr ON kp (id) WHERE tags = '{a}'
INSERT INTO kp (id, email, tags, doc) VALUES (1, 'A@x', '{a}', '{"main": 1}'), (2, 'b@x', '{a}', '{}'), (3, 'c@x', '{a}', NULL)
INSERT INTO kp (id, email) VALUES (4, 'a@X')
INSERT INTO kp (id, email, gone) VALUES (4, 'a@X', '2024-01-01')
INSERT INTO kp (id, tags, doc) VALUES (5, '{a}', '{"main": 2}')
INSERT INTO kp (id, tags, doc) VALUES (5, '{a}', '{"other": 2}')
UPDATE kp SET doc = '{"main": 3}' WHERE id = 5
UPDATE kp SET gone = NULL WHERE id = 4
INSERT INTO kp (id, email) VALUES (6, 'a@x') ON CONFLICT (lower(email)) WHERE gone IS NULL DO UPDATE SET state = 'seen' RETURNING id, email, state
INSERT INTO kp (id, email, gone) VALUES (6, 'a@x', '2024-05-05') ON CONFLICT (lower(email)) WHERE gone IS NULL DO UPDATE SET state = 'seen' RETURNING id, email, state
INSERT INTO kp (id, email) VALUES (7, 'a@x') ON CONFLICT (lower(email)) DO NOTHING
INSERT INTO kp (id, email) VALUES (7, 'a@x') ON CONFLICT (email) WHERE gone IS NULL DO NOTHING
INSERT INTO kp (id, email) VALUES (7, 'a@x') ON CONFLICT (lower(email)) WHERE gone IS NULL AND id > 0 DO NOTHING
INSERT INTO kp (id, email) VALUES (7, 'a@x') ON CONFLICT (lower(email)) WHERE gone IS NOT NULL DO NOTHING
INSERT INTO kp (id, tags, doc) VALUES (8, '{a}', '{"main": 9}') ON CONFLICT (tags) WHERE doc ? 'main' DO UPDATE SET doc = excluded.doc RETURNING id, doc
INSERT INTO kp (id, tags, doc) VALUES (8, '{z}', '{"main": 1}'), (9, '{z}', '{"main": 2}') ON CONFLICT (tags) WHERE doc ? 'main' DO UPDATE SET doc = excluded.doc
INSERT INTO kp (id, tags, doc) VALUES (10, '{z}', '{"main": 1}'), (11, '{z}', '{}') ON CONFLICT (tags) WHERE doc ? 'main' DO UPDATE SET doc = excluded.doc RETURNING id
INSERT INTO kp (id) VALUES (1) ON CONFLICT (id) WHERE state = 'x' DO NOTHING
SELECT id FROM kp WHERE doc ? 'main' AND tags = '{a}'
SELECT id FROM kp WHERE tags = '{a}' ORDER BY id
SELECT id FROM kp WHERE state = ANY (ARRAY['new', 'old'])
SELECT id FROM kp WHERE doc = '{"a": 1.0}'
SELECT indexdef FROM pg_indexes WHERE tablename = 'kp' ORDER BY 1
CREATE UNIQUE INDEX kp_dup ON kp (tags) WHERE id < 4
SELECT id, email, tags, doc FROM kp ORDER BY id
DROP TABLE kp

# Keys of generated columns, and what foreign keys change
! CREATE TABLE kg (id int PRIMARY KEY, a int[], g int[] GENERATED ALWAYS AS (a || 0) STORED UNIQUE)
INSERT INTO kg (id, a) VALUES (1, '{1}'), (2, '{2}'), (3, NULL)
INSERT INTO kg (id, a) VALUES (4, '{1}')
UPDATE kg SET a = '{2}' WHERE id = 1
UPDATE kg SET a = '{3}' WHERE id = 1 RETURNING g
SELECT id FROM kg WHERE g = '{3,0}'
INSERT INTO kg (id, a) VALUES (5, '{3}') ON CONFLICT (g) DO UPDATE SET a = '{9}' RETURNING *
SELECT id, g FROM kg ORDER BY g
! CREATE TABLE kg_child (id int REFERENCES kg ON UPDATE CASCADE ON DELETE SET NULL, v int)
CREATE INDEX kg_child_double ON kg_child ((id * 10.0))
! INSERT INTO kg_child VALUES (1, 1), (2, 2), (2, 3)
UPDATE kg SET id = 20 WHERE id = 2
SELECT v FROM kg_child WHERE id * 10.0 = 200 ORDER BY v
DELETE FROM kg WHERE id = 20
SELECT v FROM kg_child WHERE id * 10.0 = 200
SELECT v FROM kg_child WHERE id * 10.0 IS NULL ORDER BY v
MERGE INTO kg USING (VALUES (1, '{7}'::int[]), (50, '{8}')) AS s (id, a) ON kg.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a WHEN NOT MATCHED THEN INSERT (id, a) VALUES (s.id, s.a)
SELECT id, g FROM kg WHERE g IN ('{7,0}', '{8,0}') ORDER BY g
MERGE INTO kg USING (VALUES (51, '{8}'::int[])) AS s (id, a) ON kg.id = s.id WHEN NOT MATCHED THEN INSERT (id, a) VALUES (s.id, s.a)
WITH moved AS (DELETE FROM kg WHERE g = '{8,0}' RETURNING a) INSERT INTO kg (id, a) SELECT 60, a || 5 FROM moved RETURNING id, g
INSERT INTO kg (id, a) SELECT 70, ARRAY[(random() * 0)::int]
SELECT id FROM kg WHERE g = '{0,0}'
COPY kg (id, a) FROM stdin
: 80	{80}
: 81	{81}
SELECT id FROM kg WHERE g = '{81,0}'
COPY kg (id, a) FROM stdin
: 90	{81}
TRUNCATE kg CASCADE
INSERT INTO kg (id, a) VALUES (1, '{81}')
DROP TABLE kg CASCADE
DROP TABLE kg_child

# Changes of tables with such keys
! CREATE TABLE kc (id int, a int[], i interval)
! INSERT INTO kc VALUES (1, '{1}', '1 mon'), (2, '{2}', '30 days'), (3, NULL, NULL)
ALTER TABLE kc ADD PRIMARY KEY (a)
DELETE FROM kc WHERE id = 3
ALTER TABLE kc ADD PRIMARY KEY (a)
ALTER TABLE kc ADD UNIQUE (i)
UPDATE kc SET i = '2 mons' WHERE id = 2
ALTER TABLE kc ADD UNIQUE (i)
ALTER TABLE kc ADD COLUMN z text
INSERT INTO kc VALUES (4, '{1}', NULL, 'z')
INSERT INTO kc VALUES (4, '{4}', '60 days', 'z')
INSERT INTO kc VALUES (4, '{4}', '61 days', 'z')
SELECT * FROM kc ORDER BY a
! CREATE TABLE kc_child (a int[])
! INSERT INTO kc_child VALUES ('{9}')
ALTER TABLE kc_child ADD FOREIGN KEY (a) REFERENCES kc
DELETE FROM kc_child
ALTER TABLE kc_child ADD FOREIGN KEY (a) REFERENCES kc
INSERT INTO kc_child VALUES ('{4}')
INSERT INTO kc_child VALUES ('{5}')
ALTER TABLE kc DROP CONSTRAINT kc_pkey
ALTER TABLE kc DROP CONSTRAINT kc_pkey CASCADE
INSERT INTO kc_child VALUES ('{5}')
ALTER TABLE kc ALTER COLUMN a TYPE text[] USING a::text[]
CREATE UNIQUE INDEX kc_a ON kc (a)
ALTER TABLE kc ADD CONSTRAINT kc_key UNIQUE USING INDEX kc_a
INSERT INTO kc VALUES (5, '{4}')
ALTER TABLE kc ALTER COLUMN a TYPE text USING a::text
INSERT INTO kc VALUES (5, '{4}')
ALTER TABLE kc ALTER COLUMN a TYPE text[] USING a::text[]
INSERT INTO kc VALUES (5, '{4}')
SELECT * FROM kc ORDER BY a
ALTER TABLE kc RENAME COLUMN a TO b
INSERT INTO kc (b) VALUES ('{4}')
ALTER TABLE kc RENAME TO kc2
INSERT INTO kc2 (b) VALUES ('{4}')
CREATE INDEX kc_expr ON kc2 ((kc2.id * 1.5)) WHERE kc2.id IS NOT NULL
ALTER TABLE kc2 RENAME TO kc3
SELECT indexdef FROM pg_indexes WHERE tablename = 'kc3' ORDER BY 1
SELECT id FROM kc3 WHERE id * 1.5 = 3 AND id IS NOT NULL
CREATE TABLE kc_like (LIKE kc3 INCLUDING ALL)
INSERT INTO kc_like (id, b) VALUES (1, '{x}'), (2, '{y}')
SELECT indexdef FROM pg_indexes WHERE indexname = 'kc_like_expr_idx'
SELECT b FROM kc_like WHERE id * 1.5 = 3 AND id IS NOT NULL
DROP TABLE kc_like
CREATE MATERIALIZED VIEW kc_mv AS SELECT id, b FROM kc3
CREATE UNIQUE INDEX ON kc_mv (b)
REFRESH MATERIALIZED VIEW kc_mv
REFRESH MATERIALIZED VIEW CONCURRENTLY kc_mv
SELECT id FROM kc_mv WHERE b = '{4}'
DROP MATERIALIZED VIEW kc_mv
ALTER TABLE kc3 DROP COLUMN b
SELECT * FROM kc3 ORDER BY id
DROP TABLE kc3
DROP TABLE kc_child

# Access methods
! CREATE TABLE kt (id int, doc jsonb, tags text[], name text, at timestamptz, v varchar(20), j json, n numeric, u uuid, b bool)
! INSERT INTO kt VALUES (1, '{"a": [1]}', '{x,y}', 'one', '2024-01-01', 'v1'), (2, '{"b": 2}', '{y}', 'two', '2024-06-01', 'v2')
CREATE INDEX kt_doc ON kt USING gin (doc)
CREATE INDEX kt_path ON kt USING gin (doc jsonb_path_ops)
CREATE INDEX kt_tags ON kt USING gin (tags)
CREATE INDEX kt_tags2 ON kt USING gin (tags array_ops, doc)
CREATE INDEX kt_inner ON kt USING GIN ((doc -> 'a'))
CREATE INDEX kt_some ON kt USING gin (doc) WITH (fastupdate = off, gin_pending_list_limit = 128) WHERE id > 0
CREATE INDEX kt_hash ON kt USING hash (name)
CREATE INDEX kt_hash2 ON kt USING hash (tags)
CREATE INDEX kt_hash3 ON kt USING hash (lower(name)) WITH (fillfactor = 50)
CREATE INDEX kt_brin ON kt USING brin (at)
CREATE INDEX kt_brin2 ON kt USING brin (id, at timestamptz_minmax_multi_ops) WITH (pages_per_range = 32, autosummarize)
CREATE INDEX kt_bloom ON kt USING brin (name text_bloom_ops)
CREATE INDEX kt_sp ON kt USING spgist (name)
CREATE INDEX kt_sp2 ON kt USING spgist (name text_ops)
CREATE INDEX kt_fill ON kt (id) WITH (fillfactor = 70, deduplicate_items = off)
CREATE INDEX kt_like ON kt (v varchar_pattern_ops DESC, name text_pattern_ops)
CREATE INDEX kt_incl ON kt (id) INCLUDE (doc, j, tags)
CREATE INDEX kt_incl2 ON kt USING spgist (name) INCLUDE (id)
CREATE INDEX ON kt USING gin (name)
CREATE INDEX ON kt USING gin (name gin_trgm_ops)
CREATE INDEX ON kt USING gist (name)
CREATE INDEX ON kt USING gist (doc)
CREATE INDEX ON kt USING gist (id)
CREATE INDEX ON kt USING gin (id)
CREATE INDEX ON kt USING gin (j)
CREATE INDEX ON kt USING hash (j)
CREATE INDEX ON kt USING hash (doc)
CREATE INDEX ON kt USING brin (doc)
CREATE INDEX ON kt USING spgist (id)
CREATE INDEX ON kt USING spgist (v)
CREATE INDEX ON kt USING gin (tags jsonb_ops)
CREATE INDEX ON kt USING gin (doc array_ops)
CREATE INDEX ON kt USING hash (name text_pattern_ops)
CREATE INDEX ON kt USING brin (id text_minmax_ops)
CREATE INDEX ON kt USING btree (name)
CREATE INDEX ON kt USING nope (name)
CREATE INDEX ON kt USING bloom (name)
CREATE UNIQUE INDEX ON kt USING hash (name)
CREATE UNIQUE INDEX ON kt USING gin (doc)
CREATE INDEX ON kt USING hash (name, id)
CREATE INDEX ON kt USING spgist (name, v)
CREATE INDEX ON kt USING hash (name) INCLUDE (id)
CREATE INDEX ON kt USING gin (doc) INCLUDE (id)
CREATE INDEX ON kt USING hash (name DESC)
CREATE INDEX ON kt USING gin (doc NULLS FIRST)
CREATE INDEX ON kt USING gin (doc ASC)
CREATE INDEX ON kt USING gin (nope)
CREATE INDEX ON kt USING gin (doc) WITH (fillfactor = 70)
CREATE INDEX ON kt (id) WITH (fastupdate = off)
CREATE INDEX ON kt (id) WITH (fillfactor = 5)
CREATE INDEX ON kt (id) WITH (fillfactor = 'x')
CREATE INDEX ON kt USING gin (doc) WITH (fastupdate = 5)
CREATE INDEX ON kt USING brin (id) WITH (pages_per_range = 0)
CREATE INDEX ON kt (id) WITH (fillfactor = 70, fillfactor = 80)
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'kt' ORDER BY 1
SELECT c.relname, a.amname, c.reloptions, i.indclass::text, i.indoption::text, i.indnkeyatts, i.indnatts, i.indcollation::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam JOIN pg_index i ON i.indexrelid = c.oid WHERE i.indrelid = 'kt'::regclass ORDER BY 1
SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_index i ON i.indexrelid = c.oid WHERE i.indrelid = 'kt'::regclass ORDER BY 1, 2
SELECT pg_get_indexdef('kt_tags2'::regclass, 1, true), pg_get_indexdef('kt_tags2'::regclass, 2, false), pg_get_indexdef('kt_some'::regclass, 0, true)
SELECT id FROM kt WHERE doc @> '{"a": [1]}'
SELECT id FROM kt WHERE tags && '{y}' ORDER BY id
SELECT id FROM kt WHERE doc ? 'b'
SELECT id FROM kt WHERE name = 'two'
SELECT id FROM kt WHERE tags = '{y}'
SELECT id FROM kt WHERE at > '2024-03-01'
SELECT id FROM kt WHERE v LIKE 'v%' ORDER BY id
UPDATE kt SET doc = '{"c": 3}', tags = '{}' WHERE name = 'one' RETURNING id, doc, tags
ALTER INDEX kt_doc RENAME TO kt_document
ALTER TABLE kt RENAME COLUMN doc TO document
SELECT indexdef FROM pg_indexes WHERE indexname = 'kt_document'
SELECT opcname, opcdefault, opcintype::regtype, opckeytype::regtype FROM pg_opclass JOIN pg_am a ON a.oid = opcmethod WHERE amname = 'gin' AND opcname <> 'tsvector_ops' ORDER BY 1
REINDEX INDEX kt_document
DROP INDEX kt_document, kt_path
ALTER TABLE kt DROP COLUMN tags
SELECT indexname FROM pg_indexes WHERE tablename = 'kt' ORDER BY 1
DROP INDEX kt_inner
ALTER TABLE kt ALTER COLUMN document TYPE text
DROP TABLE kt

# The other types that have keys
! CREATE TABLE ko (u uuid PRIMARY KEY, y bytea UNIQUE, t timetz UNIQUE, n numeric UNIQUE, c char(4) UNIQUE, f float8 UNIQUE, o oid UNIQUE, nm name UNIQUE)
INSERT INTO ko VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\x0001', '10:00+02', 1.0, 'ab', 0, 1, 'n')
INSERT INTO ko (u) VALUES ('{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}')
INSERT INTO ko (u, y) VALUES (gen_random_uuid(), '\x0001')
INSERT INTO ko (u, t) VALUES ('00000000-0000-0000-0000-000000000001', '10:00+02')
INSERT INTO ko (u, t) VALUES ('00000000-0000-0000-0000-000000000002', '09:00+01')
INSERT INTO ko (u, n) VALUES ('00000000-0000-0000-0000-000000000003', 1.000)
INSERT INTO ko (u, c) VALUES ('00000000-0000-0000-0000-000000000004', 'ab  ')
INSERT INTO ko (u, f) VALUES ('00000000-0000-0000-0000-000000000005', '0')
INSERT INTO ko (u, o) VALUES ('00000000-0000-0000-0000-000000000007', 1)
INSERT INTO ko (u, nm) VALUES ('00000000-0000-0000-0000-000000000008', 'n')
SELECT u, t FROM ko ORDER BY t
DROP TABLE ko

# Deferrable ones, of what has a column more in the file
! CREATE TYPE kp AS (x int, y numeric)
! CREATE TABLE kd (i int PRIMARY KEY, a int[] CONSTRAINT kd_a UNIQUE DEFERRABLE, j jsonb CONSTRAINT kd_j UNIQUE DEFERRABLE INITIALLY DEFERRED, v interval CONSTRAINT kd_v UNIQUE DEFERRABLE)
INSERT INTO kd SELECT i, ARRAY[i], jsonb_build_object('a', i), make_interval(days => 30 * i) FROM generate_series(1, 4) i
UPDATE kd SET a = ARRAY[a[1] + 1]
UPDATE kd SET v = v + interval '1 mon'
UPDATE kd SET j = jsonb_build_object('a', 5 - i)
SELECT * FROM kd ORDER BY i
INSERT INTO kd VALUES (5, '{2}', '{}', '1 day')
INSERT INTO kd VALUES (5, '{9}', '{}', '60 days')
UPDATE kd SET v = '3 mons' WHERE i = 4
INSERT INTO kd VALUES (5, NULL, NULL, NULL), (6, NULL, NULL, NULL)
UPDATE kd SET j = '{"a": 1.0}' WHERE i = 1
BEGIN
UPDATE kd SET j = '{"a": 1.0}' WHERE i = 1
SELECT i FROM kd WHERE j = '{"a": 1}' ORDER BY i
SET CONSTRAINTS kd_j IMMEDIATE
ROLLBACK
BEGIN
UPDATE kd SET j = '{"a": 1.0}' WHERE i = 1
UPDATE kd SET j = '{"b": 1}' WHERE i = 4
COMMIT
BEGIN
SET CONSTRAINTS ALL DEFERRED
INSERT INTO kd VALUES (7, '{3}', '{"b": 1}', '4 mons')
SAVEPOINT s
DELETE FROM kd WHERE a = '{3}' AND i < 7
ROLLBACK TO s
DELETE FROM kd WHERE i = 7
COMMIT
SELECT * FROM kd ORDER BY i
INSERT INTO kd VALUES (7, '{7}') ON CONFLICT (a) DO NOTHING
INSERT INTO kd VALUES (7, '{7}') ON CONFLICT ON CONSTRAINT kd_j DO UPDATE SET v = NULL
INSERT INTO kd VALUES (7, '{7}') ON CONFLICT DO NOTHING
INSERT INTO kd VALUES (1, '{7}') ON CONFLICT (i) DO NOTHING
INSERT INTO kd VALUES (1, '{7}') ON CONFLICT (i) DO UPDATE SET a = excluded.a RETURNING a
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'kd'::regclass ORDER BY 1
SELECT indexdef FROM pg_indexes WHERE tablename = 'kd' ORDER BY 1
ALTER TABLE kd ADD COLUMN p kp
UPDATE kd SET p = ROW(i / 2, 1)
ALTER TABLE kd ADD CONSTRAINT kd_p UNIQUE (p) DEFERRABLE
UPDATE kd SET p = ROW(i, 1)
ALTER TABLE kd ADD CONSTRAINT kd_p UNIQUE (p) DEFERRABLE INITIALLY DEFERRED
UPDATE kd SET p = ROW(2, 1.00) WHERE i = 3
ALTER TABLE kd ADD CONSTRAINT kd_again UNIQUE (p, a) DEFERRABLE
ALTER TABLE kd DROP CONSTRAINT kd_p
UPDATE kd SET p = ROW(2, 1.00) WHERE i = 3
ALTER TABLE kd DROP CONSTRAINT kd_again
CREATE UNIQUE INDEX kd_index ON kd (a, v)
ALTER TABLE kd ADD CONSTRAINT kd_using UNIQUE USING INDEX kd_index DEFERRABLE INITIALLY DEFERRED
ALTER TABLE kd DROP CONSTRAINT kd_a, DROP CONSTRAINT kd_v
UPDATE kd SET a = '{1}', v = '2 days' WHERE i < 3
UPDATE kd SET a = '{1}', v = interval '1 day' * i WHERE i < 3
ALTER TABLE kd ALTER COLUMN v TYPE text USING v::text
ALTER TABLE kd DROP CONSTRAINT kd_j, DROP COLUMN p
INSERT INTO kd SELECT 100 + i, a, j, v FROM kd WHERE i = 3
DROP TABLE kd
! CREATE TABLE kd (a int[] PRIMARY KEY DEFERRABLE, b int)
INSERT INTO kd VALUES ('{1}', 1), ('{2}', 2), ('{1}', 3)
INSERT INTO kd VALUES ('{1}', 1), ('{2}', 2)
UPDATE kd SET a = ARRAY[3 - a[1]]
SELECT * FROM kd ORDER BY a
CREATE TABLE kd_child (a int[] REFERENCES kd)
CREATE TABLE kd_copy (LIKE kd INCLUDING ALL)
INSERT INTO kd_copy VALUES ('{1}', 1), ('{1}', 2)
DROP TABLE kd, kd_copy
DROP TYPE kp

# Addresses
! CREATE TABLE kaddress (i int PRIMARY KEY, a inet UNIQUE, l cidr[] UNIQUE, m macaddr UNIQUE DEFERRABLE)
INSERT INTO kaddress VALUES (1, '10.0.0.1/8', '{10.0.0.0/8,::/0}', '08:00:2b:01:02:03'), (2, '10.0.0.1', '{10.0.0.0/9}', '08:00:2b:01:02:04'), (3, '::1', '{}', NULL)
INSERT INTO kaddress (i, a) VALUES (4, '10.0.0.1/32')
INSERT INTO kaddress (i, l) VALUES (4, '{10/8,::/0}')
INSERT INTO kaddress (i, m) VALUES (4, '08002b010204')
SELECT i FROM kaddress ORDER BY l
SELECT i FROM kaddress ORDER BY a DESC
SELECT i FROM kaddress WHERE a < '10.0.0.2/8'
CREATE INDEX kaddress_network ON kaddress (network(a))
CREATE INDEX kaddress_less ON kaddress ((a < '10.0.0.2/8')) WHERE a > '0.0.0.0'
SELECT i FROM kaddress WHERE network(a) = '10.0.0.0/8'
SELECT i FROM kaddress WHERE a > '0.0.0.0' AND (a < '10.0.0.2/8') ORDER BY 1
INSERT INTO kaddress (i, a) VALUES (5, '11.0.0.0/8') ON CONFLICT (a) DO NOTHING
INSERT INTO kaddress (i, a) VALUES (6, '11.0.0.0/8') ON CONFLICT (a) DO UPDATE SET i = 6 RETURNING i
DROP TABLE kaddress
! CREATE TABLE kpm (id int PRIMARY KEY, n int, UNIQUE (id, n))
INSERT INTO kpm VALUES (1, 1) ON CONFLICT (id) DO NOTHING
INSERT INTO kpm VALUES (1, 1) ON CONFLICT (id, n) DO NOTHING
INSERT INTO kpm VALUES (1, 1) ON CONFLICT DO NOTHING
# Which partial index is meant by more than it asks for.
! CREATE TABLE kim (a int, b int, t text)
! CREATE UNIQUE INDEX kim_b ON kim (b) WHERE a > 5
! CREATE UNIQUE INDEX kim_a ON kim (a) WHERE t <> 'x'
! INSERT INTO kim VALUES (9, 1, 'y')
INSERT INTO kim VALUES (9, 1, 'z') ON CONFLICT (b) WHERE a > 6 DO NOTHING
INSERT INTO kim VALUES (9, 1, 'z') ON CONFLICT (b) WHERE a >= 6 DO NOTHING
INSERT INTO kim VALUES (9, 1, 'z') ON CONFLICT (b) WHERE a >= 5 DO NOTHING
INSERT INTO kim VALUES (9, 1, 'z') ON CONFLICT (b) WHERE a > 5 AND t = 'z' DO NOTHING
INSERT INTO kim VALUES (9, 1, 'z') ON CONFLICT (b) WHERE a = 9 DO UPDATE SET t = 'n' RETURNING *
INSERT INTO kim VALUES (9, 1, 'z') ON CONFLICT (b) WHERE a = 5 DO NOTHING
INSERT INTO kim VALUES (9, 1, 'z') ON CONFLICT (b) WHERE 7 < a DO NOTHING
INSERT INTO kim VALUES (9, 1, 'z') ON CONFLICT (b) WHERE 7 > a DO NOTHING
INSERT INTO kim VALUES (9, 2, 'z') ON CONFLICT (a) WHERE t = 'z' DO NOTHING
INSERT INTO kim VALUES (9, 2, 'z') ON CONFLICT (a) WHERE t > 'x' DO NOTHING
INSERT INTO kim VALUES (9, 2, 'z') ON CONFLICT (a) WHERE t >= 'x' DO NOTHING
INSERT INTO kim VALUES (9, 2, 'z') ON CONFLICT (a) WHERE t < 'a' DO NOTHING
INSERT INTO kim VALUES (9, 2, 'x') ON CONFLICT (a) WHERE t = 'x' DO NOTHING
SELECT * FROM kim
