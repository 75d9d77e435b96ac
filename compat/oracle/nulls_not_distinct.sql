# schema: NULLS NOT DISTINCT
CREATE TABLE nd_one (id int PRIMARY KEY, email text UNIQUE NULLS NOT DISTINCT)
INSERT INTO nd_one VALUES (1, NULL), (2, 'a')
INSERT INTO nd_one VALUES (3, NULL)
INSERT INTO nd_one VALUES (4, 'a')
INSERT INTO nd_one (id) VALUES (5)
UPDATE nd_one SET email = NULL WHERE id = 2
UPDATE nd_one SET email = NULL WHERE id = 1
INSERT INTO nd_one VALUES (3, '')
SELECT * FROM nd_one ORDER BY id
INSERT INTO nd_one VALUES (6, NULL) ON CONFLICT (email) DO NOTHING
INSERT INTO nd_one VALUES (6, NULL) ON CONFLICT DO NOTHING
INSERT INTO nd_one VALUES (7, NULL) ON CONFLICT (email) DO UPDATE SET id = excluded.id RETURNING *
INSERT INTO nd_one VALUES (8, 'a') ON CONFLICT (email) DO UPDATE SET id = excluded.id RETURNING *
INSERT INTO nd_one VALUES (9, NULL) ON CONFLICT ON CONSTRAINT nd_one_email_key DO UPDATE SET id = nd_one.id + 100 RETURNING *
INSERT INTO nd_one VALUES (10, 'new') ON CONFLICT (email) DO UPDATE SET id = excluded.id RETURNING *
INSERT INTO nd_one VALUES (11, NULL), (12, NULL) ON CONFLICT (email) DO UPDATE SET id = excluded.id
INSERT INTO nd_one (id) VALUES (13), (14) ON CONFLICT (email) DO UPDATE SET id = excluded.id
INSERT INTO nd_one VALUES (15, 'x'), (16, 'y') ON CONFLICT (email) DO UPDATE SET id = excluded.id RETURNING *
INSERT INTO nd_one VALUES ($1, $2) ON CONFLICT (email) DO UPDATE SET id = excluded.id + $1, email = coalesce(excluded.email, $2, 'none') WHERE nd_one.id > $1 RETURNING *
$ 17 | NULL
SELECT * FROM nd_one ORDER BY id
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'nd_one'::regclass ORDER BY 1
SELECT pg_get_indexdef('nd_one_email_key'::regclass)
SELECT indexrelid::regclass::text, indnullsnotdistinct, indisunique FROM pg_index WHERE indrelid = 'nd_one'::regclass ORDER BY 1
SELECT constraint_name, nulls_distinct FROM information_schema.table_constraints WHERE table_name = 'nd_one' AND constraint_type = 'UNIQUE'
CREATE TABLE nd_two (a int, b text, c numeric(10,2), CONSTRAINT nd_abc UNIQUE NULLS NOT DISTINCT (a, b, c))
INSERT INTO nd_two VALUES (1, NULL, NULL), (NULL, 'x', 1.5), (NULL, NULL, NULL), (1, 'x', 1.5)
INSERT INTO nd_two VALUES (1, NULL, NULL)
INSERT INTO nd_two VALUES (NULL, 'x', 1.50)
INSERT INTO nd_two VALUES (NULL, NULL, NULL)
INSERT INTO nd_two VALUES (1, 'x', 1.5)
INSERT INTO nd_two VALUES (1, NULL, 0), (2, NULL, NULL), (NULL, 'y', 1.5)
INSERT INTO nd_two VALUES (1, NULL, 0), (3, NULL, NULL) ON CONFLICT (a, b, c) DO UPDATE SET b = 'was null' RETURNING *
INSERT INTO nd_two SELECT a, b, c FROM nd_two ON CONFLICT DO NOTHING
UPDATE nd_two SET b = NULL
SELECT * FROM nd_two ORDER BY a, b, c
ALTER TABLE nd_two DROP CONSTRAINT nd_abc
INSERT INTO nd_two VALUES (NULL, NULL, NULL)
ALTER TABLE nd_two ADD CONSTRAINT nd_abc UNIQUE NULLS NOT DISTINCT (a, b, c)
ALTER TABLE nd_two ADD CONSTRAINT nd_abc UNIQUE (a, b, c)
ALTER TABLE nd_two DROP CONSTRAINT nd_abc
CREATE UNIQUE INDEX nd_abc ON nd_two (a, b, c) NULLS NOT DISTINCT
CREATE UNIQUE INDEX nd_abc ON nd_two (a, b, c) NULLS DISTINCT
DROP INDEX nd_abc
DELETE FROM nd_two WHERE a IS NULL AND b IS NULL
CREATE UNIQUE INDEX nd_abc ON nd_two (a, b, c) NULLS NOT DISTINCT
INSERT INTO nd_two VALUES (2, NULL, NULL)
SELECT pg_get_indexdef('nd_abc'::regclass)
ALTER TABLE nd_two ADD CONSTRAINT nd_key UNIQUE USING INDEX nd_abc
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'nd_key'
INSERT INTO nd_two VALUES (2, NULL, NULL)
ALTER TABLE nd_two ALTER a SET NOT NULL
DELETE FROM nd_two WHERE a IS NULL
ALTER TABLE nd_two ALTER a SET NOT NULL
INSERT INTO nd_two VALUES (2, NULL, NULL)
INSERT INTO nd_two VALUES (2, NULL, NULL) ON CONFLICT (c, b, a) DO UPDATE SET b = 'met' RETURNING *
ALTER TABLE nd_two ALTER a DROP NOT NULL
INSERT INTO nd_two VALUES (NULL, NULL, NULL)
INSERT INTO nd_two VALUES (NULL, NULL, NULL)
ALTER TABLE nd_two ALTER a TYPE bigint
INSERT INTO nd_two VALUES (NULL, NULL, NULL)
ALTER TABLE nd_two RENAME a TO aa
ALTER TABLE nd_two RENAME CONSTRAINT nd_key TO nd_renamed
INSERT INTO nd_two VALUES (NULL, NULL, NULL)
ALTER TABLE nd_two RENAME TO nd_zwei
INSERT INTO nd_zwei VALUES (NULL, NULL, NULL)
ALTER TABLE nd_zwei DROP COLUMN b
INSERT INTO nd_zwei VALUES (NULL, NULL)
CREATE TABLE nd_like (LIKE nd_one INCLUDING ALL)
INSERT INTO nd_like VALUES (1, NULL), (2, NULL)
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'nd_like'::regclass ORDER BY 1
CREATE TABLE nd_expr (id int, name text, gone boolean)
CREATE UNIQUE INDEX nd_lower ON nd_expr (lower(name)) NULLS NOT DISTINCT WHERE NOT gone
SELECT pg_get_indexdef('nd_lower'::regclass)
INSERT INTO nd_expr VALUES (1, NULL, false), (2, NULL, true), (3, NULL, true), (4, 'A', false)
INSERT INTO nd_expr VALUES (5, NULL, false)
INSERT INTO nd_expr VALUES (5, 'a', false)
INSERT INTO nd_expr VALUES (5, NULL, NULL)
UPDATE nd_expr SET gone = false WHERE id = 2
INSERT INTO nd_expr VALUES (6, NULL, false) ON CONFLICT (lower(name)) WHERE NOT gone DO UPDATE SET id = excluded.id RETURNING *
INSERT INTO nd_expr VALUES (7, 'a', false) ON CONFLICT (lower(name)) WHERE NOT gone DO UPDATE SET id = excluded.id RETURNING *
INSERT INTO nd_expr VALUES (8, NULL, false), (9, NULL, false) ON CONFLICT (lower(name)) WHERE NOT gone DO UPDATE SET id = excluded.id
INSERT INTO nd_expr VALUES (8, NULL, true), (9, NULL, true) ON CONFLICT (lower(name)) WHERE NOT gone DO UPDATE SET id = excluded.id
SELECT * FROM nd_expr ORDER BY id
CREATE TABLE nd_types (id int PRIMARY KEY, by bytea, j jsonb, i interval, d date, c char(3), n numeric, f float8, e int[], u uuid, b boolean, ts timestamptz)
CREATE UNIQUE INDEX ON nd_types (by, j, i) NULLS NOT DISTINCT
CREATE UNIQUE INDEX ON nd_types (d, c, n, f) NULLS NOT DISTINCT
CREATE UNIQUE INDEX ON nd_types (e DESC, u NULLS FIRST, b) NULLS NOT DISTINCT
INSERT INTO nd_types (id, by, d, u) VALUES (1, '', '2024-01-01', gen_random_uuid())
INSERT INTO nd_types (id, d, u) VALUES (2, '2024-01-02', gen_random_uuid())
INSERT INTO nd_types (id, d, u) VALUES (3, '2024-01-03', gen_random_uuid())
INSERT INTO nd_types (id, i, d, u) VALUES (4, '1 day', '2024-01-04', gen_random_uuid())
INSERT INTO nd_types (id, i, d, u) VALUES (5, '24 hours', '2024-01-05', gen_random_uuid())
INSERT INTO nd_types (id, j, d, u) VALUES (6, '{"a": 1.0}', '2024-01-04', gen_random_uuid())
INSERT INTO nd_types (id, j, d, c, u) VALUES (6, '{"a": 1.0}', '2024-01-04', 'a', gen_random_uuid())
INSERT INTO nd_types (id, j, d, c, u) VALUES (7, '{"a": 1.00}', '2024-01-04', 'b', gen_random_uuid())
INSERT INTO nd_types (id, by, d, c, u) VALUES (7, '0', '2024-01-04', 'a  ', gen_random_uuid())
INSERT INTO nd_types (id, by, d, c, e) VALUES (8, '8', '2024-01-08', 'a', '{1,2}')
INSERT INTO nd_types (id, by, d, c, e) VALUES (9, '9', '2024-01-09', 'a', '{1,2}')
INSERT INTO nd_types (id, i, d, u) VALUES (10, '1 day', '2024-01-10', gen_random_uuid()) ON CONFLICT (by, j, i) DO UPDATE SET id = excluded.id RETURNING id, i
INSERT INTO nd_types (id, by, d, c, e) VALUES (11, '11', '2024-01-11', 'a', '{1,2}') ON CONFLICT (e, u, b) DO UPDATE SET id = excluded.id RETURNING id, e
SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'nd_types'::regclass ORDER BY indexrelid
CREATE TABLE nd_more (a int UNIQUE NULLS DISTINCT, b int UNIQUE NULLS NOT DISTINCT NOT NULL, c int, UNIQUE NULLS NOT DISTINCT (c) INCLUDE (a), UNIQUE NULLS NOT DISTINCT (b))
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'nd_more'::regclass ORDER BY 1
INSERT INTO nd_more VALUES (1, 1, NULL), (2, 2, NULL)
INSERT INTO nd_more VALUES (NULL, 1, 1), (NULL, 2, 2)
INSERT INTO nd_more VALUES (NULL, 1, 3)
INSERT INTO nd_more VALUES (NULL, NULL, 3)
CREATE TABLE nd_child (id int PRIMARY KEY, email text REFERENCES nd_one (email))
INSERT INTO nd_child VALUES (1, 'x'), (2, NULL)
INSERT INTO nd_child VALUES (3, 'nosuch')
DROP INDEX nd_one_email_key
ALTER TABLE nd_one DROP CONSTRAINT nd_one_email_key CASCADE
INSERT INTO nd_one VALUES (50, NULL), (51, NULL)
CREATE INDEX nd_plain ON nd_one (email) NULLS NOT DISTINCT
SELECT pg_get_indexdef('nd_plain'::regclass)
CREATE UNIQUE INDEX nd_hash ON nd_one USING hash (email) NULLS NOT DISTINCT
CREATE TABLE nd_pk (a int PRIMARY KEY NULLS NOT DISTINCT)
CREATE MATERIALIZED VIEW nd_mat AS SELECT email FROM nd_one WHERE id < 50
CREATE UNIQUE INDEX nd_mat_key ON nd_mat (email) NULLS NOT DISTINCT
REFRESH MATERIALIZED VIEW nd_mat
SELECT count(*) FROM nd_mat
BEGIN
CREATE TABLE nd_tx (a int UNIQUE NULLS NOT DISTINCT)
INSERT INTO nd_tx VALUES (NULL)
SAVEPOINT s
INSERT INTO nd_tx VALUES (NULL)
ROLLBACK TO s
DELETE FROM nd_tx
INSERT INTO nd_tx VALUES (NULL)
COMMIT
INSERT INTO nd_tx VALUES (NULL)
MERGE INTO nd_tx USING (VALUES (NULL::int)) v(a) ON nd_tx.a = v.a WHEN NOT MATCHED THEN INSERT VALUES (v.a)
TRUNCATE nd_tx
INSERT INTO nd_tx SELECT NULL FROM generate_series(1, 2)
COPY nd_tx FROM STDIN
: \N
: \N
: \.
