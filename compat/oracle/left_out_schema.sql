# schema: What schemas and sessions may ask for and is left out
! CREATE TABLE lo_b (id int PRIMARY KEY, t text)
CREATE TABLE lo_parts (id int) PARTITION BY RANGE (id)
CREATE TABLE lo_child () INHERITS (lo_b)
CREATE TABLE lo_ex (id int, EXCLUDE (id WITH =))
CREATE UNLOGGED TABLE lo_un (id int)
CREATE FUNCTION lo_f(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + 1'
CREATE FUNCTION lo_g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'
CREATE PROCEDURE lo_pr() LANGUAGE sql AS 'SELECT 1'
CREATE TRIGGER lo_tr BEFORE UPDATE ON lo_b FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
CREATE RULE lo_ru AS ON DELETE TO lo_b DO INSTEAD NOTHING
CREATE AGGREGATE lo_ag(int) (sfunc = int4pl, stype = int)
CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq)
CREATE COLLATION lo_co FROM "C"
CREATE TYPE lo_ra AS RANGE (subtype = int4)
! BEGIN
CREATE EXTENSION citext
! ROLLBACK
! BEGIN
CREATE EXTENSION pg_trgm
! ROLLBACK
! BEGIN
CREATE EXTENSION hstore
! ROLLBACK
CREATE POLICY lo_po ON lo_b
ALTER TABLE lo_b ENABLE ROW LEVEL SECURITY
CREATE STATISTICS lo_st ON id, t FROM lo_b
CREATE INDEX lo_gin ON lo_b USING gin (to_tsvector('simple', t))
CREATE INDEX lo_gist ON lo_b USING gist (id)
DO $$ DECLARE i int; BEGIN i := 1; END $$
DO $$ BEGIN FOR i IN 1..2 LOOP NULL; END LOOP; END $$
DO LANGUAGE sql 'SELECT 1'
PREPARE TRANSACTION 'x'
LISTEN lo_ch
NOTIFY lo_ch
BEGIN
CREATE INDEX CONCURRENTLY lo_i ON lo_b (t)
ROLLBACK
SELECT lanname FROM pg_language ORDER BY 1
