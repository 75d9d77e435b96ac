# schema: pg_depend, and what tools ask it
! CREATE TYPE dp_mood AS ENUM ('sad', 'ok')
! CREATE DOMAIN dp_pos AS int CHECK (VALUE > 0) DEFAULT 1
! CREATE TYPE dp_pair AS (a int, m dp_mood, all_m dp_mood[])
! CREATE SEQUENCE dp_seq
! CREATE SCHEMA dp_other
! CREATE TABLE dp_other.dp_parent (id serial PRIMARY KEY, g int GENERATED ALWAYS AS IDENTITY, e text UNIQUE, m dp_mood, ms dp_mood[], d dp_pos, dt text COLLATE "C" DEFAULT 'x', n int DEFAULT nextval('dp_seq'), gen int GENERATED ALWAYS AS (1 + 1) STORED, gen2 text GENERATED ALWAYS AS (e || 'x') STORED, CONSTRAINT dp_ck CHECK (n > 0))
! CREATE TABLE dp_child (id int PRIMARY KEY, pid int REFERENCES dp_other.dp_parent ON DELETE CASCADE DEFERRABLE, a int, b int, UNIQUE (a, b), FOREIGN KEY (a, b) REFERENCES dp_child (a, b))
! CREATE INDEX dp_expr ON dp_child ((a + b)) WHERE pid > 3
! CREATE INDEX dp_incl ON dp_child (a) INCLUDE (b)
! CREATE INDEX dp_part ON dp_child (a) WHERE b > 3
! CREATE VIEW dp_view AS SELECT p.id, p.m, c.a + 1 AS x FROM dp_other.dp_parent p JOIN dp_child c ON c.pid = p.id
! CREATE VIEW dp_view2 AS SELECT * FROM dp_view
! CREATE MATERIALIZED VIEW dp_mat AS SELECT id, e FROM dp_other.dp_parent
! CREATE UNIQUE INDEX dp_mat_id ON dp_mat (id)
SELECT regexp_replace(pg_describe_object(classid, objid, objsubid), '[0-9]{4,}', 'N', 'g') AS what, pg_describe_object(refclassid, refobjid, refobjsubid) AS needs, deptype FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = 'dp_child'::regclass AND pg_describe_object(classid, objid, objsubid) NOT LIKE '%toast%' ORDER BY 1, 2, 3
SELECT regexp_replace(pg_describe_object(classid, objid, objsubid), '[0-9]{4,}', 'N', 'g') AS what, pg_describe_object(refclassid, refobjid, refobjsubid) AS needs, deptype FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid = 'dp_other.dp_parent'::regclass AND pg_describe_object(classid, objid, objsubid) NOT LIKE '%toast%' ORDER BY 1, 2, 3
SELECT regexp_replace(pg_describe_object(classid, objid, objsubid), '[0-9]{4,}', 'N', 'g') AS what, pg_describe_object(refclassid, refobjid, refobjsubid) AS needs, deptype FROM pg_depend WHERE refclassid = 'pg_class'::regclass AND refobjid IN ('dp_view'::regclass, 'dp_view2'::regclass, 'dp_mat'::regclass, 'dp_seq'::regclass) AND pg_describe_object(classid, objid, objsubid) NOT LIKE '%toast%' ORDER BY 1, 2, 3
SELECT pg_describe_object(classid, objid, objsubid) AS what, deptype FROM pg_depend WHERE refclassid = 'pg_type'::regclass AND refobjid IN ('dp_mood'::regtype, 'dp_mood[]'::regtype, 'dp_pos'::regtype, 'dp_pair'::regtype) ORDER BY 1, 2
SELECT pg_describe_object(classid, objid, objsubid) AS what, deptype FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid IN ('public'::regnamespace, 'dp_other'::regnamespace) ORDER BY 1, 2
SELECT pg_describe_object(classid, objid, objsubid) AS what, pg_describe_object(refclassid, refobjid, refobjsubid) AS needs, deptype FROM pg_depend WHERE classid = 'pg_type'::regclass AND refclassid IN ('pg_type'::regclass, 'pg_class'::regclass) AND pg_describe_object(classid, objid, objsubid) LIKE '%dp\_%' ORDER BY 1, 2, 3
SELECT regexp_replace(tgname, '[0-9]+', 'N') AS trigger, tgrelid::regclass::text, c.conname, d.deptype FROM pg_trigger t JOIN pg_depend d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid JOIN pg_constraint c ON d.refclassid = 'pg_constraint'::regclass AND d.refobjid = c.oid ORDER BY 1, 2, 3
SELECT pg_describe_object(d.refclassid, d.refobjid, d.refobjsubid) FROM pg_depend d WHERE d.classid = 'pg_attrdef'::regclass AND d.deptype IN ('a', 'i') ORDER BY 1
SELECT count(*) FROM pg_depend WHERE objid = 'dp_child'::regclass AND deptype = 'p'
# What graphical tools list.
SELECT l.lanname, l.lanispl, l.lanpltrusted FROM pg_catalog.pg_language l WHERE l.lanname IN ('sql', 'internal', 'c') ORDER BY l.oid
SELECT srvname FROM pg_catalog.pg_foreign_server ORDER BY srvname
SELECT spcname, pg_tablespace_location(oid) FROM pg_catalog.pg_tablespace ORDER BY oid
SELECT am.amname, am.amtype FROM pg_catalog.pg_am am ORDER BY am.oid
SELECT DISTINCT ON (c.relname) c.relname, c.relkind, dep.deptype FROM pg_depend dep JOIN pg_rewrite r ON dep.objid = r.oid AND dep.classid = 'pg_rewrite'::regclass JOIN pg_class c ON c.oid = r.ev_class WHERE dep.refobjid = 'dp_other.dp_parent'::regclass AND dep.refclassid = 'pg_class'::regclass AND c.oid <> dep.refobjid ORDER BY c.relname, dep.deptype
SELECT r.rulename, r.ev_class::regclass::text, r.ev_type, r.ev_enabled, r.is_instead FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relname LIKE 'dp\_%' ORDER BY 2
SELECT x.tgname IS NOT NULL AS named, p.pronamespace::regnamespace::text, x.tgenabled, pg_get_triggerdef(x.oid, true) LIKE 'CREATE CONSTRAINT TRIGGER%' AS def FROM pg_trigger x LEFT JOIN pg_proc p ON p.oid = x.tgfoid WHERE x.tgrelid = 'dp_child'::regclass ORDER BY x.tgtype, 4
# What sequences belong to, as Rails, Django and Hibernate ask.
SELECT s.relname AS sequence, t.relname AS owner, a.attname, d.deptype FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid WHERE s.relkind = 'S' AND d.deptype IN ('a', 'i') ORDER BY 1
# What a statement's columns and types are.
SELECT oid::regtype::text, typname, typtype, typcategory, typrelid <> 0 AS row, typelem::regtype::text, typbasetype::regtype::text FROM pg_catalog.pg_type WHERE oid IN ('dp_mood'::regtype, 'dp_pos'::regtype, 'dp_pair'::regtype, 'dp_mood[]'::regtype, 'int4'::regtype) ORDER BY 1
SELECT attname, atttypid::regtype::text FROM pg_catalog.pg_attribute WHERE attrelid = (SELECT typrelid FROM pg_type WHERE oid = 'dp_pair'::regtype) AND NOT attisdropped AND attnum > 0 ORDER BY attnum
SELECT typarray::regtype::text FROM pg_type WHERE oid = 'dp_mood'::regtype::oid
SELECT exists(SELECT 1 FROM pg_database WHERE datname = $1)
$ postgres
UNLISTEN *
UNLISTEN some_channel
DISCARD ALL
DISCARD SEQUENCES
