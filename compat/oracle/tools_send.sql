# schema: What tools and migrations send
# pg_dump --clean --if-exists, pg_restore --disable-triggers, Rails' fixtures, vacuumdb, pg_dumpall.
SELECT 'array_in(cstring,oid,integer)'::regprocedure
SELECT 'array_in(cstring, oid, int4)'::regprocedure::oid
SELECT t.typname FROM pg_type t WHERE t.typinput = 'array_in(cstring,oid,integer)'::regprocedure AND t.typname IN ('_int4', '_text', 'int4') ORDER BY 1
SELECT to_regprocedure('record_in(cstring,oid,integer)')
SELECT to_regprocedure('array_in(nosuch)')
SELECT to_regprocedure('array_in(cstring)')
DROP FUNCTION IF EXISTS tl_none()
DROP FUNCTION IF EXISTS tl_none
DROP FUNCTION IF EXISTS tl_none(int, varchar(3), text, double precision, int[], OUT x int)
DROP FUNCTION IF EXISTS tl_none(a int, VARIADIC b text[]), tl_other(timestamptz, timestamp with time zone, char, numeric(3,2)) CASCADE
DROP FUNCTION IF EXISTS tl_none("my type")
DROP FUNCTION IF EXISTS tl_none(nosuchtype)
DROP FUNCTION IF EXISTS nosuchschema.tl_none(int)
DROP FUNCTION tl_none()
DROP FUNCTION tl_none(int, varchar)
DROP FUNCTION tl_none
DROP FUNCTION tl_none(nosuchtype)
DROP FUNCTION tl_none(
DROP PROCEDURE IF EXISTS tl_none()
DROP PROCEDURE tl_none()
DROP ROUTINE IF EXISTS tl_none()
DROP ROUTINE tl_none(int)
DROP AGGREGATE IF EXISTS tl_none(int)
DROP AGGREGATE IF EXISTS tl_none(*)
DROP AGGREGATE tl_none(int)
! CREATE TABLE tl_parent (id int PRIMARY KEY)
! CREATE TABLE tl_child (id int PRIMARY KEY, parent_id int REFERENCES tl_parent ON DELETE CASCADE)
! CREATE TABLE tl_alone (id int)
! CREATE VIEW tl_view AS SELECT 1 AS one
DROP TRIGGER IF EXISTS tr ON tl_nosuch
DROP TRIGGER IF EXISTS tr ON tl_parent
DROP TRIGGER tr ON tl_parent
DROP TRIGGER tr ON tl_nosuch
DROP RULE IF EXISTS r ON tl_parent
DROP RULE r ON tl_parent
DROP RULE IF EXISTS r ON tl_nosuch
DROP POLICY IF EXISTS p ON tl_parent
DROP POLICY p ON tl_parent
DROP POLICY IF EXISTS p ON tl_nosuch
ALTER TABLE tl_parent DISABLE TRIGGER nosuch
ALTER TABLE tl_parent ENABLE ALWAYS TRIGGER nosuch
ALTER TABLE tl_view DISABLE TRIGGER ALL
ALTER TABLE tl_view ENABLE TRIGGER x
ALTER TABLE tl_alone DISABLE TRIGGER ALL, ENABLE TRIGGER USER
INSERT INTO tl_child VALUES (1, 1)
ALTER TABLE tl_child DISABLE TRIGGER USER
INSERT INTO tl_child VALUES (1, 1)
ALTER TABLE ONLY tl_child DISABLE TRIGGER ALL
INSERT INTO tl_child VALUES (1, 1), (2, 2)
INSERT INTO tl_child VALUES (1, 3)
UPDATE tl_child SET parent_id = 5 WHERE id = 2
SELECT * FROM tl_child ORDER BY id
! UPDATE tl_child SET parent_id = NULL
ALTER TABLE tl_child ENABLE TRIGGER ALL
INSERT INTO tl_child VALUES (3, 3)
UPDATE tl_child SET parent_id = 5 WHERE id = 1
UPDATE tl_child SET id = 20 WHERE id = 2
INSERT INTO tl_parent VALUES (1), (2)
DELETE FROM tl_parent WHERE id = 1
SELECT * FROM tl_child ORDER BY id
! INSERT INTO tl_child VALUES (4, 2)
ALTER TABLE tl_parent DISABLE TRIGGER ALL
DELETE FROM tl_parent WHERE id = 2
SELECT * FROM tl_child ORDER BY id
INSERT INTO tl_child VALUES (6, 2)
! INSERT INTO tl_parent VALUES (2)
ALTER TABLE tl_parent ENABLE TRIGGER ALL
BEGIN
ALTER TABLE tl_child DISABLE TRIGGER ALL
INSERT INTO tl_child VALUES (7, 7)
ROLLBACK
INSERT INTO tl_child VALUES (7, 7)
DELETE FROM tl_child
! CREATE TABLE tl_late (id int PRIMARY KEY, parent_id int REFERENCES tl_parent DEFERRABLE INITIALLY DEFERRED)
! ALTER TABLE tl_late DISABLE TRIGGER ALL
INSERT INTO tl_late VALUES (1, 77)
! UPDATE tl_late SET parent_id = 2
! ALTER TABLE tl_late ENABLE TRIGGER ALL
INSERT INTO tl_late VALUES (2, 78)
SELECT * FROM tl_late
! ALTER TABLE tl_late DISABLE TRIGGER ALL
! INSERT INTO tl_late VALUES (3, 79)
ALTER TABLE tl_late ENABLE TRIGGER ALL
! DELETE FROM tl_late WHERE id = 3
ALTER TABLE tl_late ENABLE TRIGGER ALL
INSERT INTO tl_late VALUES (3, 79)
ALTER TABLE IF EXISTS ONLY tl_child DROP CONSTRAINT IF EXISTS tl_child_parent_id_fkey
ALTER TABLE IF EXISTS ONLY tl_nosuch DROP CONSTRAINT IF EXISTS tl_child_parent_id_fkey
ALTER TABLE IF EXISTS ONLY tl_child DROP CONSTRAINT IF EXISTS nosuch
VACUUM (ANALYZE) pg_catalog.pg_aggregate
ANALYZE pg_catalog.pg_opfamily
VACUUM pg_catalog.pg_class
SELECT parname, paracl FROM pg_catalog.pg_parameter_acl ORDER BY 1
