# schema: Settings, transactions, prepared statements, utility statements
SHOW server_version_num
SHOW search_path
SHOW DateStyle
SHOW IntervalStyle
SHOW client_encoding
SHOW standard_conforming_strings
SHOW integer_datetimes
SHOW transaction_isolation
SHOW default_transaction_isolation
SHOW transaction isolation level
SHOW session authorization
SHOW is_superuser
SHOW max_identifier_length
SHOW lc_collate
SHOW server_encoding
SHOW extra_float_digits
SHOW bytea_output
SHOW application_name
SHOW statement_timeout
SHOW lock_timeout
SHOW work_mem
SHOW max_connections
SHOW block_size
SHOW nosuch
SHOW my.own
SET my.own = 'x'
SHOW my.own
SELECT current_setting('my.own'), current_setting('my.other', true) IS NULL
SELECT current_setting('my.other')
RESET my.own
SHOW my.own
SET nosuch = 1
SET work_mem = '64MB'
SHOW work_mem
SET work_mem = '1GB'
SHOW work_mem
SET work_mem = 1024
SHOW work_mem
SET work_mem = 'x'
SET work_mem = '1PB'
SET work_mem = -5
SET statement_timeout = '5s'
SHOW statement_timeout
SET statement_timeout = '1.5min'
SHOW statement_timeout
SET statement_timeout TO DEFAULT
SHOW statement_timeout
SET LOCAL work_mem = '8MB'
SET SESSION work_mem = '8MB'
SHOW work_mem
RESET work_mem
RESET ALL
SET search_path = public, pg_catalog
SHOW search_path
SELECT current_schemas(false)
SET search_path TO nosuch
SELECT current_schema()
CREATE TABLE nowhere (a int)
SET search_path = '"$user", public'
SHOW search_path
RESET search_path
SET client_encoding = 'UTF8'
SET client_encoding = 'LATIN1'
SET client_encoding = 'nosuch'
SET NAMES 'UTF8'
SET standard_conforming_strings = on
SET standard_conforming_strings = off
SET application_name = 'oracle test'
SHOW application_name
SET extra_float_digits = 3
SET extra_float_digits = 4
SET bytea_output = 'nosuch'
SET default_transaction_isolation = 'nosuch'
SET default_transaction_isolation = 'serializable'
SHOW transaction_isolation
SET default_transaction_isolation = 'read committed'
SET transaction_isolation = 'serializable'
SET server_version = '1'
SET max_connections = 5
SET enable_seqscan = off
SHOW enable_seqscan
SET enable_seqscan = maybe
SELECT set_config('my.own', 'y', false)
SELECT current_setting('my.own')
SELECT set_config('nosuch', 'y', false)
SELECT current_setting('work_mem'), current_setting('DATESTYLE')
BEGIN
SHOW transaction_isolation
SET LOCAL work_mem = '8MB'
SHOW work_mem
COMMIT
SHOW work_mem
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY
SHOW transaction_isolation
SHOW transaction_read_only
CREATE TABLE ro (a int)
ROLLBACK
BEGIN
BEGIN
ROLLBACK
ROLLBACK
COMMIT
START TRANSACTION ISOLATION LEVEL SERIALIZABLE
SELECT 1
SET TRANSACTION ISOLATION LEVEL READ COMMITTED
ROLLBACK
SET TRANSACTION READ ONLY
SAVEPOINT x
RELEASE x
ROLLBACK TO x
BEGIN
CREATE TABLE tr (a int PRIMARY KEY)
INSERT INTO tr VALUES (1)
SAVEPOINT s1
INSERT INTO tr VALUES (1)
SELECT * FROM tr
ROLLBACK TO s1
SELECT * FROM tr
SAVEPOINT s1
INSERT INTO tr VALUES (2)
RELEASE SAVEPOINT s1
ROLLBACK TO SAVEPOINT nosuch
COMMIT
SELECT * FROM tr
BEGIN
CREATE TABLE tr (a int)
INSERT INTO tr VALUES (1), (2)
SAVEPOINT a
DELETE FROM tr
SAVEPOINT b
INSERT INTO tr VALUES (9)
ROLLBACK TO a
SELECT * FROM tr ORDER BY a
ROLLBACK TO b
COMMIT AND CHAIN
ROLLBACK
BEGIN
SELECT 1
COMMIT AND CHAIN
SELECT 2
ROLLBACK AND CHAIN
ROLLBACK AND NO CHAIN
COMMIT AND CHAIN
END
ABORT
BEGIN; SELECT 1; COMMIT
SELECT 1; SELECT 2
SELECT 1; SELECT 1/0; SELECT 3
;
-- only a comment
SELECT 1;
SELECT 'a;b'; SELECT 2;
DISCARD ALL
DISCARD PLANS
DISCARD TEMP
DISCARD SEQUENCES
DISCARD NOSUCH
DEALLOCATE ALL
DEALLOCATE nosuch
PREPARE p (int) AS SELECT $1 + 1
EXECUTE p (2)
DEALLOCATE p
EXECUTE p (2)
DECLARE c CURSOR FOR SELECT 1
FETCH c
CLOSE c
CLOSE ALL
EXPLAIN SELECT 1
EXPLAIN (FORMAT JSON) SELECT 1
LISTEN ch
NOTIFY ch
UNLISTEN *
CHECKPOINT
VACUUM
ANALYZE
ANALYZE nosuch
REINDEX TABLE nosuch
CLUSTER nosuch
LOCK TABLE nosuch
SET ROLE postgres
SET ROLE nosuch
RESET ROLE
SET SESSION AUTHORIZATION DEFAULT
CREATE EXTENSION plpgsql
CREATE EXTENSION IF NOT EXISTS plpgsql
DO $$ BEGIN NULL; END $$
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
DROP FUNCTION f()
DROP FUNCTION IF EXISTS f()
CREATE TRIGGER tg BEFORE INSERT ON tr EXECUTE FUNCTION f()
CREATE ROLE r
GRANT SELECT ON tr TO postgres
ALTER SYSTEM SET work_mem = '1MB'
SELECT pg_advisory_lock(1), pg_advisory_unlock(1), pg_advisory_unlock(1)
SELECT pg_try_advisory_lock(1, 2), pg_advisory_unlock_all()
SELECT pg_sleep(0)
SELECT txid_current() > 0
SELECT pg_cancel_backend(0)
SELECT inet_server_port() > 0, pg_postmaster_start_time() < now(), pg_conf_load_time() <= now()
SELEC 1
SELECT * FORM x
SELECT (1
SELECT 1)
SELECT 'abc
SELECT "abc
SELECT $$abc
SELECT 1 +
SELECT FROM WHERE
INSERT INTO
CREATE
DROP
UPDATE x
DELETE x
CREATE TABLE
CREATE TABLE x
CREATE TABLE x (
CREATE TABLE x (a)
CREATE TABLE x (a int,)
CREATE TABLE x (a int b int)
GRANT
SELECT 1 FROM
SELECT * FROM (SELECT 1
SELECT 1a
SELECT 1.2.3
SELECT @
SELECT 1 = = 2
SELECT #
SELECT [1]
SELECT {1}
SELECT $0
SELECT $1
SELECT :x
SELECT a.b.c.d.e FROM x
# EXPLAIN of what holds a query
PREPARE se_one (int) AS SELECT $1 + 1
EXPLAIN (COSTS OFF) EXECUTE se_one(1)
EXPLAIN (COSTS OFF, FORMAT JSON) EXECUTE nosuch(1)
EXPLAIN EXECUTE se_one
EXPLAIN EXECUTE se_one('x')
EXPLAIN (COSTS OFF) DECLARE se_c CURSOR FOR SELECT 1
EXPLAIN (COSTS OFF) DECLARE se_c CURSOR FOR INSERT INTO nosuch VALUES (1)
EXPLAIN (COSTS OFF) CREATE TABLE se_t AS SELECT 1
EXPLAIN (COSTS OFF) CREATE TEMP TABLE se_t (x) AS SELECT 1 WITH NO DATA
EXPLAIN (COSTS OFF) CREATE MATERIALIZED VIEW se_t AS SELECT 1
EXPLAIN (COSTS OFF) CREATE VIEW se_t AS SELECT 1
SELECT * FROM se_t
# DISCARD takes what sequences have given
CREATE SEQUENCE se_s
SELECT nextval('se_s'), lastval()
DISCARD SEQUENCES
SELECT lastval()
SELECT currval('se_s')
SELECT nextval('se_s'), lastval()
DISCARD ALL
SELECT lastval()
# What a failed block hands on to the one chained to it.
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE
SELECT 1/0
ROLLBACK AND CHAIN
SHOW transaction_isolation
SHOW transaction_read_only
SHOW transaction_deferrable
ROLLBACK
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE
SAVEPOINT a
SELECT 1/0
COMMIT AND CHAIN
SHOW transaction_isolation
SHOW transaction_read_only
SHOW transaction_deferrable
ROLLBACK
BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE DEFERRABLE
COMMIT AND CHAIN
SELECT 1/0
COMMIT AND CHAIN
SHOW transaction_isolation
SHOW transaction_deferrable
SET TRANSACTION READ ONLY
SELECT 1/0
ROLLBACK AND CHAIN
SHOW transaction_isolation
SHOW transaction_read_only
COMMIT
