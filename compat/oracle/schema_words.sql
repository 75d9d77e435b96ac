# schema: REPLICA IDENTITY, CLUSTER ON, sequences that move
! CREATE TABLE a1 (id serial PRIMARY KEY, n int, t text NOT NULL UNIQUE, k int)
! CREATE INDEX a1_k ON a1 (k)
! CREATE UNIQUE INDEX a1_n ON a1 (n)
! CREATE UNIQUE INDEX a1_e ON a1 (lower(t))
! CREATE UNIQUE INDEX a1_p ON a1 (t) WHERE n > 0
! CREATE INDEX a1_h ON a1 USING hash (t)
! CREATE TABLE a2 (id int PRIMARY KEY)
! CREATE SCHEMA sx
! CREATE SEQUENCE sq1
ALTER TABLE a1 REPLICA IDENTITY FULL
SELECT relreplident FROM pg_class WHERE relname = 'a1'
ALTER TABLE a1 REPLICA IDENTITY USING INDEX a1_t_key
SELECT relreplident FROM pg_class WHERE relname = 'a1'
SELECT indexrelid::regclass::text, indisreplident, indisclustered FROM pg_index WHERE indrelid = 'a1'::regclass ORDER BY 1
ALTER TABLE a1 REPLICA IDENTITY USING INDEX a1_n
ALTER TABLE a1 REPLICA IDENTITY USING INDEX a1_k
ALTER TABLE a1 REPLICA IDENTITY USING INDEX a1_e
ALTER TABLE a1 REPLICA IDENTITY USING INDEX a1_p
ALTER TABLE a1 REPLICA IDENTITY USING INDEX nosuch
ALTER TABLE a1 REPLICA IDENTITY USING INDEX a2_pkey
ALTER TABLE a1 REPLICA IDENTITY NOTHING
SELECT relreplident FROM pg_class WHERE relname = 'a1'
ALTER TABLE a1 REPLICA IDENTITY SOMETHING
ALTER TABLE a1 REPLICA IDENTITY DEFAULT
SELECT relreplident FROM pg_class WHERE relname = 'a1'
ALTER TABLE a1 CLUSTER ON a1_pkey
ALTER TABLE a1 CLUSTER ON a1_k
SELECT indexrelid::regclass::text, indisclustered FROM pg_index WHERE indrelid = 'a1'::regclass ORDER BY 1
ALTER TABLE a1 CLUSTER ON a1_p
ALTER TABLE a1 CLUSTER ON a1_h
ALTER TABLE a1 CLUSTER ON nosuch
ALTER TABLE a1 SET WITHOUT CLUSTER
SELECT count(*) FROM pg_index WHERE indisclustered AND indrelid = 'a1'::regclass
ALTER TABLE a1 DISABLE ROW LEVEL SECURITY
ALTER TABLE a1 NO FORCE ROW LEVEL SECURITY
ALTER SEQUENCE sq1 SET SCHEMA sx
SELECT sequence_schema FROM information_schema.sequences WHERE sequence_name = 'sq1'
SELECT nextval('sx.sq1')
ALTER SEQUENCE a1_id_seq SET SCHEMA sx
ALTER SEQUENCE sx.sq1 SET SCHEMA nosuch
ALTER SEQUENCE IF EXISTS nosuch SET SCHEMA sx
ALTER SEQUENCE sx.sq1 SET SCHEMA public
SELECT nextval('sq1')
DROP SCHEMA sx

# Sequences that definitions name, and those that only look like it
! CREATE SEQUENCE sw_s
! CREATE SEQUENCE sw_a
! CREATE SCHEMA sw_other
! CREATE TABLE sw_named (id int DEFAULT nextval('sw_s'), two int DEFAULT nextval('SW_S') * 2, sw_ab text DEFAULT 'sw_ab')
ALTER SEQUENCE sw_s RENAME TO sw_t
ALTER SEQUENCE sw_s SET SCHEMA sw_other
ALTER SEQUENCE sw_a RENAME TO sw_b
ALTER SEQUENCE sw_b SET SCHEMA sw_other
INSERT INTO sw_named DEFAULT VALUES RETURNING id, two, sw_ab
! CREATE SEQUENCE sw_plain
! CREATE TABLE sw_only (id int DEFAULT nextval('sw_plain'))
ALTER SEQUENCE sw_plain RENAME TO sw_renamed
INSERT INTO sw_only DEFAULT VALUES RETURNING id
# A key that is a replica identity, and CLUSTER ON of a copied table
! CREATE TABLE sw_key (a int NOT NULL, b int)
! CREATE UNIQUE INDEX sw_key_a ON sw_key (a)
! ALTER TABLE sw_key REPLICA IDENTITY USING INDEX sw_key_a
! ALTER TABLE sw_key CLUSTER ON sw_key_a
ALTER TABLE sw_key ALTER a DROP NOT NULL
ALTER TABLE sw_key ALTER b DROP NOT NULL
! CREATE TABLE sw_copy (LIKE sw_key INCLUDING ALL)
SELECT indexrelid::regclass::text, indisclustered, indisreplident FROM pg_index WHERE indrelid IN ('sw_key'::regclass, 'sw_copy'::regclass) ORDER BY 1
# CLUSTER itself
! CREATE TABLE sw_cl (a int PRIMARY KEY, b int)
! CREATE INDEX sw_cl_b ON sw_cl (b)
CLUSTER sw_cl
CLUSTER sw_cl USING nosuch
CLUSTER nosuch USING sw_cl_b
CLUSTER sw_cl USING sw_cl_b
SELECT indexrelid::regclass::text, indisclustered FROM pg_index WHERE indrelid = 'sw_cl'::regclass ORDER BY 1
CLUSTER sw_cl
CLUSTER sw_cl USING sw_cl_b
CLUSTER VERBOSE sw_cl USING sw_cl_pkey
SELECT indexrelid::regclass::text, indisclustered FROM pg_index WHERE indrelid = 'sw_cl'::regclass ORDER BY 1
