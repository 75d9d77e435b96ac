# language: Grammar
# What is SQL, and where it ends: mutants of all statements are asked about by the test of `tests/oracle/mutants.rs`; this is what is
# worth a line.

! CREATE TABLE gr_t (id int PRIMARY KEY, a int, b text, value int, year int)
! INSERT INTO gr_t VALUES (1, 10, 'x', 5, 2020), (2, 20, 'y', NULL, 2021)
! CREATE TABLE gr_u (id int, c text)
! INSERT INTO gr_u VALUES (1, 'one'), (3, 'three')

# Names of columns without AS.
SELECT 1 value
SELECT a value, b name, id type FROM gr_t ORDER BY 1
SELECT 1 select
SELECT 1 year
SELECT 1 name, 2 key, 3 data, 4 end, 5 all
SELECT 1 AS year, 2 AS select, 3 AS over
SELECT 1 over
SELECT a b c FROM gr_t
SELECT a AS 'x' FROM gr_t
SELECT a 'x' FROM gr_t
SELECT id div FROM gr_t ORDER BY id
SELECT id match, id regexp, id rlike FROM gr_t ORDER BY id
SELECT 1 qualify, 2 sort, 3 cluster, 4 top

# Typed literals.
SELECT name 'x', text 'y', bool 't', int4 '7', float8 '1.5'
SELECT pg_catalog.int4 '7', pg_catalog.text 'x'
SELECT pg_catalog.nosuch '7'
SELECT nosuch 'x'
SELECT left 'x'
SELECT date '2020-01-02', "date" '2020-01-02', time '10:00', numeric '1.20'
SELECT int4 E'7', int4 $$8$$
SELECT json '{"a": 1}' -> 'a', uuid '00000000-0000-0000-0000-000000000001'
SELECT value 'x'
SELECT 'a'::nchar(3), 'abc'::nchar(2) || '|', 'abc'::nchar, cast('abc' AS nchar varying(2))

# Strings that go on.
SELECT E'a\n'
  'b\t|' AS x
SELECT 'a' 'b'
SELECT 'a' /* no newline */ 'b'
SELECT 'a' -- a newline
  'b'
SELECT U&'\0041'
  '\0042'

# Lists and sub-queries.
SELECT id FROM gr_t WHERE id IN ((SELECT 1), 2) ORDER BY id
SELECT id FROM gr_t WHERE id NOT IN ((SELECT 1), 3) ORDER BY id
SELECT id FROM gr_t WHERE id IN ((SELECT 1)) ORDER BY id
SELECT id FROM gr_t WHERE id IN () ORDER BY id
SELECT id FROM gr_t WHERE id = ANY ((SELECT 1) UNION (SELECT 2)) ORDER BY id
SELECT a FROM gr_t GROUP BY ()
SELECT a, b, count(*) FROM gr_t GROUP BY GROUPING SETS (((a, b))) ORDER BY 1
SELECT - 1, OPERATOR(pg_catalog.-) 1, 2 OPERATOR(pg_catalog.-) 1

# ORDER BY with parentheses.
SELECT id, a FROM gr_t ORDER BY (2) DESC
SELECT id FROM gr_t ORDER BY (NULL)
SELECT id FROM gr_t ORDER BY 'x'
SELECT id FROM gr_t ORDER BY (3)
SELECT a, count(*) FROM gr_t GROUP BY (1) ORDER BY (1)

# Tables.
SELECT id FROM ONLY gr_t ORDER BY id
SELECT id FROM ONLY (gr_t) ORDER BY id
SELECT id FROM gr_t* ORDER BY id
SELECT * FROM gr_t 'x'
SELECT * FROM gr_t AS x (p, q) ORDER BY 1
SELECT * FROM gr_t JOIN gr_u USING (id) AS j
SELECT * FROM (gr_t)
SELECT * FROM (gr_t JOIN gr_u USING (id)) ORDER BY 1
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(5, 7)) AS r (a, b)
SELECT * FROM gr_t, LATERAL gr_u
SELECT count(ctid) FROM gr_t
SELECT gr_t.xmin IS NULL FROM gr_t
SELECT xmax, cmin FROM gr_t
SELECT tableoid = 'gr_t'::regclass FROM gr_t
SELECT nosuch.ctid FROM gr_t
SELECT ctid FROM (SELECT 1 AS a) q
SELECT 1 FROM gr_t FULL gr_u
SELECT 1 FROM gr_t NATURAL CROSS JOIN gr_u

# What other databases and sqlparser take.
SELECT * FROM gr_t LIMIT 1, 2
SELECT TOP 1 id FROM gr_t
SELECT id FROM gr_t WHERE a == 1
SELECT id FROM gr_t WHERE a <=> 1
SELECT `id` FROM gr_t
SELECT [id] FROM gr_t
SELECT id FROM gr_t QUALIFY id > 1
SELECT id FROM gr_t PREWHERE id > 1
SELECT * EXCEPT (id) FROM gr_t
SELECT * EXCLUDE (id) FROM gr_t
SELECT a.* REPLACE (1 AS id) FROM gr_t a
SELECT id, FROM gr_t
SELECT (id FROM gr_t
SELECT id) FROM gr_t
SELECT FROM FROM gr_t
SELECT id FROM gr_t WHERE
SELECT id FROM gr_t GROUP BY ALL
SELECT id FROM gr_t ORDER BY ALL
SELECT DISTINCT ON id id FROM gr_t
SELECT STRAIGHT_JOIN id FROM gr_t
SELECT id FROM gr_t LEFT SEMI JOIN gr_u ON true
SELECT id FROM gr_t CROSS APPLY gr_u
SELECT id FROM gr_t WHERE id RLIKE 'x'
SELECT CASE WHEN true THEN 1 ELSE 2 FROM gr_t
SELECT cast(a int) FROM gr_t
SELECT TRY_CAST(a AS int) FROM gr_t
SELECT convert(int, a) FROM gr_t
SELECT x -> x + 1 FROM gr_t
SELECT 1 IS 1
SELECT 1 IN 1
SELECT 1 BETWEEN 2
SELECT INTERVAL 1 DAY
SELECT EXTRACT(year, now())
SELECT CURRENT_DATE()
SELECT position('a', 'b')
SELECT {d '2020-01-01'}
SELECT $1a
SELECT 1a, 0x10
SELECT 1..2
SELECT a..b FROM gr_t
INSERT gr_t VALUES (1)
INSERT INTO gr_t SET a = 1
INSERT INTO gr_t VALUES 1, 2
INSERT INTO gr_t (a) VALUES (1),
INSERT OR REPLACE INTO gr_t (id) VALUES (1)
INSERT IGNORE INTO gr_t (id) VALUES (1)
INSERT INTO gr_t (id) VALUES (1) ON DUPLICATE KEY UPDATE a = 1
INSERT INTO gr_t (id) VALUES (1) ON CONFLICT DO NOTHING RETURNING
INSERT INTO TABLE gr_t VALUES (1)
REPLACE INTO gr_t VALUES (1)
UPDATE gr_t SET a = 1 ORDER BY id LIMIT 1
UPDATE gr_t, gr_u SET a = 1
UPDATE gr_t JOIN gr_u USING (id) SET a = 1
UPDATE gr_t SET a == 1
UPDATE gr_t SET gr_t a = 1
DELETE gr_t WHERE id = 1
DELETE FROM gr_t, gr_u WHERE true
DELETE FROM gr_t ORDER BY id LIMIT 1
DELETE FROM gr_t WHERE id = 1 LIMIT 1
MERGE INTO ONLY gr_t t USING gr_u u ON t.id = u.id WHEN MATCHED THEN UPDATE SET b = u.c
SELECT b FROM gr_t ORDER BY id
MERGE INTO gr_t t USING gr_u u JOIN gr_u v USING (id) ON t.id = u.id WHEN MATCHED THEN DO NOTHING
MERGE INTO gr_t t USING gr_u u WHEN MATCHED THEN DELETE
! CREATE TABLE gr_w (w text)
! INSERT INTO gr_w VALUES ('w')
! CREATE TABLE gr_m (m text)
MERGE INTO gr_m USING gr_w w ON m = w.w WHEN NOT MATCHED AND false THEN INSERT (m) VALUES (w.*)
MERGE INTO gr_m USING gr_w w ON m = w.w WHEN NOT MATCHED THEN INSERT (m) VALUES (w.w)
SELECT * FROM gr_m
UPDATE gr_t SET (a, value) = ROW(7, 8) WHERE id = 1
UPDATE gr_t SET (a, value) = ROW(v.*) FROM (VALUES (9, 10)) v WHERE id = 3
SELECT id, a, value FROM gr_t ORDER BY id

# Schemas.
CREATE TABLE gr_x (a int AUTO_INCREMENT)
CREATE TABLE gr_x (a int UNSIGNED)
CREATE TABLE gr_x (a int) ENGINE = InnoDB
CREATE TABLE gr_x (a int,)
CREATE TABLE gr_x (a int COMMENT 'x')
CREATE TABLE gr_x (a int NOT NULL DEFAULT)
CREATE TABLE gr_x (a int PRIMARY KEY AUTOINCREMENT)
CREATE TABLE gr_x (a int, KEY (a))
CREATE TABLE gr_x (a int, INDEX gr_i (a))
CREATE TABLE gr_x (a enum('x', 'y'))
CREATE TABLE gr_x a int
CREATE OR REPLACE TABLE gr_x (a int)
CREATE TABLE gr_x PARTITION OF gr_t FOR VALUES IN (1)
CREATE TABLE gr_x PARTITION OF gr_t
CREATE INDEX ON gr_t a
CREATE INDEX gr_i ON gr_t (a b c)
CREATE INDEX IF NOT EXISTS ON gr_t (a)
CREATE VIEW gr_v SELECT 1
CREATE VIEW IF NOT EXISTS gr_v AS SELECT 1
ALTER TABLE gr_t ADD c int AFTER a
ALTER TABLE gr_t MODIFY a bigint
ALTER TABLE gr_t CHANGE a z bigint
ALTER TABLE gr_t DROP a, b
ALTER TABLE gr_t RENAME a z
ALTER TABLE gr_t ADD (c int)
DROP TABLE gr_t gr_u
DROP INDEX gr_i ON gr_t
TRUNCATE gr_t WHERE true
SELECT 1; SELEC 2
SELECT 1;; SELECT 2;
SELECT 'a' AS x; SELECT 'b
SELEC 'b
CREATE TYPE gr_e AS ENUM ('a' 'b')
CREATE TYPE gr_e AS ENUM (a, b)
CREATE DOMAIN gr_d int CHECK value > 0
CREATE SEQUENCE gr_s START 1 INCREMENT BY
SET gr_x
SET search_path = public public
SHOW TABLES
SHOW search_path public
BEGIN TRANSACTION ISOLATION LEVEL
COMMIT AND
USE postgres
DESCRIBE gr_t
EXPLAIN QUERY PLAN SELECT 1
PRAGMA table_info(gr_t)
