# schema: Foreign keys that are NOT VALID
! CREATE TABLE nv_p (id int PRIMARY KEY, t text)
! CREATE TABLE nv_c (id int PRIMARY KEY, pid int, t text)
! CREATE TABLE nv_o (id int PRIMARY KEY, pid int REFERENCES nv_p ON DELETE CASCADE, late int CONSTRAINT nv_late REFERENCES nv_p DEFERRABLE INITIALLY DEFERRED)
! INSERT INTO nv_p SELECT i FROM generate_series(1, 9) i
! INSERT INTO nv_c VALUES (1, 1), (2, 2), (3, NULL), (5, 99), (6, 98), (7, 97)
! ALTER TABLE nv_c ADD CONSTRAINT nv_key FOREIGN KEY (pid) REFERENCES nv_p NOT VALID
# One row is mended, another broken.
UPDATE nv_c SET pid = CASE id WHEN 1 THEN 555 ELSE 1 END WHERE id IN (1, 5)
UPDATE nv_c SET pid = CASE id WHEN 5 THEN 1 ELSE 555 END WHERE id IN (2, 5)
SELECT * FROM nv_c ORDER BY id
WITH gone AS (DELETE FROM nv_c WHERE id = 5 RETURNING id) INSERT INTO nv_c SELECT 50, 555 FROM gone
WITH made AS (INSERT INTO nv_c VALUES (50, 555) RETURNING id), mended AS (INSERT INTO nv_p VALUES (99) RETURNING id) SELECT 1 AS one
SELECT id FROM nv_p WHERE id = 99
# Of another key's row, too.
WITH broken AS (INSERT INTO nv_o VALUES (1, 555, NULL) RETURNING id), mended AS (INSERT INTO nv_p VALUES (98) RETURNING id) SELECT 1 AS one
WITH gone AS (DELETE FROM nv_c WHERE id = 6 RETURNING id), broken AS (INSERT INTO nv_o VALUES (1, 555, NULL) RETURNING id) SELECT 1 AS one
# Parents that go.
DELETE FROM nv_p WHERE id = 1
UPDATE nv_p SET id = 100 WHERE id = 2
WITH gone AS (DELETE FROM nv_c WHERE id = 7), parent AS (DELETE FROM nv_p WHERE id = 1) SELECT 1 AS one
DELETE FROM nv_p WHERE id IN (8, 9)
! INSERT INTO nv_o VALUES (1, 3, NULL)
DELETE FROM nv_p WHERE id = 3
SELECT count(*) FROM nv_o
# What was there may stay, and change elsewhere.
UPDATE nv_c SET t = 'x'
UPDATE nv_c SET id = id + 10 WHERE id = 7
DELETE FROM nv_c WHERE id = 17
INSERT INTO nv_c VALUES (8, 4), (9, NULL)
INSERT INTO nv_c VALUES (10, 4), (11, 555)
INSERT INTO nv_c VALUES (1, 4) ON CONFLICT (id) DO UPDATE SET pid = 555
UPDATE nv_c SET pid = 4 WHERE id = 6
SELECT * FROM nv_c ORDER BY id
# In a block, with savepoints, and with what is deferred.
BEGIN
UPDATE nv_c SET pid = 4 WHERE id = 5
SAVEPOINT a
INSERT INTO nv_c VALUES (20, 555)
ROLLBACK TO a
INSERT INTO nv_o VALUES (2, NULL, 44)
COMMIT
BEGIN
INSERT INTO nv_o VALUES (2, NULL, 44)
UPDATE nv_c SET pid = 4 WHERE id = 5
INSERT INTO nv_p VALUES (44)
COMMIT
SELECT * FROM nv_o ORDER BY id
SELECT * FROM nv_c ORDER BY id
! INSERT INTO nv_p VALUES (50)
ALTER TABLE nv_c VALIDATE CONSTRAINT nv_key
! ALTER TABLE nv_c DROP CONSTRAINT nv_key
! INSERT INTO nv_c VALUES (30, 77)
# Deferrable, it lets other deferred keys be looked at all the same.
! ALTER TABLE nv_c ADD CONSTRAINT nv_key FOREIGN KEY (pid) REFERENCES nv_p DEFERRABLE NOT VALID
BEGIN
INSERT INTO nv_o VALUES (3, NULL, 555)
DELETE FROM nv_c WHERE id = 30
COMMIT
BEGIN
DELETE FROM nv_c WHERE id = 30
INSERT INTO nv_o VALUES (3, NULL, 555)
SET CONSTRAINTS ALL IMMEDIATE
ROLLBACK
INSERT INTO nv_c VALUES (31, 555)
UPDATE nv_c SET pid = CASE id WHEN 1 THEN 555 ELSE 1 END WHERE id IN (1, 30)
BEGIN
SET CONSTRAINTS nv_key DEFERRED
INSERT INTO nv_c VALUES (31, 555)
ROLLBACK
BEGIN
SET CONSTRAINTS nv_key DEFERRED
INSERT INTO nv_c VALUES (31, 5)
COMMIT
SELECT * FROM nv_c ORDER BY id
! ALTER TABLE nv_c DROP CONSTRAINT nv_key
! ALTER TABLE nv_c ADD CONSTRAINT nv_key FOREIGN KEY (pid) REFERENCES nv_p NOT VALID
# So many rows that they are not kept.
INSERT INTO nv_c SELECT i, 4, repeat('x', 2000) FROM generate_series(1000, 11000) i
DELETE FROM nv_c WHERE id = 30
INSERT INTO nv_c SELECT i, 4, repeat('x', 2000) FROM generate_series(21000, 31000) i
INSERT INTO nv_c SELECT i, CASE i WHEN 50000 THEN 555 ELSE 4 END, repeat('x', 2000) FROM generate_series(41000, 51000) i
SELECT count(*) > 0 FROM nv_c WHERE id > 20000
! DROP TABLE nv_c, nv_o, nv_p
