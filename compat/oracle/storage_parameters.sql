# schema: Storage parameters
CREATE TABLE s1 (id int PRIMARY KEY, a text, b int) WITH (fillfactor=70, autovacuum_enabled=false, autovacuum_vacuum_scale_factor = 0.05, log_autovacuum_min_duration = -1)
SELECT relname, reloptions FROM pg_class WHERE relname LIKE 's1%' ORDER BY 1
ALTER TABLE s1 SET (fillfactor = 80, parallel_workers = 4)
SELECT relname, reloptions FROM pg_class WHERE relname = 's1'
ALTER TABLE s1 RESET (fillfactor, autovacuum_enabled, nosuch)
SELECT relname, reloptions FROM pg_class WHERE relname = 's1'
ALTER TABLE s1 RESET (fillfactor = 4)
ALTER TABLE s1 SET (nosuch = 4)
ALTER TABLE s1 SET (fillfactor = 4)
ALTER TABLE s1 SET (fillfactor = 101)
ALTER TABLE s1 SET (fillfactor = x)
ALTER TABLE s1 SET (fillfactor)
ALTER TABLE s1 SET (fillfactor = 50, fillfactor = 60)
ALTER TABLE s1 SET (autovacuum_enabled = maybe)
ALTER TABLE s1 SET (autovacuum_enabled)
ALTER TABLE s1 SET (autovacuum_vacuum_cost_delay = 200)
ALTER TABLE s1 SET (autovacuum_vacuum_cost_delay = x)
ALTER TABLE s1 SET (autovacuum_vacuum_cost_delay = 2.5)
ALTER TABLE s1 SET (vacuum_index_cleanup = x)
ALTER TABLE s1 SET (vacuum_index_cleanup = AUTO)
ALTER TABLE s1 SET (toast.autovacuum_enabled = false)
ALTER TABLE s1 SET (toast.fillfactor = 70)
ALTER TABLE s1 SET (other.fillfactor = 70)
ALTER TABLE s1 SET (toast_tuple_target = 9000)
ALTER TABLE s1 SET (autovacuum_freeze_max_age = 1)
ALTER TABLE s1 SET (user_catalog_table = true)
ALTER TABLE s1 SET (autovacuum_analyze_threshold = 10, autovacuum_analyze_scale_factor = 0)
SELECT relname, reloptions FROM pg_class WHERE relname = 's1'
CREATE TABLE s2 (a int) WITH (oids = false)
CREATE TABLE s3 (a int) WITH (oids)
CREATE TABLE s3 (a int) WITHOUT OIDS
SELECT relname, reloptions FROM pg_class WHERE relname IN ('s2', 's3') ORDER BY 1
CREATE TABLE s4 (a int) USING heap WITH (fillfactor = 50) TABLESPACE pg_default
CREATE TABLE s5 (a int) TABLESPACE pg_global
CREATE TABLE s5 (a int) TABLESPACE nosuch
CREATE TABLE s5 WITH (fillfactor = 33) AS SELECT 1 AS a
CREATE TABLE s6 (a int) WITH (nosuch = 1)
CREATE TABLE s6 (a int) WITH (x.nosuch = 1)
CREATE TABLE s6 (a int) WITH ()
CREATE TABLE s6 (a int) WITH (fillfactor = 5
SELECT relname, reloptions FROM pg_class WHERE relname IN ('s4', 's5') ORDER BY 1
ALTER TABLE s4 SET TABLESPACE pg_default
ALTER TABLE s4 SET TABLESPACE pg_global
ALTER TABLE s4 SET TABLESPACE nosuch
CREATE INDEX s1_a ON s1 (a) WITH (fillfactor = 60)
ALTER INDEX s1_a SET (fillfactor = 50, deduplicate_items = off)
SELECT pg_get_indexdef('s1_a'::regclass)
ALTER INDEX s1_a RESET (fillfactor)
SELECT pg_get_indexdef('s1_a'::regclass), reloptions FROM pg_class WHERE relname = 's1_a'
ALTER INDEX s1_a SET (autovacuum_enabled = on)
ALTER INDEX s1_a SET (fillfactor = 5)
ALTER INDEX s1_pkey SET (fillfactor = 90)
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 's1_pkey'
ALTER INDEX s1 SET (fillfactor = 90)
ALTER INDEX nosuch SET (fillfactor = 90)
ALTER INDEX IF EXISTS nosuch SET (fillfactor = 90)
ALTER TABLE s1_a SET (fillfactor = 77)
ALTER INDEX s1_a SET TABLESPACE pg_default
ALTER INDEX s1_a RENAME TO s1_b
CREATE SEQUENCE sq CACHE 20
SELECT seqcache FROM pg_sequence WHERE seqrelid = 'sq'::regclass
ALTER SEQUENCE sq CACHE 5
SELECT cache_size FROM pg_sequences WHERE sequencename = 'sq'
CREATE VIEW sv AS SELECT 1 AS a
ALTER TABLE sv SET (fillfactor = 3)
ALTER TABLE s1 ALTER a SET STATISTICS 100
ALTER TABLE s1 ALTER COLUMN b SET STATISTICS 20000
ALTER TABLE s1 ALTER b SET STATISTICS -2
ALTER TABLE s1 ALTER nosuch SET STATISTICS 1
ALTER TABLE s1 ALTER a SET STORAGE external
ALTER TABLE s1 ALTER a SET STORAGE nosuch
ALTER TABLE s1 ALTER b SET STORAGE extended
ALTER TABLE s1 ALTER b SET STORAGE PLAIN
ALTER TABLE s1 ALTER a SET COMPRESSION pglz
ALTER TABLE s1 ALTER a SET COMPRESSION nosuch
ALTER TABLE s1 ALTER b SET COMPRESSION pglz
ALTER TABLE s1 ALTER a SET (n_distinct = 5, n_distinct_inherited = -0.5)
ALTER TABLE s1 ALTER a SET (n_distinct = -2)
ALTER TABLE s1 ALTER a SET (nosuch = 1)
SELECT attname, attstattarget, attstorage, attcompression, attoptions FROM pg_attribute WHERE attrelid = 's1'::regclass AND attnum > 0 ORDER BY attnum
ALTER TABLE s1 ALTER a RESET (n_distinct), ALTER a SET COMPRESSION default, ALTER b SET STATISTICS -1
SELECT attname, attstattarget, attstorage, attcompression, attoptions FROM pg_attribute WHERE attrelid = 's1'::regclass AND attnum > 0 ORDER BY attnum
ALTER TABLE s1 ALTER a SET COMPRESSION lz4
CREATE TABLE s7 (LIKE s1 INCLUDING STORAGE INCLUDING COMPRESSION)
CREATE TABLE s8 (LIKE s1)
SELECT attrelid::regclass::text, attname, attstattarget, attstorage, attcompression, attoptions FROM pg_attribute WHERE attrelid IN ('s7'::regclass, 's8'::regclass) AND attnum > 0 ORDER BY 1, attnum
ALTER TABLE s1 RESET (user_catalog_table)
ALTER TABLE s1 ALTER a TYPE varchar(10)
ALTER TABLE s1 ALTER a SET STATISTICS 7
SELECT attname, attstattarget, attstorage, attcompression, attoptions FROM pg_attribute WHERE attrelid = 's1'::regclass AND attnum > 0 ORDER BY attnum
ALTER TABLE sv ALTER a SET STATISTICS 5
ALTER TABLE sv ALTER a SET STORAGE plain
CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY, b int GENERATED BY DEFAULT AS IDENTITY (START 5), c int)
INSERT INTO ident (c) VALUES (1)
ALTER TABLE ident ALTER id RESTART WITH 100
ALTER TABLE ident ALTER COLUMN b RESTART
INSERT INTO ident (c) VALUES (2)
ALTER TABLE ident ALTER id SET INCREMENT BY 5 SET GENERATED BY DEFAULT, ALTER b SET START WITH 50 SET CACHE 7 RESTART
INSERT INTO ident (c) VALUES (3), (4)
SELECT * FROM ident ORDER BY c
SELECT seqrelid::regclass::text, seqstart, seqincrement, seqcache FROM pg_sequence WHERE seqrelid::regclass::text LIKE 'ident%' ORDER BY 1
SELECT attname, attidentity FROM pg_attribute WHERE attrelid = 'ident'::regclass AND attnum > 0 ORDER BY attnum
ALTER TABLE ident ALTER c RESTART
ALTER TABLE ident ALTER c SET GENERATED ALWAYS
ALTER TABLE ident ALTER id SET RESTART
ALTER TABLE ident ALTER id SET OWNED BY NONE
ALTER TABLE ident ALTER id SET INCREMENT 2 SET INCREMENT 3
ALTER TABLE ident ALTER id SET NO MAXVALUE SET CYCLE RESTART 7
INSERT INTO ident (c) VALUES (5) RETURNING *
CREATE TABLE k1 (a int PRIMARY KEY WITH (fillfactor = 70), b int UNIQUE WITH (fillfactor = 80) USING INDEX TABLESPACE pg_default, c int, UNIQUE (b, c) WITH (fillfactor = 90))
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'k1'::regclass ORDER BY 1
ALTER TABLE k1 ADD CONSTRAINT k1_c UNIQUE (c) WITH (fillfactor = 60)
CREATE INDEX k1_t ON k1 (c) TABLESPACE pg_default
CREATE INDEX k1_n ON k1 (c) TABLESPACE nosuch
SELECT relname, reloptions FROM pg_class WHERE relname LIKE 'k1%' AND relkind = 'i' ORDER BY 1
ALTER TABLE k1 ADD CONSTRAINT k1_d UNIQUE (a, c) WITH (fillfactor = 40) USING INDEX TABLESPACE pg_default DEFERRABLE INITIALLY DEFERRED
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'k1_d'
CREATE TABLE k2 (LIKE k1 INCLUDING INDEXES)
SELECT relname, reloptions FROM pg_class WHERE relname LIKE 'k2%' AND relkind = 'i' ORDER BY 1
CREATE TABLE k3 (a int PRIMARY KEY WITH (nosuch = 70))
CREATE TABLE k3 (a int PRIMARY KEY USING INDEX TABLESPACE nosuch)
CREATE TABLE k3 (a int, b text UNIQUE NOT NULL, CONSTRAINT k3_k PRIMARY KEY (a) WITH (fillfactor = 55), UNIQUE (a, b) WITH (fillfactor = 56))
SELECT relname, reloptions FROM pg_class WHERE relname LIKE 'k3%' AND relkind = 'i' ORDER BY 1
