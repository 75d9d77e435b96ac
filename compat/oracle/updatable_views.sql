# schema: Writing through views
! CREATE TABLE ub (a int PRIMARY KEY, b text DEFAULT 'Unspecified')
! INSERT INTO ub SELECT i, 'Row ' || i FROM generate_series(-2, 2) g(i)
! CREATE VIEW ro1 AS SELECT DISTINCT a, b FROM ub
! CREATE VIEW ro2 AS SELECT a, b FROM ub GROUP BY a, b
! CREATE VIEW ro3 AS SELECT 1 FROM ub HAVING max(a) > 0
! CREATE VIEW ro4 AS SELECT count(*) FROM ub
! CREATE VIEW ro5 AS SELECT a, rank() OVER () FROM ub
! CREATE VIEW ro6 AS SELECT a, b FROM ub UNION SELECT -a, b FROM ub
! CREATE VIEW ro7 AS WITH t AS (SELECT a, b FROM ub) SELECT * FROM t
! CREATE VIEW ro8 AS SELECT a, b FROM ub ORDER BY a OFFSET 1
! CREATE VIEW ro9 AS SELECT a, b FROM ub ORDER BY a LIMIT 1
! CREATE VIEW ro10 AS SELECT 1 AS a
! CREATE VIEW ro11 AS SELECT b1.a, b2.b FROM ub b1, ub b2
! CREATE VIEW ro12 AS SELECT * FROM generate_series(1, 10) AS g(a)
! CREATE VIEW ro13 AS SELECT a, b FROM (SELECT * FROM ub) AS t
! CREATE VIEW rw14 AS SELECT tableoid, a, b FROM ub
! CREATE VIEW rw15 AS SELECT a, upper(b) FROM ub
! CREATE VIEW rw16 AS SELECT a, b, a AS aa FROM ub
! CREATE VIEW ro17 AS SELECT * FROM ro1
! CREATE VIEW ro18 AS SELECT * FROM (VALUES (1)) AS tmp(a)
! CREATE SEQUENCE uv_seq
! CREATE VIEW ro19 AS SELECT * FROM uv_seq
! CREATE VIEW ro20 AS SELECT a, b, generate_series(1, a) g FROM ub
! CREATE VIEW ro21 AS SELECT x.a FROM ub x JOIN ub y USING (a)
! CREATE VIEW ro22 AS SELECT DISTINCT ON (a) a, b FROM ub
! CREATE VIEW ro23 AS SELECT generate_series(1, 3) AS g
! CREATE VIEW ro24 AS VALUES (1, 'x')
! CREATE VIEW ro25 AS SELECT a FROM ub INTERSECT SELECT 1
! CREATE VIEW ro26 AS SELECT a FROM ub FETCH FIRST 2 ROWS ONLY
! CREATE VIEW ro27 AS SELECT a + 1 AS x, 1 AS one FROM ub
! CREATE VIEW rw28 AS (SELECT a, b FROM ub)
! CREATE VIEW ro29 AS SELECT * FROM ro27
! CREATE VIEW rw30 AS TABLE ub
! CREATE VIEW ro31 AS SELECT max(a) OVER () AS m, count(*) AS c FROM ub GROUP BY a
! CREATE MATERIALIZED VIEW um AS SELECT a, b FROM ub
! CREATE VIEW ro32 AS SELECT * FROM um
SELECT table_name, is_insertable_into FROM information_schema.tables WHERE table_name LIKE 'r__%' AND table_schema = 'public' ORDER BY table_name
SELECT table_name, is_updatable, is_insertable_into, is_trigger_updatable, is_trigger_deletable, is_trigger_insertable_into, check_option FROM information_schema.views WHERE table_name LIKE 'r__%' AND table_schema = 'public' ORDER BY table_name
SELECT table_name, column_name, is_updatable FROM information_schema.columns WHERE table_name LIKE 'r__%' AND table_schema = 'public' ORDER BY table_name, ordinal_position
SELECT relname, pg_relation_is_updatable(oid::regclass, false) FROM pg_class WHERE relname IN ('ub', 'um', 'uv_seq', 'ub_pkey', 'ro1', 'ro17', 'ro27', 'rw15', 'rw16') ORDER BY 1
SELECT pg_relation_is_updatable('pg_class'::regclass, true), pg_relation_is_updatable(0::oid, false), pg_relation_is_updatable(NULL, false), pg_relation_is_updatable('rw15', NULL)
SELECT attname, pg_column_is_updatable(attrelid::regclass, attnum, true) FROM pg_attribute WHERE attrelid = 'rw15'::regclass ORDER BY attnum
SELECT attname, pg_column_is_updatable('rw16'::regclass, attnum, false) FROM pg_attribute WHERE attrelid = 'rw16'::regclass ORDER BY attnum
SELECT pg_column_is_updatable('ub', 1::int2, false), pg_column_is_updatable('ub', 9::int2, false), pg_column_is_updatable('ub', 0::int2, false), pg_column_is_updatable('ub', (-1)::int2, false)
DELETE FROM ro1
DELETE FROM ro2
DELETE FROM ro3
DELETE FROM ro4
DELETE FROM ro5
DELETE FROM ro6
UPDATE ro7 SET a = a + 1
UPDATE ro8 SET a = a + 1
UPDATE ro9 SET a = a + 1
UPDATE ro10 SET a = a + 1
UPDATE ro11 SET a = a + 1
UPDATE ro12 SET a = a + 1
INSERT INTO ro13 VALUES (3, 'Row 3')
INSERT INTO ro17 VALUES (3, 'ROW 3')
DELETE FROM ro18
UPDATE ro19 SET last_value = 1000
UPDATE ro20 SET b = upper(b)
DELETE FROM ro21
UPDATE ro22 SET a = 1
INSERT INTO ro23 VALUES (1)
INSERT INTO ro24 VALUES (1, 'y')
DELETE FROM ro25
DELETE FROM ro26
UPDATE ro27 SET x = 1
INSERT INTO ro27 VALUES (1, 2)
INSERT INTO ro27 DEFAULT VALUES
INSERT INTO ro29 VALUES (1, 2)
UPDATE ro29 SET one = 2
DELETE FROM ro29 WHERE x = 100
DELETE FROM ro31
UPDATE ro32 SET a = 1
UPDATE ro1 SET nosuch = 1
INSERT INTO ro1 (nosuch) VALUES (1)
INSERT INTO ro1 VALUES ('x', 'y')
INSERT INTO ro1 VALUES (1, 2, 3)
DELETE FROM ro1 WHERE nosuch = 1
UPDATE ro1 SET a = 'x'
UPDATE ro1 SET a = b
DELETE FROM ro1 RETURNING nosuch
INSERT INTO ro1 VALUES (1, 'x') ON CONFLICT (nosuch) DO NOTHING
INSERT INTO ro1 VALUES (1, 'x') ON CONFLICT (a) DO NOTHING
INSERT INTO ro1 VALUES (1, 'x') ON CONFLICT ON CONSTRAINT ub_pkey DO NOTHING
MERGE INTO ro13 AS t USING (VALUES (1, 'Row 1')) AS v(a, b) ON t.a = v.a WHEN MATCHED THEN DELETE
MERGE INTO rw16 AS t USING (VALUES (2, 'Row 2')) AS v(a, b) ON t.a = v.a WHEN MATCHED THEN UPDATE SET b = v.b
MERGE INTO rw28 USING ub ON true WHEN NOT MATCHED THEN DO NOTHING
INSERT INTO rw14 VALUES (NULL, 3, 'Row 3')
INSERT INTO rw14 (a, b) VALUES (3, 'Row 3')
UPDATE rw14 SET tableoid = NULL WHERE a = 3
UPDATE rw14 SET b = 'ROW 3' WHERE a = 3
SELECT * FROM ub ORDER BY a
DELETE FROM rw14 WHERE a = 3
INSERT INTO rw15 VALUES (3, 'ROW 3')
INSERT INTO rw15 (a) VALUES (3)
INSERT INTO rw15 (a) VALUES (3) ON CONFLICT DO NOTHING
SELECT * FROM rw15 ORDER BY a
INSERT INTO rw15 (a) VALUES (3) ON CONFLICT (a) DO NOTHING
INSERT INTO rw15 (a) VALUES (3) ON CONFLICT (a) DO UPDATE SET a = excluded.a
INSERT INTO rw15 (a) VALUES (3) ON CONFLICT (a) DO UPDATE SET upper = 'blarg'
INSERT INTO rw15 (a) VALUES (3) ON CONFLICT (upper) DO NOTHING
INSERT INTO rw15 (a) VALUES (3) ON CONFLICT (a) DO UPDATE SET a = excluded.a WHERE excluded.upper = 'UNSPECIFIED' RETURNING *
INSERT INTO rw15 (a) VALUES (3) ON CONFLICT (a) DO UPDATE SET a = excluded.a WHERE rw15.upper <> excluded.upper RETURNING *
SELECT * FROM rw15 ORDER BY a
ALTER VIEW rw15 ALTER COLUMN upper SET DEFAULT 'NOT SET'
INSERT INTO rw15 (a) VALUES (4)
INSERT INTO rw15 (a) SELECT 4
UPDATE rw15 SET upper = 'ROW 3' WHERE a = 3
UPDATE rw15 SET upper = DEFAULT WHERE a = 3
UPDATE rw15 SET a = 4 WHERE a = 3
SELECT * FROM ub ORDER BY a
DELETE FROM rw15 WHERE a = 4
INSERT INTO rw16 VALUES (3, 'Row 3', 3)
INSERT INTO rw16 SELECT 3, 'Row 3', 3
INSERT INTO rw16 (a, b) VALUES (3, 'Row 3')
INSERT INTO rw16 (aa, b) VALUES (3, 'Row 3')
UPDATE rw16 SET a = 3, aa = -3 WHERE a = 3
UPDATE rw16 SET (a, aa) = (3, -3) WHERE a = 3
UPDATE rw16 SET aa = -3 WHERE a = 3
SELECT * FROM ub ORDER BY a
DELETE FROM rw16 WHERE a = -3
INSERT INTO rw28 VALUES (9, 'x') RETURNING *
DELETE FROM rw28 WHERE a = 9 RETURNING b, a
INSERT INTO rw30 VALUES (9, 'x') RETURNING rw30.a, rw30.*
DELETE FROM rw30 USING ub u WHERE rw30.a = u.a AND u.a = 9 RETURNING rw30.a, u.b
CREATE RULE r AS ON INSERT TO ro10 DO INSTEAD NOTHING
TRUNCATE rw28
COPY rw28 TO STDOUT
# A simple view
! CREATE VIEW s1 AS SELECT * FROM ub WHERE a > 0
INSERT INTO s1 VALUES (3, 'Row 3')
INSERT INTO s1 (a) VALUES (4)
INSERT INTO s1 (a) VALUES (-9) RETURNING *
UPDATE s1 SET a = 5 WHERE a = 4
DELETE FROM s1 WHERE b = 'Row 2'
UPDATE s1 SET b = 'not seen' WHERE a < 0
DELETE FROM s1 WHERE a < 0
SELECT * FROM ub ORDER BY a
UPDATE s1 SET b = b || '!' RETURNING a, b, s1.b AS again
UPDATE s1 AS x SET b = 'via x' WHERE x.a = 5 RETURNING x.*
UPDATE s1 AS x SET b = 'via x' WHERE s1.a = 5
UPDATE public.s1 SET b = 'q' WHERE public.s1.a = 5 RETURNING public.s1.b
DELETE FROM s1 s WHERE s.a = 5 RETURNING s.a, upper(s.b)
INSERT INTO s1 AS i VALUES (7, 'seven') RETURNING i.a + 1 AS next, i.*
INSERT INTO s1 (b, a) VALUES ('eight', 8), (DEFAULT, 9) RETURNING *
INSERT INTO s1 SELECT a + 20, b FROM s1 RETURNING *
INSERT INTO s1 (a) SELECT 50 RETURNING *
INSERT INTO s1 (a) VALUES (1)
INSERT INTO s1 (a) VALUES (NULL)
INSERT INTO s1 DEFAULT VALUES
INSERT INTO s1 (a, a) VALUES (1, 2)
INSERT INTO s1 (nosuch) VALUES (1)
INSERT INTO s1 VALUES (1, 'x', 2)
INSERT INTO s1 (a, b) VALUES (1)
INSERT INTO s1 VALUES (1.5, 'rounded') RETURNING *
INSERT INTO s1 VALUES (true, 'x')
INSERT INTO s1 VALUES ('z', 'x')
INSERT INTO s1 (a, b) SELECT true, 'x'
UPDATE s1 SET nosuch = 1
UPDATE s1 SET a = true
UPDATE s1 SET a = 1, a = 2
UPDATE s1 SET s1.a = 1
UPDATE s1 SET a = NULL WHERE a = 7
UPDATE s1 SET tableoid = 1
SELECT s1.tableoid FROM s1
UPDATE s1 SET (a, b) = (70, 'seventy') WHERE a = 7 RETURNING *
UPDATE s1 SET (a, b) = (SELECT 71, 'sub') WHERE a = 999
UPDATE s1 SET a = 71, (b) = (SELECT 'sub') WHERE a = 70 RETURNING *
UPDATE s1 SET (b) = ROW ('row') WHERE a = 71 RETURNING *
UPDATE s1 SET b = (SELECT max(u.b) FROM ub u WHERE u.a < s1.a) WHERE a IN (8, 9) RETURNING *
UPDATE s1 SET b = DEFAULT WHERE a = 8 RETURNING *
UPDATE s1 SET b = v.t FROM (VALUES (8, 'from'), (9, 'values')) v(k, t) WHERE v.k = s1.a RETURNING s1.*, v.t
UPDATE s1 SET b = o.b FROM s1 o WHERE o.a = s1.a + 20 RETURNING s1.a, o.a
UPDATE s1 SET b = s1.b FROM s1 WHERE true
DELETE FROM s1 USING s1 o WHERE o.a = s1.a - 20 RETURNING s1.a, o.a AS other
DELETE FROM s1 USING ub WHERE ub.a = s1.a AND ub.b LIKE 'val%' RETURNING *
SELECT * FROM ub ORDER BY a
UPDATE s1 SET b = $1 WHERE a = $2 RETURNING *
$ param | 8
INSERT INTO s1 VALUES ($1, $2) RETURNING a, b
$ 60 | sixty
DELETE FROM s1 WHERE a = $1 AND b = $2
$ 60 | sixty
UPDATE s1 SET a = $1 WHERE b = $1
$ 60
WITH d AS (DELETE FROM s1 WHERE a > 20 RETURNING *) SELECT count(*), min(a) FROM d
WITH i AS (INSERT INTO s1 VALUES (30, 'cte') RETURNING a) UPDATE ub SET b = 'up' FROM i WHERE ub.a = -1 RETURNING ub.a, i.a
WITH u AS (UPDATE s1 SET b = 'w' WHERE a = 30 RETURNING a, b) INSERT INTO s1 SELECT a + 1, b FROM u RETURNING *
WITH x AS (SELECT 30 AS k) DELETE FROM s1 USING x WHERE a = k OR a = k + 1 RETURNING a
WITH s1 AS (SELECT 1 AS a) DELETE FROM s1
! DELETE FROM ub WHERE a > 5 OR a < -2
PREPARE ins (int, text) AS INSERT INTO s1 VALUES ($1, $2) RETURNING *
EXECUTE ins (40, 'forty')
EXECUTE ins (40, 'again')
PREPARE up AS UPDATE s1 SET b = $2 WHERE a = $1 RETURNING b
EXECUTE up (40, 'changed')
DEALLOCATE ALL
DELETE FROM s1 WHERE a = 40
EXPLAIN (COSTS off) DELETE FROM ro1
! BEGIN
SELECT * FROM s1 ORDER BY a FOR UPDATE
SELECT * FROM s1, ub WHERE s1.a = ub.a FOR UPDATE OF s1
SELECT * FROM s1 x FOR SHARE OF s1
! ROLLBACK
SELECT * FROM ro1 FOR UPDATE
SELECT * FROM ro4 FOR SHARE
SELECT * FROM ro6 FOR UPDATE
SELECT * FROM ro2 FOR UPDATE
SELECT * FROM ro3 FOR UPDATE
SELECT * FROM ro5 FOR UPDATE
SELECT * FROM (SELECT count(*) FROM ub) x FOR UPDATE
SELECT x.a FROM (SELECT DISTINCT a FROM ub) x, ub WHERE x.a = ub.a AND ub.a = 1 FOR UPDATE OF ub
SELECT x.a FROM (SELECT DISTINCT a FROM ub) x, ub WHERE x.a = ub.a AND ub.a = 1 FOR UPDATE OF x
! DROP VIEW s1
! DELETE FROM ub
! INSERT INTO ub SELECT i, 'Row ' || i FROM generate_series(-2, 2) g(i)
# Views over views
! CREATE VIEW o1 AS SELECT b AS bb, a AS aa FROM ub WHERE a > 0
! CREATE VIEW o2 AS SELECT aa AS aaa, bb AS bbb FROM o1 WHERE aa < 10
! CREATE VIEW o3 AS SELECT bbb AS x, aaa AS y, aaa * 10 AS z FROM o2
! CREATE VIEW o4 (p, q, r) AS SELECT y, x, z + y FROM o3 WHERE z <> 20
SELECT table_name, is_insertable_into FROM information_schema.tables WHERE table_name LIKE 'o_' ORDER BY 1
SELECT table_name, column_name, is_updatable FROM information_schema.columns WHERE table_name LIKE 'o_' ORDER BY 1, ordinal_position
INSERT INTO o2 VALUES (3, 'Row 3')
INSERT INTO o2 (aaa) VALUES (4)
SELECT * FROM o2 ORDER BY aaa
UPDATE o2 SET bbb = 'Row 4' WHERE aaa = 4
DELETE FROM o2 WHERE aaa = 2
SELECT * FROM o2 ORDER BY aaa
INSERT INTO o3 (y) VALUES (5) RETURNING *
INSERT INTO o3 (z) VALUES (5)
INSERT INTO o4 VALUES (6, 'six') RETURNING *
UPDATE o4 SET p = 7 WHERE r = 66 RETURNING *
UPDATE o4 SET r = 7
UPDATE o4 SET p = p WHERE q = 'six' AND r > 10 RETURNING p, q, r
UPDATE o4 SET q = q || r RETURNING p, q
DELETE FROM o4 WHERE z = 1
DELETE FROM o4 WHERE r = 77 RETURNING r, q
INSERT INTO o4 (p, q) VALUES (1, 'again') ON CONFLICT (p) DO UPDATE SET q = excluded.q || '/' || o4.q || '/' || excluded.r RETURNING *
INSERT INTO o4 (p, q) VALUES (1, 'again') ON CONFLICT (r) DO NOTHING
INSERT INTO o4 (p, q) VALUES (1, 'again') ON CONFLICT (q) DO NOTHING
INSERT INTO o4 (p, q) VALUES (1, 'again'), (1, 'twice') ON CONFLICT (p) DO UPDATE SET q = excluded.q
SELECT * FROM o4 ORDER BY p
SELECT * FROM ub ORDER BY a
! CREATE VIEW o5 AS SELECT * FROM ub WHERE a > 0 OFFSET 0
! CREATE VIEW o6 AS SELECT * FROM o5 WHERE a < 10
SELECT table_name, is_updatable, is_insertable_into FROM information_schema.views WHERE table_name IN ('o5', 'o6') ORDER BY 1
INSERT INTO o6 VALUES (1)
UPDATE o6 SET a = 1
DELETE FROM o6
DROP TABLE ub
! DROP TABLE ub CASCADE
# Defaults
! CREATE DOMAIN ud AS int DEFAULT 77
! CREATE DOMAIN un AS int NOT NULL CHECK (VALUE < 100)
! CREATE TABLE db (id int PRIMARY KEY, b text DEFAULT 'Table default', c text DEFAULT 'Table default', d text, e text DEFAULT 'e', k ud DEFAULT 5)
! CREATE VIEW d1 AS SELECT id AS aa, b AS bb, c, d, k FROM db
! ALTER VIEW d1 ALTER COLUMN bb SET DEFAULT 'View default'
! ALTER VIEW d1 ALTER d SET DEFAULT 'View default'
INSERT INTO db VALUES (1)
INSERT INTO d1 VALUES (2) RETURNING *
INSERT INTO d1 VALUES (3, DEFAULT, DEFAULT, DEFAULT, DEFAULT) RETURNING *
INSERT INTO d1 (aa, bb) VALUES (4, DEFAULT), (5, 'given'), (6, NULL) RETURNING *
INSERT INTO d1 (aa) SELECT 7 RETURNING *
INSERT INTO d1 (aa, c) SELECT 8, 'sel' RETURNING *
INSERT INTO d1 VALUES (9, DEFAULT, DEFAULT, DEFAULT), (10, DEFAULT, 'x', DEFAULT) RETURNING *
UPDATE d1 SET bb = DEFAULT, c = DEFAULT, d = DEFAULT, k = DEFAULT WHERE aa = 2 RETURNING *
SELECT * FROM db ORDER BY id
ALTER VIEW d1 ALTER bb SET DEFAULT NULL
INSERT INTO d1 (aa) VALUES (11) RETURNING bb
ALTER VIEW d1 ALTER bb DROP DEFAULT
INSERT INTO d1 (aa) VALUES (12) RETURNING bb
ALTER VIEW d1 ALTER nosuch SET DEFAULT 1
ALTER VIEW d1 ALTER aa SET DEFAULT 'x'
ALTER VIEW d1 ALTER aa SET DEFAULT now()
ALTER VIEW d1 ALTER aa SET DEFAULT 100 + 1
INSERT INTO d1 DEFAULT VALUES RETURNING *
! CREATE VIEW d2 AS SELECT aa AS i, d AS w, bb AS v FROM d1
! ALTER VIEW d2 ALTER v SET DEFAULT 'Outer default'
INSERT INTO d2 (i) VALUES (20) RETURNING *
INSERT INTO d2 VALUES (21, DEFAULT, DEFAULT), (22, 'w', 'v') RETURNING *
INSERT INTO d2 (i) SELECT g FROM generate_series(23, 24) g RETURNING *
INSERT INTO d2 (w) VALUES ('only w') RETURNING *
SELECT id, b, c, d, e, k FROM db WHERE id >= 20 ORDER BY id
INSERT INTO d2 (i, v) VALUES (20, 'new') ON CONFLICT (i) DO UPDATE SET v = DEFAULT, w = excluded.w RETURNING *
INSERT INTO d2 (i, v) VALUES (20, 'new') ON CONFLICT (i) DO UPDATE SET v = excluded.v || excluded.w RETURNING *
SELECT column_name, column_default FROM information_schema.columns WHERE table_name IN ('d1', 'd2') ORDER BY table_name, ordinal_position
! CREATE TABLE nb (a int PRIMARY KEY, n un, m int NOT NULL DEFAULT 3)
! CREATE VIEW nv AS SELECT a, n, m FROM nb
INSERT INTO nv VALUES (1)
INSERT INTO nv VALUES (1, 5) RETURNING *
INSERT INTO nv VALUES (2, 500)
UPDATE nv SET n = DEFAULT
UPDATE nv SET m = DEFAULT
UPDATE nv SET n = n * 20 + 1
UPDATE nv SET n = 99 RETURNING n
# Identity, generated and serial columns
! CREATE TABLE ib (a int PRIMARY KEY, i int GENERATED ALWAYS AS IDENTITY, j int GENERATED BY DEFAULT AS IDENTITY, g int GENERATED ALWAYS AS (a * 2) STORED, s serial)
! CREATE VIEW iv AS SELECT a AS va, i AS vi, j AS vj, g AS vg, s AS vs FROM ib
INSERT INTO iv (va) VALUES (1) RETURNING *
INSERT INTO iv VALUES (2, DEFAULT, DEFAULT, DEFAULT, DEFAULT) RETURNING *
INSERT INTO iv VALUES (3, DEFAULT, DEFAULT, DEFAULT, DEFAULT), (4, DEFAULT, 40, DEFAULT, 400) RETURNING *
INSERT INTO iv (va, vi) VALUES (5, 5)
INSERT INTO iv (va, vg) VALUES (5, 5)
INSERT INTO iv (va, vg) VALUES (5, 5), (6, DEFAULT)
INSERT INTO iv (va, vi) SELECT 5, 5
INSERT INTO iv (va, vi) OVERRIDING SYSTEM VALUE VALUES (5, 50) RETURNING *
INSERT INTO iv (va, vi, vj) OVERRIDING USER VALUE VALUES (6, 60, 60) RETURNING *
INSERT INTO iv (va, vj) VALUES (7, 70) RETURNING *
UPDATE iv SET vi = DEFAULT WHERE va = 1
UPDATE iv SET vi = 5 WHERE va = 1
UPDATE iv SET vg = DEFAULT WHERE va = 1
UPDATE iv SET vg = 1 WHERE va = 1
UPDATE iv SET vs = DEFAULT WHERE va = 1
UPDATE iv SET vj = 9 WHERE va = 1 RETURNING vj
UPDATE iv SET va = va + 100 WHERE va < 3 RETURNING va, vg
INSERT INTO iv (va) VALUES (101) ON CONFLICT (va) DO UPDATE SET va = 201 RETURNING va, vg
INSERT INTO iv (va) VALUES (102) ON CONFLICT (va) DO UPDATE SET vi = 201
INSERT INTO iv (va) SELECT 300 + g FROM generate_series(1, 2) g RETURNING va, vg
SELECT lastval()
! ALTER VIEW iv ALTER vi SET DEFAULT 99
INSERT INTO iv (va) VALUES (400)
INSERT INTO iv (va) SELECT 400
! ALTER VIEW iv ALTER vi DROP DEFAULT
! DROP TABLE ib CASCADE
# Columns that are expressions and sub-queries, volatile functions
! CREATE TABLE eb (a int PRIMARY KEY, b text, n numeric(8,2), v varchar(5))
! INSERT INTO eb VALUES (1, 'one', 1.5, 'v1'), (2, 'two', 2.5, 'v2'), (3, 'three', NULL, NULL)
! CREATE TABLE er (k int, w text)
! INSERT INTO er VALUES (1, 'w1'), (2, 'w2'), (2, 'w22')
! CREATE VIEW e1 AS SELECT a, b, (SELECT count(*) FROM er WHERE k = eb.a) AS refs, upper(b) AS u, n, n * 2 AS n2, v, v::text AS vt, random() < 2 AS sure, 'const' AS k, NULL::int AS nothing FROM eb
SELECT column_name, is_updatable FROM information_schema.columns WHERE table_name = 'e1' ORDER BY ordinal_position
INSERT INTO e1 (a, b, n, v) VALUES (4, 'four', 4.567, 'v4') RETURNING *
INSERT INTO e1 (a, v) VALUES (5, 'too long')
UPDATE e1 SET b = u WHERE refs = 2 RETURNING a, b, refs, u
UPDATE e1 SET n = n2 WHERE n2 > 4 RETURNING a, n, n2
UPDATE e1 SET refs = 1
UPDATE e1 SET u = 'x'
UPDATE e1 SET vt = 'x'
UPDATE e1 SET sure = true
UPDATE e1 SET k = 'x', u = 'x'
UPDATE e1 SET b = k WHERE sure AND nothing IS NULL AND a = 3 RETURNING b, sure, k
DELETE FROM e1 WHERE refs = 0 AND a = 4 RETURNING a, refs, vt
DELETE FROM e1 WHERE refs = (SELECT max(refs) FROM e1) RETURNING a, refs
SELECT a, b, n, v FROM eb ORDER BY a
! CREATE VIEW e2 AS SELECT e1.a, e1.refs + 1 AS refs1, b FROM e1 WHERE u <> 'THREE' AND refs > 0
UPDATE e2 SET b = refs1 RETURNING *
DELETE FROM e2 WHERE refs1 > 100
INSERT INTO e2 (a, b) VALUES (9, 'nine') RETURNING *
! CREATE VIEW e3 AS SELECT a, b FROM eb WHERE EXISTS (SELECT 1 FROM er WHERE k = eb.a) AND random() >= 0
UPDATE e3 SET b = 'seen' RETURNING *
DELETE FROM e3 WHERE b = 'seen' RETURNING a
INSERT INTO e3 VALUES (1, 'new') RETURNING *
! CREATE VIEW e4 AS SELECT a, a IN (SELECT k FROM er) AS refd FROM eb ORDER BY a DESC
UPDATE e4 SET a = a + 1000 WHERE NOT refd RETURNING *
UPDATE e4 SET a = a - 1000 WHERE a > 1000 RETURNING *
DELETE FROM e4 WHERE refd RETURNING *
! CREATE VIEW e5 AS SELECT a, b, n FROM eb WHERE n IS NULL OR 10 / n > 0
UPDATE e5 SET n = 0 WHERE 1 / (a - 3) IS NULL
! CREATE VIEW e6 AS SELECT b || '' AS bb, a FROM eb
INSERT INTO e6 (a) VALUES (77) ON CONFLICT (a) DO UPDATE SET a = 78 WHERE excluded.bb IS NULL RETURNING *
INSERT INTO e6 (a) VALUES (77) ON CONFLICT (a) DO UPDATE SET a = 78 WHERE excluded.bb IS NULL RETURNING *
! DROP TABLE eb, er CASCADE
# Arrays and jsonb, casts of the very type, other schemas
! CREATE TABLE lb (a int PRIMARY KEY, b text, c text)
! CREATE VIEW lv AS SELECT a, (b COLLATE "C") AS b, c FROM lb
SELECT column_name, is_updatable FROM information_schema.columns WHERE table_name = 'lv' ORDER BY ordinal_position
UPDATE lv SET b = 'q'
UPDATE lv SET c = b
INSERT INTO lv (a, b) VALUES (1, 'x')
INSERT INTO lv (a, c) VALUES (1, 'x') RETURNING *
! CREATE SCHEMA uvs
! CREATE TABLE uvs.ab (id int PRIMARY KEY, arr int[], j jsonb, v varchar(10), t timestamptz)
! CREATE VIEW av AS SELECT id AS i, arr AS l, j AS doc, v::varchar(10) AS same, v::varchar(20) AS other, t FROM uvs.ab
SELECT column_name, is_updatable FROM information_schema.columns WHERE table_name = 'av' ORDER BY ordinal_position
INSERT INTO av (i, l, doc, same) VALUES (1, '{1,2,3}', '{"a": 1}', 'x') RETURNING *
UPDATE av SET l[2] = 20 RETURNING l
UPDATE av SET l[1:2] = '{7,8}', doc['b'] = '2' RETURNING l, doc
UPDATE av SET l[1] = 1, l = '{}'
UPDATE av SET other = 'x'
INSERT INTO av (i) VALUES (1) ON CONFLICT (i) DO UPDATE SET l[3] = 99 RETURNING l
UPDATE av SET t = '2024-01-01 00:00+00' RETURNING t
! CREATE VIEW uvs.av2 AS SELECT * FROM av
INSERT INTO uvs.av2 (i) VALUES (2) RETURNING i
DELETE FROM uvs.av2 WHERE uvs.av2.i = 2 RETURNING uvs.av2.i
! DROP SCHEMA uvs CASCADE
