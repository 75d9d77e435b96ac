# schema: Views and CREATE TABLE AS
! CREATE TABLE vt (id int PRIMARY KEY, a text, n numeric(6,2), d date)
! INSERT INTO vt VALUES (1, 'x', 1.5, '2024-01-01'), (2, 'y', 2.25, NULL), (3, 'x', NULL, '2024-02-01')
CREATE VIEW v1 AS SELECT * FROM vt
CREATE VIEW v1 AS SELECT 1
CREATE OR REPLACE VIEW v1 AS SELECT id, a, n, d, id + 1 AS next FROM vt
CREATE OR REPLACE VIEW v1 AS SELECT id, a, n, d FROM vt
CREATE OR REPLACE VIEW v1 AS SELECT id, a AS b, n, d, id + 1 AS next FROM vt
CREATE OR REPLACE VIEW v1 AS SELECT id, a, n::text, d, id + 1 AS next FROM vt
SELECT * FROM v1 ORDER BY id
SELECT a, count(*), sum(n) FROM v1 GROUP BY a ORDER BY a
SELECT v1.next, vt.a FROM v1 JOIN vt USING (id) ORDER BY 1
SELECT id FROM v1 WHERE n > 2
CREATE VIEW v2 (k, v) AS SELECT a, max(n) FROM vt GROUP BY a
SELECT * FROM v2 ORDER BY k
CREATE VIEW v2b (k, v, w) AS SELECT a, max(n) FROM vt GROUP BY a
CREATE VIEW v3 AS SELECT k, v * 2 AS w FROM v2 WHERE v IS NOT NULL
SELECT * FROM v3 ORDER BY k
CREATE VIEW v4 AS SELECT 1 AS one, 'x' AS s, NULL AS nothing, 2.5 AS n
SELECT * FROM v4
CREATE VIEW v5 AS SELECT 1, 2
CREATE VIEW v6 AS SELECT id, id FROM vt
CREATE VIEW v7 AS SELECT nosuch FROM vt
CREATE VIEW v7 AS SELECT * FROM nosuch
CREATE VIEW v8 AS SELECT id FROM vt ORDER BY id DESC LIMIT 2
SELECT * FROM v8
CREATE VIEW v9 AS WITH c AS (SELECT id FROM vt) SELECT * FROM c UNION SELECT 99 ORDER BY 1
SELECT * FROM v9
CREATE VIEW v10 AS SELECT id, row_number() OVER (ORDER BY id DESC) AS r, CASE WHEN id > 1 THEN 'big' ELSE 'small' END AS size FROM vt
SELECT * FROM v10 ORDER BY id
CREATE VIEW v11 AS SELECT now() AS t, current_date AS d, current_user AS u
SELECT t = now(), d = current_date, u FROM v11
CREATE VIEW v12 AS VALUES (1, 'a'), (2, 'b')
SELECT * FROM v12 ORDER BY 1
CREATE VIEW v13 AS SELECT id, d > '2024-01-15' AS late, n = 1.50 AS same, a LIKE 'x%' AS l FROM vt
SELECT * FROM v13 ORDER BY id
CREATE VIEW v14 AS SELECT x.id, y.id AS other FROM vt x LEFT JOIN vt y ON x.a = y.a AND x.id < y.id
SELECT * FROM v14 ORDER BY id
CREATE VIEW v15 AS SELECT id FROM vt WHERE EXISTS (SELECT 1 FROM v1 WHERE v1.id = vt.id AND n IS NULL)
SELECT * FROM v15
CREATE RECURSIVE VIEW v16 (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v16 WHERE n < 3
CREATE TEMP VIEW v17 AS SELECT 1 AS x
CREATE VIEW v18 AS SELECT id FROM vt WHERE id = $1
CREATE VIEW v19 AS SELECT * FROM v1 WHERE id > 1 WITH CHECK OPTION
CREATE VIEW v20 WITH (security_barrier) AS SELECT id FROM vt
CREATE MATERIALIZED VIEW mv AS SELECT 1 AS x
INSERT INTO v2 VALUES ('a', 1)
UPDATE v2 SET v = 1
DELETE FROM v2
INSERT INTO v12 VALUES (1, 'a')
DROP TABLE vt
ALTER TABLE vt DROP COLUMN n
ALTER TABLE vt ALTER COLUMN n TYPE numeric(8,3)
ALTER TABLE vt ALTER COLUMN a TYPE varchar(20)
ALTER TABLE vt RENAME COLUMN a TO label
SELECT * FROM v2 ORDER BY k
SELECT * FROM v1 ORDER BY id
ALTER TABLE vt RENAME TO vt2
SELECT * FROM v3 ORDER BY k
ALTER TABLE vt2 ADD COLUMN extra int DEFAULT 7
SELECT * FROM v1 ORDER BY id LIMIT 1
ALTER TABLE vt2 RENAME TO vt
ALTER TABLE vt RENAME COLUMN label TO a
ALTER VIEW v3 RENAME TO v3b
SELECT * FROM v3b ORDER BY k
ALTER VIEW v3b RENAME COLUMN w TO ww
SELECT ww FROM v3b ORDER BY 1
ALTER VIEW v1 ALTER COLUMN a SET DEFAULT 'z'
ALTER TABLE v3b RENAME TO v3
ALTER VIEW IF EXISTS nosuch RENAME TO x
ALTER VIEW nosuch RENAME TO x
ALTER VIEW vt RENAME TO x
DROP VIEW v2
DROP VIEW vt
DROP VIEW nosuch
DROP VIEW IF EXISTS nosuch
DROP TABLE v1
DROP INDEX v1
DROP VIEW v2 CASCADE
SELECT * FROM v3
CREATE VIEW va AS SELECT 1 AS x
CREATE VIEW vb AS SELECT * FROM va
CREATE VIEW vc AS SELECT * FROM vb
DROP VIEW va, vb, vc
SELECT table_name, is_updatable FROM information_schema.views WHERE table_schema = 'public' ORDER BY 1
SELECT viewname, viewowner FROM pg_views WHERE schemaname = 'public' ORDER BY 1
SELECT relname, relkind, relhasindex, relnatts FROM pg_class WHERE relname LIKE 'v1%' ORDER BY relname
SELECT attname, format_type(atttypid, atttypmod), attnotnull, atthasdef FROM pg_attribute WHERE attrelid = 'v1'::regclass ORDER BY attnum
SELECT column_name, data_type, is_nullable, numeric_precision, numeric_scale, is_updatable FROM information_schema.columns WHERE table_name = 'v1' ORDER BY ordinal_position
SELECT pg_get_viewdef('v1'::regclass), pg_get_viewdef('v1'::regclass, true)
SELECT pg_get_viewdef('v8'::regclass)
SELECT definition FROM pg_views WHERE viewname = 'v1'
SELECT view_definition FROM information_schema.views WHERE table_name = 'v1'
LOCK TABLE v1
TRUNCATE v1
CREATE INDEX ON v1 (id)
ALTER TABLE v1 ADD COLUMN x int
ALTER TABLE v1 ADD CHECK (id > 0)
CREATE TABLE fkv (id int REFERENCES v1)
COMMENT ON VIEW v1 IS 'the first'
SELECT obj_description('v1'::regclass)
DROP TABLE vt CASCADE
CREATE TABLE ta AS SELECT 1 AS a, 'x' AS b, 2.50 AS c, now() AS d, NULL AS e, true AS f
SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute WHERE attrelid = 'ta'::regclass AND attnum > 0 ORDER BY attnum
CREATE TABLE ta AS SELECT 1
CREATE TABLE IF NOT EXISTS ta AS SELECT 1
CREATE TABLE tb (x, y) AS VALUES (1, 'a'), (2, 'b')
SELECT * FROM tb ORDER BY x
CREATE TABLE tc (x) AS SELECT 1, 2
CREATE TABLE td (x, y, z) AS SELECT 1, 2
CREATE TABLE te AS SELECT 1 AS a, 2 AS a
CREATE TABLE tf AS TABLE tb WITH NO DATA
SELECT count(*) FROM tf
CREATE TABLE tg AS SELECT x::varchar(5), y::char(3), x::numeric(4,1) AS n FROM tb
SELECT * FROM tg ORDER BY 1
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'tg'::regclass AND attnum > 0 ORDER BY attnum
CREATE TABLE th AS SELECT * FROM nosuch
CREATE TABLE ti AS SELECT y, count(*), sum(x) FROM tb GROUP BY y
SELECT * FROM ti ORDER BY y
SELECT x, y INTO tj FROM tb WHERE x > 1
SELECT * FROM tj
SELECT 1 INTO ta
CREATE TABLE tk AS WITH c AS (SELECT x FROM tb) SELECT * FROM c UNION SELECT 9
SELECT * FROM tk ORDER BY 1
CREATE TABLE tl AS SELECT generate_series(1, 3) AS g
CREATE TABLE tm (LIKE tb)
CREATE TABLE tn (LIKE tb INCLUDING ALL, extra int)
CREATE UNLOGGED TABLE to_ AS SELECT 1 AS a
CREATE TEMP TABLE tp AS SELECT 1 AS a
# Names in strings
! CREATE SEQUENCE vs_seq
! CREATE TABLE vs_t (a int)
! CREATE SCHEMA vs_other
! CREATE SEQUENCE vs_other.vs_seq START 100
! CREATE VIEW vs_v AS SELECT nextval('vs_seq') AS n, 'vs_t'::regclass AS t, 'vs_seq'::regclass::text AS s
SELECT n, t::text, s FROM vs_v
SELECT n FROM vs_v WHERE t = 'vs_t'::regclass
SELECT last_value FROM vs_seq
SELECT last_value FROM vs_other.vs_seq
# CREATE TABLE AS EXECUTE
PREPARE vp (int) AS SELECT $1 AS a, $2 AS b
PREPARE vp_modifies AS INSERT INTO vt (id) VALUES ($1) RETURNING id
PREPARE vp_with AS WITH v AS (SELECT 1 AS x) SELECT x, $1::text FROM v -- and a comment
CREATE TABLE ve AS EXECUTE vp(5, 'x')
SELECT * FROM ve
CREATE TABLE ve AS EXECUTE vp(5, 'x')
CREATE TABLE IF NOT EXISTS ve AS EXECUTE vp(5, 'x')
CREATE TEMP TABLE ve2 (c) AS EXECUTE vp(6, 'y') WITH NO DATA
SELECT * FROM ve2
CREATE TABLE ve3 AS EXECUTE vp_with('z') WITH DATA
SELECT * FROM ve3
CREATE TABLE ve4 AS EXECUTE vp_modifies(5)
CREATE TABLE ve4 AS EXECUTE nosuch
CREATE TABLE ve4 AS EXECUTE vp(1)
CREATE TABLE ve4 (a, b, c) AS EXECUTE vp(1, 2)
CREATE TABLE ve4 AS EXECUTE vp(1, 2) ORDER BY 1
CREATE TABLE ve4 AS EXECUTE
CREATE MATERIALIZED VIEW ve5 AS EXECUTE vp(1, 2)
CREATE TABLE ve6 AS EXECUTE vp('no number', 2)
! CREATE TABLE pkv (id int PRIMARY KEY, t text)
! CREATE VIEW pkvv AS SELECT id, t, count(*) FROM pkv GROUP BY id
! CREATE VIEW pkvw AS SELECT t FROM pkvv
! CREATE VIEW pkvx AS SELECT id, count(*) FROM pkv GROUP BY id
ALTER TABLE pkv DROP CONSTRAINT pkv_pkey
ALTER TABLE pkv DROP CONSTRAINT pkv_pkey CASCADE
SELECT * FROM pkvv
SELECT * FROM pkvx
ALTER TABLE pkv ADD PRIMARY KEY (id)
