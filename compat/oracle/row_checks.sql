# schema: Whole rows in CHECK constraints
CREATE TABLE wr (a int, b text, CHECK (wr IS NOT NULL))
INSERT INTO wr VALUES (1, NULL)
INSERT INTO wr VALUES (1, 'x')
UPDATE wr SET b = NULL
UPDATE wr SET b = 'y' RETURNING *
INSERT INTO wr SELECT 2, NULL
INSERT INTO wr VALUES (1, 'z') ON CONFLICT DO NOTHING
SELECT conname, conkey, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'wr'::regclass
CREATE TABLE wr2 (a int, b text, CHECK (wr2.* IS NOT NULL), CHECK (ROW(a, b) IS NOT NULL), CONSTRAINT other CHECK (wr2 <> ROW(5, 'x'::text)))
INSERT INTO wr2 VALUES (5, 'x')
INSERT INTO wr2 VALUES (NULL, 'x')
INSERT INTO wr2 VALUES (4, 'x')
CREATE TABLE wr3 (a int, b text, CHECK (to_jsonb(wr3) ? 'a'), CHECK (num_nonnulls(wr3.*) > 0), CHECK ((wr3).a > 0), CHECK (wr3::text <> '(9,9)'))
INSERT INTO wr3 VALUES (9, 9)
INSERT INTO wr3 VALUES (0, 9)
INSERT INTO wr3 VALUES (8, 9)
SELECT conname, conkey, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'wr3'::regclass ORDER BY conname
CREATE TABLE wr4 (a int, b text GENERATED ALWAYS AS (wr4::text) STORED)
CREATE TABLE wr4 (a int, b text GENERATED ALWAYS AS (wr4.*::text) STORED)
CREATE TABLE wr4 (a int, b bool GENERATED ALWAYS AS (wr4 IS NULL) STORED)
CREATE TABLE wr4 (a int, b text)
ALTER TABLE wr4 ADD c text GENERATED ALWAYS AS (wr4::text) STORED
CREATE INDEX ON wr4 ((wr4::text))
CREATE INDEX ON wr4 ((to_jsonb(wr4)))
INSERT INTO wr4 VALUES (1, NULL), (2, 'x')
ALTER TABLE wr4 ADD CHECK (wr4 IS NOT NULL)
ALTER TABLE wr4 ADD CHECK (wr4 IS NOT NULL) NOT VALID
ALTER TABLE wr4 VALIDATE CONSTRAINT wr4_check
DELETE FROM wr4 WHERE a = 1
ALTER TABLE wr4 VALIDATE CONSTRAINT wr4_check
ALTER TABLE wr ADD COLUMN c int
INSERT INTO wr VALUES (1, 'x')
INSERT INTO wr VALUES (1, 'x', 2)
ALTER TABLE wr DROP COLUMN c
INSERT INTO wr VALUES (1, 'x')
ALTER TABLE wr DROP COLUMN b
ALTER TABLE wr RENAME TO wrr
INSERT INTO wrr VALUES (NULL)
INSERT INTO wrr VALUES (5)
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'wrr'::regclass
ALTER TABLE wrr ADD CONSTRAINT w2 CHECK (wr IS NOT NULL)
ALTER TABLE wrr ADD CONSTRAINT w2 CHECK ((wrr).a > 0 AND wrr.a < 9)
INSERT INTO wrr VALUES (9)
ALTER TABLE wrr ALTER a TYPE bigint
ALTER TABLE wr3 DROP COLUMN b
CREATE TABLE wr6 (a int, wr6 int, CHECK (wr6 > 0), CHECK (wr6.wr6 > 0))
INSERT INTO wr6 VALUES (1, 0)
CREATE TABLE wr7 (a int CHECK (wr7 IS NOT NULL))
INSERT INTO wr7 VALUES (NULL)
SELECT conname, conkey FROM pg_constraint WHERE conrelid = 'wr7'::regclass
CREATE TABLE wr8 (LIKE wr7)
CREATE TABLE wr9 (LIKE wr7 INCLUDING CONSTRAINTS)
CREATE TABLE wr9 (LIKE wr7 INCLUDING ALL)
CREATE DOMAIN dd AS int CHECK (dd IS NOT NULL)
CREATE TABLE wr10 (a int, b int, CHECK (wr11 IS NOT NULL))
CREATE TABLE wr12 AS SELECT 1 AS a, NULL::text AS b
ALTER TABLE wr12 ADD CHECK (wr12 IS NOT NULL OR a = 1)
UPDATE wr12 SET a = 2
UPDATE wr12 SET a = 2, b = 'x' RETURNING *
MERGE INTO wr12 USING (VALUES (2)) AS v (x) ON a = x WHEN MATCHED THEN UPDATE SET b = NULL
CREATE SCHEMA wrs
CREATE TABLE wrs.t (a int, b int, CHECK (t IS NOT NULL), CHECK (wrs.t.a > 0), CHECK (wrs.t IS NOT NULL))
CREATE TABLE wrs.t (a int, b int, CHECK (t IS NOT NULL), CHECK (t.a > 0))
INSERT INTO wrs.t VALUES (1, NULL)
ALTER TABLE wrs.t RENAME TO "Other T"
INSERT INTO wrs."Other T" VALUES (1, NULL)
ALTER TABLE wrs."Other T" SET SCHEMA public
DROP TABLE public."Other T"
