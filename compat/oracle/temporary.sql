# schema: Temporary tables
# Names of pg_temp_N differ between servers, and between runs; nothing here shows one.
! CREATE TABLE perm (a int PRIMARY KEY, b text)
! INSERT INTO perm VALUES (1, 'one'), (2, 'two')
SELECT pg_my_temp_schema()
SELECT current_schemas(true), current_schemas(false)
SELECT * FROM pg_temp.nothing
INSERT INTO pg_temp.nothing VALUES (1)
DROP TABLE pg_temp.nothing
DROP TABLE IF EXISTS pg_temp.nothing
SELECT to_regclass('pg_temp.nothing')
SELECT 'pg_temp'::regnamespace
DISCARD TEMP
DISCARD TEMPORARY
CREATE TEMP TABLE t (a serial PRIMARY KEY, b text UNIQUE, c int CHECK (c > 0), d int DEFAULT 7)
INSERT INTO t (b, c) VALUES ('x', 1), ('y', 2) RETURNING *
INSERT INTO t (b, c) VALUES ('x', 3)
INSERT INTO t (b, c) VALUES ('z', 0)
INSERT INTO t (a, b) VALUES (NULL, 'n')
INSERT INTO pg_temp.t (b, c) VALUES ('w', 4) RETURNING pg_temp.t.a
UPDATE t SET c = c + 1 WHERE b = 'x' RETURNING b, c
UPDATE pg_temp.t SET c = c + 1 WHERE pg_temp.t.b = 'x'
DELETE FROM t WHERE b = 'w'
SELECT * FROM t ORDER BY a
SELECT pg_temp.t.a FROM t ORDER BY 1
SELECT t.b, perm.b FROM t JOIN perm ON t.c = perm.a + 1 ORDER BY 1
SELECT (SELECT count(*) FROM t WHERE t.c > perm.a) FROM perm ORDER BY perm.a
WITH w AS (INSERT INTO t (b) VALUES ('cte') RETURNING a) INSERT INTO perm SELECT a + 100, 'from cte' FROM w RETURNING b
MERGE INTO t USING perm ON t.a = perm.a WHEN MATCHED THEN UPDATE SET d = 8 WHEN NOT MATCHED THEN DO NOTHING
INSERT INTO t (a, b) VALUES (1, 'again') ON CONFLICT (a) DO UPDATE SET b = EXCLUDED.b || '!' RETURNING a, b
SELECT nextval('t_a_seq'), currval('pg_temp.t_a_seq')
SELECT setval('t_a_seq', 50), lastval()
SELECT last_value, is_called FROM t_a_seq
SELECT relname, relkind, relpersistence FROM pg_class WHERE relnamespace = pg_my_temp_schema() ORDER BY 1
SELECT nspname ~ '^pg_temp_[0-9]+$', nspowner::regrole FROM pg_namespace WHERE oid = pg_my_temp_schema()
SELECT pg_my_temp_schema() <> 0, pg_is_other_temp_schema(pg_my_temp_schema()), pg_is_other_temp_schema('public'::regnamespace), pg_is_other_temp_schema(0)
SELECT 't'::regclass::text, 'pg_temp.t'::regclass::text, to_regclass('pg_temp.t')::text, to_regclass('public.t')::text
SELECT pg_table_is_visible('t'::regclass), pg_table_is_visible('t_pkey'::regclass)
SELECT cardinality(current_schemas(true)), (current_schemas(true))[1] ~ '^pg_temp_', (current_schemas(true))[2:], current_schemas(false), current_schema()
SELECT table_type, is_insertable_into, commit_action FROM information_schema.tables WHERE table_name = 't'
SELECT column_name, column_default, is_nullable, data_type FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position
SELECT constraint_type, constraint_name FROM information_schema.table_constraints WHERE table_name = 't' AND constraint_name LIKE 't%' ORDER BY 2
SELECT sequence_name, data_type FROM information_schema.sequences WHERE sequence_name = 't_a_seq'
SELECT tablename, hasindexes FROM pg_tables WHERE tablename = 't'
SELECT indexname FROM pg_indexes WHERE tablename = 't' ORDER BY 1
SELECT sequencename, last_value FROM pg_sequences WHERE sequencename = 't_a_seq'
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1
SELECT pg_get_indexdef('t_b_key'::regclass)
SELECT pg_get_serial_sequence('t', 'a'), pg_get_serial_sequence('pg_temp.t', 'a')
SELECT attname, pg_get_expr(adbin, adrelid) FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum WHERE adrelid = 't'::regclass ORDER BY 1
SELECT has_table_privilege('t', 'SELECT'), has_schema_privilege(pg_my_temp_schema(), 'CREATE')
# Ways to make them
CREATE TEMPORARY TABLE t1 (a int)
CREATE LOCAL TEMP TABLE t2 (a int)
CREATE LOCAL TEMPORARY TABLE t3 (a int)
CREATE GLOBAL TEMP TABLE t4 (a int)
CREATE GLOBAL TEMPORARY TABLE t5 (a int)
CREATE TEMP TABLE pg_temp.t6 (a int)
CREATE TABLE pg_temp.t7 (a int)
CREATE TEMP TABLE IF NOT EXISTS t1 (a int)
CREATE TEMP TABLE t1 (a int)
CREATE TABLE pg_temp.t1 (a int)
CREATE TEMP TABLE public.t8 (a int)
CREATE TEMP TABLE nosuch.t8 (a int)
CREATE UNLOGGED TABLE pg_temp.t8 (a int)
CREATE TEMP TABLE pg_catalog.t8 (a int)
CREATE TEMP TABLE "Odd Name" ("A b" int)
SELECT "A b" FROM "Odd Name"
CREATE TEMP TABLE t9 AS SELECT a, b FROM perm WHERE a < 3
SELECT * FROM t9 ORDER BY a
CREATE TEMP TABLE t10 (x, y) AS SELECT a, b FROM t9
SELECT x, y FROM t10 ORDER BY x
CREATE TEMP TABLE t11 AS SELECT * FROM t9 WITH NO DATA
SELECT count(*) FROM t11
CREATE TEMP TABLE IF NOT EXISTS t11 AS SELECT 1
CREATE TEMP TABLE t11 AS SELECT 1
CREATE TABLE pg_temp.t12 AS VALUES (1), (2)
SELECT sum(column1) FROM t12
SELECT 1 AS one INTO TEMP i1
SELECT 1 AS one INTO TEMPORARY i2
SELECT 1 AS one INTO TEMP TABLE i3
SELECT 1 AS one INTO LOCAL TEMP i4
SELECT 1 AS one INTO GLOBAL TEMP TABLE i5
SELECT 1 AS one INTO pg_temp.i6
SELECT 1 AS one INTO TEMP public.i7
SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relname LIKE 'i_' ORDER BY 1
CREATE TEMP TABLE l1 (LIKE perm)
CREATE TEMP TABLE l2 (LIKE perm INCLUDING ALL)
CREATE TABLE l3 (LIKE t INCLUDING CONSTRAINTS)
SELECT relname, relpersistence FROM pg_class WHERE relname IN ('l1', 'l2', 'l3') ORDER BY 1
CREATE TABLE copied AS SELECT b FROM t
SELECT relpersistence FROM pg_class WHERE relname = 'copied'
CREATE TEMP TABLE ident (a int GENERATED ALWAYS AS IDENTITY, b int GENERATED ALWAYS AS (a * 2) STORED)
INSERT INTO ident DEFAULT VALUES RETURNING a, b
CREATE TEMP TABLE filled (a int) WITH (fillfactor = 50)
CREATE TEMP TABLE ctx (a int
CREATE TEMP
CREATE TEMP x (a int)
CREATE LOCAL TABLE x (a int)
CREATE GLOBAL x
CREATE TEMP INDEX x ON t (a)
CREATE OR REPLACE TEMP TABLE x (a int)
CREATE OR REPLACE TEMP SEQUENCE x
CREATE TEMP MATERIALIZED VIEW x AS SELECT 1
CREATE UNLOGGED TEMP TABLE x (a int)
CREATE TEMP UNLOGGED TABLE x (a int)
CREATE TEMP TABLE temp (temp int)
SELECT temp.temp FROM temp
# A name means the temporary one
CREATE TEMP TABLE perm (z int)
SELECT * FROM perm
SELECT count(*) FROM public.perm
INSERT INTO perm VALUES (9)
SELECT * FROM pg_temp.perm
DROP TABLE perm
SELECT count(*) FROM perm
CREATE TEMP TABLE pg_class (mine int)
SELECT * FROM pg_class
SELECT count(*) > 0 FROM pg_catalog.pg_class
DROP TABLE pg_class
SELECT count(*) > 0 FROM pg_class
CREATE TABLE both_of (a int)
CREATE TEMP TABLE both_of (b int)
SELECT * FROM both_of
ALTER TABLE both_of RENAME TO one_of
SELECT * FROM both_of
DROP TABLE both_of, one_of
# ... or where the path says
SET search_path = public, pg_temp
CREATE TEMP TABLE perm (z int)
SELECT count(*), min(a) FROM perm
SELECT 'perm'::regclass::text, pg_table_is_visible('pg_temp.perm'::regclass)
SELECT current_schema(), cardinality(current_schemas(true)), cardinality(current_schemas(false)), (current_schemas(true))[1:2]
SELECT pg_get_indexdef('pg_temp.t_b_key'::regclass)
CREATE TEMP VIEW over_temp AS SELECT z FROM pg_temp.perm
SELECT pg_get_viewdef('over_temp'::regclass)
DROP VIEW over_temp
DROP TABLE pg_temp.perm
SET search_path = pg_temp
CREATE TABLE in_path (a int)
CREATE SEQUENCE in_path_s
CREATE VIEW in_path_v AS SELECT 1 AS one
SELECT relname, relpersistence FROM pg_class WHERE relname LIKE 'in_path%' ORDER BY 1
SELECT current_schema() ~ '^pg_temp_', (current_schemas(true))[1]
SELECT * FROM perm
SELECT count(*) FROM public.perm
SET search_path = pg_temp, public
CREATE TABLE in_path2 (a int)
SELECT relpersistence FROM pg_class WHERE relname = 'in_path2'
SELECT count(*) FROM perm
SET search_path = ''
SELECT count(*) FROM t
CREATE TABLE nowhere (a int)
CREATE TEMP TABLE somewhere (a int)
SELECT relpersistence FROM pg_catalog.pg_class WHERE relname = 'somewhere'
RESET search_path
DROP TABLE in_path, in_path2, somewhere
DROP SEQUENCE in_path_s
DROP VIEW in_path_v
# Sequences and views
CREATE TEMP SEQUENCE s INCREMENT 2 START 10
SELECT nextval('s'), nextval('pg_temp.s')
CREATE SEQUENCE pg_temp.s2
CREATE TEMP SEQUENCE IF NOT EXISTS s
CREATE TEMP SEQUENCE public.s3
CREATE LOCAL TEMPORARY SEQUENCE s4
CREATE GLOBAL TEMP SEQUENCE s5
ALTER SEQUENCE s RESTART WITH 3
SELECT nextval('s')
ALTER SEQUENCE s RENAME TO s_renamed
SELECT nextval('s_renamed')
CREATE TEMP TABLE from_s (a int DEFAULT nextval('s_renamed'))
INSERT INTO from_s DEFAULT VALUES RETURNING a
DROP SEQUENCE s_renamed
DROP SEQUENCE s_renamed CASCADE
INSERT INTO from_s DEFAULT VALUES RETURNING a
CREATE TABLE perm_from_s (a int DEFAULT nextval('s2'))
INSERT INTO perm_from_s DEFAULT VALUES RETURNING a
ALTER SEQUENCE s4 OWNED BY perm.a
ALTER SEQUENCE s4 OWNED BY t.a
CREATE TEMP VIEW v AS SELECT a, b FROM t
CREATE VIEW v2 AS SELECT * FROM t
CREATE VIEW v3 AS SELECT count(*) FROM perm WHERE a IN (SELECT a FROM t)
CREATE VIEW v4 AS WITH w AS (SELECT 1 FROM t) SELECT 2 AS two FROM perm
CREATE VIEW v5 AS SELECT * FROM v
CREATE OR REPLACE VIEW v2 AS SELECT * FROM t
CREATE OR REPLACE TEMP VIEW v AS SELECT a, b FROM t WHERE a > 0
CREATE VIEW pg_temp.v6 AS SELECT 1 AS one
CREATE TEMP VIEW public.v7 AS SELECT 1 AS one
CREATE TEMP RECURSIVE VIEW v8 (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM v8 WHERE n < 3
SELECT * FROM v8
CREATE GLOBAL TEMP VIEW v9 AS SELECT 1 AS one
CREATE LOCAL TEMPORARY VIEW v10 AS SELECT 1 AS one
CREATE TEMP VIEW v AS SELECT 1 AS one
CREATE VIEW permanent_view AS SELECT a FROM perm
SELECT relname, relpersistence FROM pg_class WHERE relkind = 'v' AND (relname ~ '^v[0-9]*$' OR relname = 'permanent_view') ORDER BY 1
SELECT * FROM v5 ORDER BY 1
SELECT pg_get_viewdef('v'::regclass), pg_get_viewdef('v5'::regclass, true)
SELECT table_type FROM information_schema.tables WHERE table_name = 'v'
SELECT viewname, definition FROM pg_views WHERE viewname = 'v'
ALTER TABLE t RENAME COLUMN b TO b2
SELECT pg_get_viewdef('v'::regclass)
ALTER TABLE t RENAME COLUMN b2 TO b
CREATE VIEW public.permanent_view2 AS SELECT a FROM perm
SELECT count(*) FROM permanent_view2
DROP TABLE t
DROP VIEW v CASCADE
DROP VIEW v10
# Keys and constraints
CREATE TEMP TABLE p (a int PRIMARY KEY)
CREATE TEMP TABLE c (a int REFERENCES p ON DELETE CASCADE)
INSERT INTO p VALUES (1), (2)
INSERT INTO c VALUES (1)
INSERT INTO c VALUES (3)
DELETE FROM p WHERE a = 1
SELECT count(*) FROM c
CREATE TABLE c2 (a int REFERENCES p)
CREATE TEMP TABLE c2 (a int REFERENCES public.perm)
ALTER TABLE l3 ADD FOREIGN KEY (c) REFERENCES p
ALTER TABLE c ADD FOREIGN KEY (a) REFERENCES public.perm
CREATE TEMP TABLE self (a int PRIMARY KEY, b int REFERENCES self)
INSERT INTO self VALUES (1, 1), (2, 3)
CREATE TEMP TABLE self2 (a int PRIMARY KEY, b int REFERENCES pg_temp.self2)
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'c'::regclass
TRUNCATE p
TRUNCATE p, c
CREATE INDEX c_a ON c (a)
CREATE UNIQUE INDEX ON p (a) WHERE a > 1
SELECT indexdef FROM pg_indexes WHERE indexname = 'c_a'
DROP INDEX c_a
ALTER TABLE c ADD COLUMN note text DEFAULT 'n', ADD CHECK (note <> '')
INSERT INTO c (note) VALUES ('')
ALTER TABLE c ALTER COLUMN note TYPE varchar(5)
ALTER TABLE c DROP COLUMN note
ALTER TABLE c SET SCHEMA public
ALTER TABLE perm SET SCHEMA pg_temp
ALTER TABLE c SET UNLOGGED
ALTER TABLE c SET LOGGED
COMMENT ON TABLE c IS 'short'
COMMENT ON COLUMN pg_temp.c.a IS 'lived'
SELECT obj_description('c'::regclass), col_description('c'::regclass, 1)
DROP TABLE p
DROP TABLE p CASCADE
DROP TABLE pg_temp.c
# ON COMMIT
CREATE TEMP TABLE keep (a int) ON COMMIT PRESERVE ROWS
INSERT INTO keep VALUES (1)
SELECT * FROM keep
CREATE TEMP TABLE del (a int PRIMARY KEY) ON COMMIT DELETE ROWS
INSERT INTO del VALUES (1)
SELECT * FROM del
BEGIN
INSERT INTO del VALUES (1), (2)
SELECT count(*) FROM del
SAVEPOINT s
INSERT INTO del VALUES (3)
ROLLBACK TO s
SELECT count(*) FROM del
COMMIT
SELECT count(*) FROM del
INSERT INTO del VALUES (1) RETURNING a
CREATE TEMP TABLE dr (a int) ON COMMIT DROP
SELECT * FROM dr
BEGIN
CREATE TEMP TABLE dr (a int) ON COMMIT DROP
INSERT INTO dr VALUES (1)
SELECT * FROM dr
CREATE TEMP VIEW of_dr AS SELECT * FROM dr
COMMIT
SELECT * FROM dr
SELECT * FROM of_dr
BEGIN
CREATE TEMP TABLE dr ON COMMIT DROP AS SELECT 1 AS a
SELECT * FROM dr
ROLLBACK
SELECT * FROM dr
BEGIN
CREATE TEMP TABLE dr (a int) ON COMMIT DROP
CREATE TEMP TABLE dr (a int) ON COMMIT DROP
COMMIT
SELECT * FROM dr
BEGIN
CREATE TEMP TABLE dr (a serial PRIMARY KEY) ON COMMIT DROP
CREATE TEMP TABLE dr_child (a int REFERENCES dr)
COMMIT
SELECT conname FROM pg_constraint WHERE conrelid = 'dr_child'::regclass
CREATE TEMP TABLE q ON COMMIT DELETE ROWS AS SELECT 1 AS a
SELECT * FROM q
CREATE TEMP TABLE q2 (x) ON COMMIT PRESERVE ROWS AS SELECT 1 AS a
SELECT * FROM q2
CREATE TEMP TABLE del_child (a int REFERENCES del)
CREATE TEMP TABLE del_child (a int REFERENCES del) ON COMMIT DELETE ROWS
BEGIN
INSERT INTO del VALUES (5)
INSERT INTO del_child VALUES (5)
COMMIT
SELECT (SELECT count(*) FROM del), (SELECT count(*) FROM del_child)
CREATE TEMP TABLE key_later (a int PRIMARY KEY, b int REFERENCES key_later DEFERRABLE INITIALLY DEFERRED) ON COMMIT DELETE ROWS
BEGIN
INSERT INTO key_later VALUES (1, 2)
COMMIT
BEGIN
INSERT INTO key_later VALUES (1, 2), (2, 1)
COMMIT
SELECT count(*) FROM key_later
INSERT INTO del VALUES (1); INSERT INTO del VALUES (2); SELECT count(*) FROM del
CREATE TABLE not_temp (a int) ON COMMIT DROP
CREATE TABLE not_temp (a int) ON COMMIT DELETE ROWS
CREATE TABLE not_temp (a int) ON COMMIT PRESERVE ROWS
CREATE TABLE not_temp ON COMMIT DROP AS SELECT 1
CREATE TABLE pg_temp.is_temp (a int) ON COMMIT DROP
CREATE TEMP TABLE bad (a int) ON COMMIT nothing
CREATE TEMP TABLE bad (a int) ON COMMIT DELETE x
CREATE TEMP TABLE bad (a int) ON COMMIT DROP WITH (fillfactor = 50)
CREATE TEMP TABLE ok (a int) WITH (fillfactor = 50) ON COMMIT DROP
ALTER TABLE keep SET SCHEMA pg_temp
# Read-only transactions
BEGIN READ ONLY
INSERT INTO keep VALUES (2), (3)
UPDATE keep SET a = a + 10 WHERE a = 2
DELETE FROM keep WHERE a = 3
SELECT * FROM keep ORDER BY a
SELECT * FROM keep ORDER BY a FOR UPDATE
SELECT keep.a FROM keep, perm WHERE keep.a = perm.a FOR UPDATE OF keep
SELECT nextval('s4'), setval('s4', 20)
WITH w AS (DELETE FROM keep WHERE a = 12 RETURNING a) INSERT INTO del SELECT a FROM w RETURNING a
SAVEPOINT s
SELECT keep.a FROM keep, perm WHERE keep.a = perm.a FOR UPDATE
ROLLBACK TO s
INSERT INTO perm VALUES (50)
ROLLBACK TO s
WITH w AS (DELETE FROM perm RETURNING a) INSERT INTO keep SELECT a FROM w
ROLLBACK TO s
CREATE TEMP TABLE x (a int)
ROLLBACK TO s
CREATE TEMP TABLE x AS SELECT 1
ROLLBACK TO s
TRUNCATE keep
ROLLBACK TO s
DROP TABLE keep
ROLLBACK TO s
CREATE INDEX ON keep (a)
ROLLBACK TO s
ALTER TABLE keep ADD b int
ROLLBACK TO s
COMMIT
SELECT * FROM keep ORDER BY a
SET default_transaction_read_only = on
INSERT INTO keep VALUES (7)
CREATE TEMP TABLE y (a int)
DELETE FROM perm
RESET default_transaction_read_only
# Transactions
BEGIN
CREATE TEMP TABLE undone (a int)
INSERT INTO undone VALUES (1)
SAVEPOINT s
DROP TABLE undone
ROLLBACK TO s
SELECT * FROM undone
ROLLBACK
SELECT * FROM undone
CREATE TEMP TABLE multi (a int); INSERT INTO multi VALUES (1), (2); SELECT sum(a) FROM multi
SELECT count(*) FROM multi
PREPARE p1 AS SELECT count(*) FROM multi
EXECUTE p1
INSERT INTO multi VALUES (3)
EXECUTE p1
DROP TABLE multi
EXECUTE p1
CREATE TEMP TABLE multi (a int)
EXECUTE p1
CREATE TABLE shadow (a int)
INSERT INTO shadow VALUES (1), (2)
PREPARE p2 AS SELECT count(*) FROM shadow
EXECUTE p2
CREATE TEMP TABLE shadow (a int)
EXECUTE p2
DROP TABLE shadow
EXECUTE p2
BEGIN
DECLARE cur CURSOR WITH HOLD FOR SELECT a FROM keep ORDER BY a
COMMIT
FETCH ALL FROM cur
CLOSE cur
COPY keep TO STDOUT
COPY keep FROM STDIN
: 31
: 32
: \.
SELECT count(*) FROM keep
COPY pg_temp.keep (a) TO STDOUT (FORMAT csv, HEADER)
TRUNCATE keep
SELECT count(*) FROM keep
LOCK TABLE keep
VACUUM keep
ANALYZE keep
EXPLAIN (COSTS OFF) INSERT INTO keep VALUES (1)
SHOW temp_buffers
SET temp_buffers = '1MB'
SHOW temp_tablespaces
# Schemas of their own
CREATE SCHEMA pg_temp
CREATE SCHEMA pg_temp_77
DROP SCHEMA pg_temp
DROP SCHEMA IF EXISTS pg_temp CASCADE
ALTER SCHEMA pg_temp RENAME TO x
COMMENT ON SCHEMA pg_temp IS 'x'
CREATE TABLE pg_temp_77.x (a int)
SELECT schema_name ~ '^pg_temp_[0-9]+$' FROM information_schema.schemata WHERE schema_name::regnamespace = pg_my_temp_schema()
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'
SELECT pg_temp.lower('A')
CREATE TYPE pg_temp.mood AS ENUM ('sad')
# Discarded
CREATE TEMP TABLE gone (a int)
BEGIN
DISCARD TEMP
SELECT * FROM gone
ROLLBACK
SELECT * FROM gone
DISCARD TEMP
SELECT * FROM gone
SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()
SELECT pg_my_temp_schema() <> 0
CREATE TEMP TABLE gone (a int)
BEGIN READ ONLY
DISCARD TEMP
COMMIT
SELECT * FROM gone
CREATE TEMP TABLE gone (a int)
DISCARD ALL
SELECT * FROM gone
SELECT a FROM perm_from_s
INSERT INTO perm_from_s DEFAULT VALUES RETURNING a
DISCARD PLANS
SELECT relname FROM pg_class WHERE relpersistence = 't' AND relnamespace = pg_my_temp_schema()
