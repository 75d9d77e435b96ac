# schema: Domains
! CREATE TABLE rows_of_t (a int)
! CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')
! CREATE SCHEMA other
CREATE DOMAIN email AS text CHECK (VALUE ~ '@')
CREATE DOMAIN pos AS integer DEFAULT 7 CONSTRAINT positive CHECK (VALUE > 0) NOT NULL
CREATE DOMAIN pos2 AS pos CHECK (VALUE < 100)
CREATE DOMAIN short varchar(5)
CREATE DOMAIN price AS numeric(6, 2) DEFAULT 9.99 CHECK (VALUE >= 0)
CREATE DOMAIN code AS char(3) COLLATE "C" CHECK (VALUE <> 'xxx')
CREATE DOMAIN list AS int[] CHECK (cardinality(VALUE) < 4)
CREATE DOMAIN grid AS int[][]
CREATE DOMAIN feeling AS mood DEFAULT 'ok' CHECK (VALUE <> 'sad')
CREATE DOMAIN day AS date CHECK (VALUE > '2000-01-01')
CREATE DOMAIN stamp AS timestamptz DEFAULT now()
CREATE DOMAIN flag AS boolean DEFAULT false NOT NULL
CREATE DOMAIN doc AS jsonb CHECK (VALUE ? 'id')
CREATE DOMAIN several AS int CONSTRAINT nn NOT NULL CONSTRAINT c1 CHECK (VALUE > 0) CHECK (VALUE < 5) CHECK (VALUE <> 3) CHECK (VALUE <> 4)
CREATE DOMAIN "Odd Name" AS text CHECK (length(VALUE) > 2 AND VALUE IS NOT NULL)
CREATE DOMAIN other.far AS int CHECK (VALUE > 10)
CREATE DOMAIN present AS int CHECK (VALUE IS NOT NULL)
CREATE DOMAIN cased AS text CHECK (CASE WHEN VALUE LIKE 'a%' THEN length(VALUE) < 4 ELSE VALUE IN ('b', 'c') END)
CREATE DOMAIN email AS text
CREATE DOMAIN mood AS text
CREATE DOMAIN rows_of_t AS text
CREATE DOMAIN x1 AS nosuch
CREATE DOMAIN x1 AS serial
CREATE DOMAIN x1 AS anyelement
CREATE DOMAIN x1 AS short(4)
CREATE DOMAIN nosuch.x1 AS int
CREATE DOMAIN x1 AS int UNIQUE
CREATE DOMAIN x1 AS int PRIMARY KEY
CREATE DOMAIN x1 AS int REFERENCES rows_of_t(a)
CREATE DOMAIN x1 AS int DEFAULT 1 DEFAULT 2
CREATE DOMAIN x1 AS int NULL NOT NULL
CREATE DOMAIN x1 AS int NOT NULL NULL
CREATE DOMAIN x1 AS int CHECK (VALUE > 0) NO INHERIT
CREATE DOMAIN x1 AS int CONSTRAINT x CHECK (VALUE > 0) CONSTRAINT x CHECK (VALUE < 10)
CREATE DOMAIN x1 AS int CHECK (foo > 0)
CREATE DOMAIN x1 AS int CHECK (VALUE)
CREATE DOMAIN x1 AS int CHECK (VALUE + 1)
CREATE DOMAIN x1 AS int CHECK (VALUE > (SELECT 1))
CREATE DOMAIN x1 AS int CHECK (sum(VALUE) > 1)
CREATE DOMAIN x1 AS int CHECK (VALUE ~ 'x')
CREATE DOMAIN x1 AS int CHECK ()
CREATE DOMAIN x1 AS int DEFAULT 'x'
CREATE DOMAIN x1 AS int DEFAULT 'x'::text
CREATE DOMAIN x1 AS int DEFAULT VALUE
CREATE DOMAIN x1 AS int DEFAULT (SELECT 1)
CREATE DOMAIN x1 AS int COLLATE "C"
CREATE DOMAIN x1 AS int GARBAGE
CREATE DOMAIN x1
CREATE DOMAIN AS int
SELECT 'a@b'::email
SELECT 'ab'::email
SELECT CAST('ab' AS email)
SELECT email 'a@b'
SELECT email 'ab'
SELECT NULL::email
SELECT NULL::pos
SELECT 5::pos, '5'::pos, 5.4::pos
SELECT (-5)::pos
SELECT 'x'::pos
SELECT 5::pos2
SELECT 0::pos2
SELECT 500::pos2
SELECT NULL::pos2
SELECT 'abcdefgh'::short
SELECT 1.239::price, 12345::price
SELECT 12345678::price
SELECT 'ab'::code, 'xxx'::code
SELECT '{1,2,3}'::list, ARRAY[1, 2]::list
SELECT '{1,2,3,4}'::list
SELECT ARRAY[1, 2, 3, 4]::list
SELECT ('{5,6}'::list)[2]
SELECT 'happy'::feeling, 'sad'::feeling
SELECT 'x'::feeling
SELECT 'ok'::feeling::mood, 'ok'::mood::feeling
SELECT '1999-01-01'::day
SELECT '2020-02-30'::day
SELECT '2020-02-03'::day + 1
SELECT '{"id": 1}'::doc, '{"x": 1}'::doc
SELECT 1::several
SELECT 3::several
SELECT 9::several
SELECT NULL::present
SELECT 'abcd'::cased
SELECT 'abc'::cased, 'b'::cased
SELECT 'd'::cased
SELECT 'xy'::"Odd Name"
SELECT 5::other.far
SELECT 5::far
SELECT 15::other.far + 1
SELECT true::pos
SELECT 1::email
SELECT '2020-01-01'::date::pos
SELECT pos2 '5'::pos, 5::pos::pos2, 500::pos::pos2
SELECT pg_typeof('a@b'::email)::text, pg_typeof(5::pos2)::text, pg_typeof(5::pos::int)::text, pg_typeof(5::pos + 1)::text, pg_typeof(-(5::pos))::text
SELECT pg_typeof(coalesce('a@b'::email, 'c@d'::email))::text, pg_typeof(coalesce('a@b'::email, 'x'))::text, pg_typeof(CASE WHEN true THEN 5::pos ELSE 6::pos END)::text, pg_typeof(CASE WHEN true THEN 5::pos END)::text, pg_typeof(greatest(5::pos, 6::pos))::text
SELECT pg_typeof(x)::text FROM (SELECT 5::pos AS x UNION ALL SELECT 6::pos) AS t
SELECT pg_typeof(x)::text FROM (SELECT 5::pos AS x UNION ALL SELECT 6) AS t
SELECT pg_typeof(x)::text FROM (VALUES (5::pos), (6::pos)) AS t(x)
SELECT pg_typeof(max(x))::text FROM (VALUES (5::pos), (6::pos)) AS t(x)
SELECT pg_typeof((SELECT 5::pos))::text
SELECT 5::pos + 'a@b'::email
SELECT -('a@b'::email)
SELECT abs('a@b'::email)
SELECT upper('a@b'::email), length('a@b'::email), 'a@b'::email || 'x', 'a@b'::email = 'nomail', 'a@b'::email LIKE '%@%'
SELECT 5::pos = 5::pos2, 5::pos > 3.5, 5::pos IN (1, 5), 5::pos BETWEEN 1 AND 6
SELECT sum(x), avg(x), min(x), count(DISTINCT x) FROM (VALUES (5::pos), (7)) AS t(x)
SELECT random()::int::present IS NULL
SELECT (CASE WHEN false THEN NULL::pos ELSE 1 END)
SELECT ((SELECT 3) + 1)::pos
SELECT ((SELECT 3) - 10)::pos
SELECT (x - 2)::pos FROM generate_series(3, 5) AS t(x)
SELECT (x - 3)::pos FROM generate_series(3, 5) AS t(x)
SELECT (x || '@' || length(x || x || x))::email FROM (VALUES ('a'), ('bc')) AS t(x)
SELECT (floor(random()) + 5)::int::pos
SELECT (floor(random()) - 5)::int::pos
SELECT $1::email
  $ a@b
SELECT $1::email
  $ ab
SELECT $1::pos
  $ NULL
SELECT $1::pos2 + 1
  $ 41
SELECT $1::pos2 + 1
  $ 410
SELECT upper($1::email), $2::short
  $ a@b | abcdefghi
! CREATE TABLE t (id int PRIMARY KEY, e email, p pos, q pos2, s short, m feeling, l list, d day, f flag, n price)
INSERT INTO t (id, e) VALUES (1, 'a@b')
INSERT INTO t (id) VALUES (2) RETURNING *
INSERT INTO t VALUES (3, 'c@d', 1, 2, 'abcde', 'happy', '{1}', '2020-01-01', true, 1.005) RETURNING *
INSERT INTO t (id, e) VALUES (4, 'ab')
INSERT INTO t (id, p) VALUES (4, NULL)
INSERT INTO t (id, p) VALUES (4, 0)
INSERT INTO t (id, p) VALUES (4, DEFAULT), (5, 50) RETURNING id, p, q
INSERT INTO t (id, q) VALUES (6, 500)
INSERT INTO t (id, s) VALUES (6, 'abcdefgh')
INSERT INTO t (id, m) VALUES (6, 'sad')
INSERT INTO t (id, m) VALUES (6, 'nosuch')
INSERT INTO t (id, l) VALUES (6, '{1,2,3,4}')
INSERT INTO t (id, d) VALUES (6, '1990-01-01')
INSERT INTO t (id, f) VALUES (6, NULL)
INSERT INTO t (id, n) VALUES (6, -1)
INSERT INTO t (id, e) VALUES (6, 12)
INSERT INTO t (id, p) VALUES (6, 'x')
INSERT INTO t (id, p) VALUES (6, 'x'::text)
INSERT INTO t (id, p) VALUES (6, 'a@b'::email)
INSERT INTO t (id, e) VALUES (6, 'f@g'), (7, 'bad')
INSERT INTO t (id, e) SELECT 8, 'sel@ect'
INSERT INTO t (id, e) SELECT 9, 'select'
INSERT INTO t (id, p) SELECT x, x - 9 FROM generate_series(10, 12) AS g(x)
INSERT INTO t (id, p) SELECT x, x - 20 FROM generate_series(20, 22) AS g(x)
INSERT INTO t (id, e) SELECT 30, e FROM t WHERE id = 1 RETURNING e, pg_typeof(e)::text
INSERT INTO t (id, e, p) VALUES ($1, $2, $3) RETURNING id, e, p
  $ 31 | p@q | 4
INSERT INTO t (id, e, p) VALUES ($1, $2, $3)
  $ 32 | p@q | -4
INSERT INTO t (id, e, p) VALUES ($1, $2, $3)
  $ 32 | pq | 4
INSERT INTO t (id, e, p) VALUES ($1, $2, $3)
  $ 32 | p@q | NULL
INSERT INTO t (id, p, q) VALUES ($1, $1, $1) RETURNING p
  $ 33
INSERT INTO t (id, e) SELECT $1, $2
  $ 34 | x@y
INSERT INTO t (id, e) VALUES (1, 'new@b') ON CONFLICT (id) DO UPDATE SET e = excluded.e RETURNING e
INSERT INTO t (id, e) VALUES (1, 'newb') ON CONFLICT (id) DO UPDATE SET e = excluded.e
INSERT INTO t (id, e) VALUES (1, 'new@b') ON CONFLICT (id) DO UPDATE SET e = 'x'
INSERT INTO t (id, e) VALUES (1, 'new@b') ON CONFLICT (id) DO UPDATE SET e = t.e || 'x', p = 9 RETURNING e, p
UPDATE t SET e = 'nomail' WHERE id = 1
UPDATE t SET e = 'x@y', p = p + 1 WHERE id = 1 RETURNING e, p
UPDATE t SET p = p - 100
UPDATE t SET p = NULL WHERE id = 1
UPDATE t SET p = DEFAULT, e = DEFAULT WHERE id = 1 RETURNING p, e
UPDATE t SET (p, e) = (3, 'tu@ple') WHERE id = 1 RETURNING p, e
UPDATE t SET (p, e) = (SELECT 4, 'q@uery') WHERE id = 1 RETURNING p, e
UPDATE t SET (p, e) = (SELECT 4, 'query') WHERE id = 1
UPDATE t SET p = (SELECT max(id) FROM t) WHERE id = 1 RETURNING p
UPDATE t SET p = (SELECT -max(id) FROM t) WHERE id = 1
UPDATE t SET p = $1 WHERE id = $2 RETURNING p
  $ 12 | 1
UPDATE t SET p = $1 WHERE id = $2 RETURNING p
  $ -12 | 1
UPDATE t SET l[2] = 5 WHERE id = 3 RETURNING l
UPDATE t SET l[4] = 5 WHERE id = 3
UPDATE t SET p = 'x'::text
UPDATE t SET p = x FROM (VALUES (1, 77), (3, 78)) AS v(y, x) WHERE id = y RETURNING id, p
UPDATE t SET p = x FROM (VALUES (1, -77), (3, 78)) AS v(y, x) WHERE id = y
UPDATE t SET p = -1 WHERE id = 99999
MERGE INTO t USING (VALUES (1, 5), (100, 6)) AS s(a, b) ON id = a WHEN MATCHED THEN UPDATE SET p = b WHEN NOT MATCHED THEN INSERT (id, p) VALUES (a, b)
MERGE INTO t USING (VALUES (1, -5)) AS s(a, b) ON id = a WHEN MATCHED THEN UPDATE SET p = b
MERGE INTO t USING (VALUES (101, -5)) AS s(a, b) ON id = a WHEN NOT MATCHED THEN INSERT (id, p) VALUES (a, b)
MERGE INTO t USING (VALUES (101)) AS s(a) ON id = a WHEN NOT MATCHED THEN INSERT (id) VALUES (a)
SELECT p, e FROM t WHERE id IN (100, 101) ORDER BY id
WITH w AS (INSERT INTO t (id, p) VALUES (102, 3) RETURNING p) SELECT p + 1 FROM w
WITH w AS (INSERT INTO t (id, p) VALUES (103, -3) RETURNING p) SELECT p + 1 FROM w
WITH w AS (UPDATE t SET e = 'w@w' WHERE id = 102 RETURNING e) INSERT INTO t (id, e) SELECT 104, e FROM w RETURNING e
COPY t (id, e, p) FROM STDIN
: 200	co@py	5
: 201	\N	6
COPY t (id, e, p) FROM STDIN
: 202	copy	5
COPY t (id, e, p) FROM STDIN
: 202	co@py	\N
COPY t (id, e, p) FROM STDIN
: 202	co@py	-3
COPY t (id) FROM STDIN
: 203
COPY (SELECT id, e, p, q FROM t ORDER BY id) TO STDOUT
SELECT * FROM t ORDER BY id
SELECT e, p, q, s, m, l, d, f, n FROM t WHERE id = 3
SELECT e || '!' AS x, p + q AS y, upper(s), m::mood > 'ok' AS z, l[1], d - 1 AS w, NOT f AS v, n * 2 AS u FROM t WHERE id = 3
SELECT DISTINCT p FROM t WHERE id < 20 ORDER BY p
SELECT p, count(*) FROM t WHERE id < 20 GROUP BY p HAVING count(*) > 0 ORDER BY 1
SELECT e FROM t WHERE e = 'x@y' OR e ILIKE 'C%' ORDER BY e COLLATE "C"
SELECT t1.id FROM t AS t1 JOIN t AS t2 USING (p) WHERE t1.id = 1 AND t2.id <> 5 ORDER BY 1
SELECT id FROM t WHERE e IN (SELECT e FROM t WHERE id = 3)
SELECT id FROM t WHERE p = ANY (ARRAY[5, 6]) ORDER BY id
SELECT coalesce(e, 'none'), nullif(p, 5), greatest(p, 3) FROM t WHERE id IN (1, 201) ORDER BY id
SELECT pg_typeof(e)::text, pg_typeof(e::text)::text, pg_typeof(p)::text, pg_typeof(l)::text, pg_typeof(l[1])::text FROM t WHERE id = 3
SELECT row_number() OVER (ORDER BY p, id), lag(p) OVER (ORDER BY id) FROM t WHERE id < 4 ORDER BY id
SELECT to_json(e), json_build_object('p', p), jsonb_agg(p) FROM t WHERE id = 3 GROUP BY e, p
SELECT string_agg(e, ',' ORDER BY e) FROM t WHERE id < 10
SELECT NULL::pos FROM t WHERE false
SELECT e::short, s::email FROM t WHERE id = 3
CREATE TABLE copy1 AS SELECT e, p, p + 1 AS q, coalesce(e, e) AS c FROM t WHERE id = 3
SELECT attname, atttypid::regtype::text, atttypmod, attnotnull FROM pg_attribute WHERE attrelid = 'copy1'::regclass AND attnum > 0 ORDER BY attnum
INSERT INTO copy1 VALUES ('bad', 1, 1, 'a@b')
INSERT INTO copy1 (c) VALUES ('a@b') RETURNING *
CREATE TABLE copy2 (LIKE t INCLUDING ALL)
SELECT attname, atttypid::regtype::text, format_type(atttypid, atttypmod), attlen, attbyval, attndims, attcollation FROM pg_attribute WHERE attrelid = 'copy2'::regclass AND attnum > 0 ORDER BY attnum
CREATE VIEW v AS SELECT id, e, p + 1 AS p1, 'x@y'::email AS c, e::text AS x, upper(e) AS u FROM t WHERE e ~ '@' AND p > 1
SELECT * FROM v WHERE id < 10 ORDER BY id
SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'v'::regclass AND attnum > 0 ORDER BY attnum
SELECT pg_get_viewdef('v'::regclass)
SELECT pg_typeof(e)::text, pg_typeof(c)::text FROM v LIMIT 1
CREATE TABLE c (a email DEFAULT 'de@f' CHECK (a <> 'x@y'), b pos DEFAULT 3, c pos2 DEFAULT 500, d email NOT NULL, g text GENERATED ALWAYS AS (upper(a)) STORED, h text DEFAULT 'q@r'::email CHECK (h::email <> ''), UNIQUE (a))
INSERT INTO c (d) VALUES ('d@d')
INSERT INTO c (c, d) VALUES (1, 'd@d') RETURNING *
INSERT INTO c (c) VALUES (1)
INSERT INTO c (a, c, d) VALUES ('x@y', 1, 'd@d')
INSERT INTO c (a, c, d) VALUES ('de@f', 1, 'd@d')
INSERT INTO c (a, c, d, h) VALUES ('e@f', 1, 'd@d', 'h')
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'c'::regclass ORDER BY adnum
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'c'::regclass ORDER BY conname
CREATE INDEX c_lower ON c (lower(d)) WHERE b > 1
SELECT pg_get_indexdef('c_lower'::regclass)
ALTER TABLE c ALTER COLUMN b DROP DEFAULT
INSERT INTO c (a, c, d) VALUES ('n@n', 1, 'd@d') RETURNING b
ALTER TABLE c ALTER COLUMN b SET DEFAULT NULL
INSERT INTO c (a, c, d) VALUES ('m@n', 1, 'd@d') RETURNING b
ALTER TABLE c ALTER COLUMN b SET DEFAULT 'x'
ALTER TABLE c ALTER COLUMN b SET DEFAULT 11
INSERT INTO c (a, c, d) VALUES ('m@n', 1, 'd@d') RETURNING b
ALTER TABLE c ADD COLUMN z pos
SELECT z FROM c ORDER BY a LIMIT 1
ALTER TABLE c ADD COLUMN z1 pos DEFAULT -1
ALTER TABLE c ADD COLUMN z1 email
ALTER TABLE c ADD COLUMN z2 present
ALTER TABLE c ADD COLUMN z2 present DEFAULT 1
ALTER TABLE rows_of_t ADD COLUMN z2 present
ALTER TABLE c ALTER COLUMN z TYPE bigint
ALTER TABLE c ALTER COLUMN z TYPE pos
ALTER TABLE c ALTER COLUMN z TYPE email
ALTER TABLE c ALTER COLUMN z TYPE email USING z || '@x'
ALTER TABLE c ALTER COLUMN z TYPE pos
ALTER TABLE c ALTER COLUMN z TYPE pos USING -1
ALTER TABLE c ALTER COLUMN z TYPE pos2 USING 1
ALTER TABLE c ALTER COLUMN z1 TYPE text
ALTER TABLE c ALTER COLUMN z1 SET DEFAULT 'bad'
ALTER TABLE c ALTER COLUMN z1 TYPE email
ALTER TABLE c ALTER COLUMN z1 DROP DEFAULT
ALTER TABLE c ALTER COLUMN z1 TYPE email
SELECT attname, atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'c'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
CREATE TABLE pk (a pos PRIMARY KEY, b email UNIQUE)
CREATE TABLE fk (a pos2 REFERENCES pk (a) ON DELETE SET NULL, b text REFERENCES pk (b) ON UPDATE CASCADE, c int REFERENCES pk (a))
INSERT INTO pk VALUES (1, 'a@b'), (2, 'c@d')
INSERT INTO pk VALUES (1, 'x@b')
INSERT INTO pk VALUES (DEFAULT, 'a@b')
INSERT INTO fk VALUES (1, 'a@b', 2)
INSERT INTO fk VALUES (3, 'a@b', 2)
UPDATE pk SET b = 'z@z' WHERE a = 1
SELECT * FROM fk
SELECT * FROM pk JOIN fk ON pk.a = fk.a
UPDATE fk SET b = NULL
DELETE FROM pk WHERE a = 1
DELETE FROM pk WHERE a = 2
CREATE TABLE fk2 (a email DEFAULT 'bad' REFERENCES pk (b) ON DELETE SET DEFAULT)
SELECT typname, typtype, typbasetype::regtype::text, typtypmod, typndims, typnotnull, typdefault, typdefaultbin IS NULL, pg_get_expr(typdefaultbin, 0), typcollation, typlen, typbyval, typcategory, typispreferred, typalign, typstorage, typinput, typoutput, typreceive, typsend, typmodin, typanalyze, typsubscript, typelem, typrelid, typdelim, typisdefined FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype = 'd' ORDER BY typname
SELECT a.typname, a.typtype, a.typcategory, a.typelem::regtype::text, a.typlen, a.typalign, a.typcollation, a.typinput FROM pg_type AS a JOIN pg_type AS d ON d.typarray = a.oid WHERE d.typtype = 'd' AND d.typnamespace = 'public'::regnamespace ORDER BY 1
SELECT conname, contype, contypid::regtype::text, conrelid, convalidated, connoinherit, conislocal, conkey, pg_get_constraintdef(oid), pg_get_constraintdef(oid, true) FROM pg_constraint WHERE contypid <> 0 AND connamespace = 'public'::regnamespace ORDER BY 3, 1
SELECT * FROM information_schema.domains WHERE domain_schema = 'public' ORDER BY domain_name
SELECT * FROM information_schema.domain_constraints WHERE domain_schema = 'public' ORDER BY domain_name, constraint_name
SELECT * FROM information_schema.domain_udt_usage WHERE domain_schema = 'public' ORDER BY domain_name
SELECT * FROM information_schema.check_constraints WHERE constraint_schema = 'public' AND constraint_name !~ 'not_null' ORDER BY constraint_name
SELECT * FROM information_schema.column_domain_usage WHERE domain_schema = 'public' ORDER BY table_name, column_name
SELECT column_name, data_type, is_nullable, domain_catalog, domain_schema, domain_name, udt_schema, udt_name, character_maximum_length, numeric_precision, numeric_scale, datetime_precision, column_default, collation_name FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position
SELECT format_type('pos'::regtype, -1), 'pos2'::regtype::text, to_regtype('email')::text, to_regtype('nosuch'), 'other.far'::regtype::text, '"Odd Name"'::regtype::text
SELECT pg_type_is_visible('pos'::regtype), pg_type_is_visible('other.far'::regtype)
SELECT classid::regclass::text, deptype, count(*) FROM pg_depend WHERE refclassid = 'pg_type'::regclass AND refobjid IN ('pos'::regtype, 'price'::regtype) AND classid <> 'pg_rewrite'::regclass AND classid <> 'pg_attrdef'::regclass GROUP BY 1, 2 ORDER BY 1, 2
ALTER DOMAIN nosuch SET NOT NULL
ALTER DOMAIN mood SET NOT NULL
ALTER DOMAIN rows_of_t SET NOT NULL
ALTER DOMAIN int4 SET NOT NULL
ALTER DOMAIN nosuch.x SET NOT NULL
ALTER DOMAIN email SET DEFAULT 5
ALTER DOMAIN email SET DEFAULT 'z@z'
SELECT typdefault FROM pg_type WHERE typname = 'email'
INSERT INTO t (id) VALUES (300) RETURNING e
ALTER DOMAIN email DROP DEFAULT
INSERT INTO t (id) VALUES (301) RETURNING e
ALTER DOMAIN pos SET DEFAULT 'x'
ALTER DOMAIN email SET NOT NULL
! CREATE TABLE small (a email, b pos)
! INSERT INTO small VALUES ('a@b', 1)
! CREATE DOMAIN alt AS text
! CREATE TABLE alts (a alt, b int)
! INSERT INTO alts VALUES ('one', 1), (NULL, 2)
ALTER DOMAIN alt SET NOT NULL
UPDATE alts SET a = 'two' WHERE b = 2
ALTER DOMAIN alt SET NOT NULL
INSERT INTO alts VALUES (NULL, 3)
ALTER DOMAIN alt DROP NOT NULL
INSERT INTO alts VALUES (NULL, 3)
ALTER DOMAIN alt ADD CONSTRAINT len CHECK (length(VALUE) > 5)
ALTER DOMAIN alt ADD CONSTRAINT len CHECK (length(VALUE) > 5) NOT VALID
INSERT INTO alts VALUES ('four', 4)
UPDATE alts SET b = b + 10
UPDATE alts SET a = a
UPDATE alts SET a = a || ''
SELECT a::alt FROM alts ORDER BY b
ALTER DOMAIN alt VALIDATE CONSTRAINT len
ALTER DOMAIN alt VALIDATE CONSTRAINT nosuch
SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = 'alt'::regtype
ALTER DOMAIN alt ADD CONSTRAINT len CHECK (true)
ALTER DOMAIN alt ADD CHECK (VALUE <> 'z')
ALTER DOMAIN alt ADD CHECK (VALUE > 5)
ALTER DOMAIN alt ADD NOT NULL
ALTER DOMAIN alt ADD UNIQUE (a)
ALTER DOMAIN alt DROP CONSTRAINT nosuch
ALTER DOMAIN alt DROP CONSTRAINT IF EXISTS nosuch
ALTER DOMAIN alt RENAME CONSTRAINT nosuch TO x
ALTER DOMAIN alt RENAME CONSTRAINT len TO alt_check
ALTER DOMAIN alt RENAME CONSTRAINT len TO longer
INSERT INTO alts VALUES ('four', 4)
ALTER DOMAIN alt DROP CONSTRAINT longer
INSERT INTO alts VALUES ('four', 4)
ALTER DOMAIN alt RENAME TO pos
ALTER DOMAIN alt RENAME TO rows_of_t
ALTER DOMAIN alt RENAME TO alt2
INSERT INTO alts VALUES ('z', 4)
ALTER DOMAIN alt2 SET SCHEMA nosuch
ALTER DOMAIN alt2 SET SCHEMA other
INSERT INTO alts VALUES ('z', 4)
SELECT 'z'::other.alt2
SELECT pg_typeof(a)::text FROM alts LIMIT 1
ALTER DOMAIN other.alt2 SET SCHEMA public
ALTER DOMAIN alt2 OWNER TO nosuch
ALTER DOMAIN alt2 OWNER TO postgres
ALTER DOMAIN alt2 GARBAGE
ALTER TYPE alt2 RENAME TO alt
ALTER TYPE alt ADD VALUE 'x'
COMMENT ON DOMAIN alt IS 'an alternative'
COMMENT ON DOMAIN mood IS 'x'
COMMENT ON DOMAIN nosuch IS 'x'
COMMENT ON CONSTRAINT alt_check ON DOMAIN alt IS 'its check'
COMMENT ON CONSTRAINT nosuch ON DOMAIN alt IS 'x'
COMMENT ON CONSTRAINT nosuch ON DOMAIN mood IS 'x'
SELECT obj_description('alt'::regtype, 'pg_type'), obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE contypid = 'alt'::regtype
ALTER DOMAIN pos ADD CONSTRAINT lower CHECK (VALUE < 10)
ALTER DOMAIN pos2 ADD CONSTRAINT even CHECK (VALUE % 2 = 0)
ALTER DOMAIN pos DROP CONSTRAINT positive
SELECT (-5)::pos
SELECT (-5)::pos2
BEGIN
CREATE DOMAIN short_lived AS int CHECK (VALUE > 0)
SELECT 1::short_lived
ROLLBACK
SELECT 1::short_lived
PREPARE ins AS INSERT INTO small VALUES ($1, $2) RETURNING a
SELECT parameter_types[1]::text, parameter_types[2]::text FROM pg_prepared_statements WHERE name = 'ins'
EXECUTE ins('p@q', 5)
EXECUTE ins('pq', 5)
EXECUTE ins('p@q', NULL)
EXECUTE ins(5, 5)
PREPARE typed(email) AS SELECT $1 || 'x', pg_typeof($1)::text
EXECUTE typed('a@b')
EXECUTE typed('ab')
DROP DOMAIN nosuch
DROP DOMAIN IF EXISTS nosuch
DROP DOMAIN IF EXISTS nosuch.x
DROP DOMAIN nosuch.x
DROP DOMAIN mood
DROP DOMAIN int4
DROP DOMAIN rows_of_t
DROP TABLE email
DROP TYPE mood
DROP DOMAIN price
DROP DOMAIN pos, pos2
DROP DOMAIN list RESTRICT
DROP DOMAIN alt
DROP DOMAIN alt CASCADE
SELECT * FROM alts ORDER BY b
! CREATE DOMAIN base AS int
! CREATE DOMAIN derived AS base
! CREATE TABLE of_derived (a derived, b base, c int)
DROP DOMAIN base
DROP DOMAIN base CASCADE
SELECT attname FROM pg_attribute WHERE attrelid = 'of_derived'::regclass AND attnum > 0 AND NOT attisdropped
! CREATE DOMAIN lone AS int
DROP DOMAIN lone, short
DROP TYPE lone
DROP TABLE t CASCADE
DROP DOMAIN list, grid
DROP SCHEMA other
DROP SCHEMA other CASCADE
! CREATE DOMAIN seen AS int CHECK (VALUE > 0)
! CREATE TABLE watched (a seen, b int, c seen DEFAULT 5)
! CREATE VIEW watching AS SELECT a, b FROM watched
CREATE OR REPLACE VIEW watching AS SELECT a::int AS a, b FROM watched
CREATE OR REPLACE VIEW watching AS SELECT b::seen AS a, b FROM watched
CREATE OR REPLACE VIEW watching AS SELECT a, b FROM watched
ALTER TABLE watched ALTER COLUMN a TYPE int
ALTER TABLE watched ALTER COLUMN c TYPE int
ALTER TABLE watched ALTER COLUMN c TYPE seen
DROP DOMAIN seen
DROP DOMAIN seen CASCADE
SELECT table_name FROM information_schema.views WHERE table_schema = 'public' AND table_name IN ('watching', 'further')
SELECT * FROM watched
! CREATE SEQUENCE numbers
! CREATE DOMAIN numbered AS int DEFAULT nextval('numbers') CHECK (VALUE > 0)
! CREATE TABLE counted (a numbered, b text)
INSERT INTO counted (b) VALUES ('x'), ('y') RETURNING a
ALTER SEQUENCE numbers RENAME TO digits
INSERT INTO counted (b) VALUES ('z') RETURNING a
DROP SEQUENCE digits
ALTER TABLE counted ALTER COLUMN a SET DEFAULT nextval('digits') + 10
INSERT INTO counted (b) VALUES ('z') RETURNING a
ALTER TABLE counted ALTER COLUMN a DROP DEFAULT
ALTER DOMAIN numbered DROP DEFAULT
DROP SEQUENCE digits
CREATE TABLE ident (a pos GENERATED ALWAYS AS IDENTITY)
ALTER TABLE counted ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY
CREATE TABLE ident (a numbered PRIMARY KEY, b numbered NOT NULL UNIQUE, c numbered CHECK (c < 10), CHECK (a < c))
INSERT INTO ident VALUES (1, 1, 2), (2, 2, 3)
INSERT INTO ident VALUES (1, 1, -2)
INSERT INTO ident VALUES (1, 3, 2)
INSERT INTO ident VALUES (3, NULL, 4)
INSERT INTO ident VALUES (3, 3, 3)
INSERT INTO ident (a) VALUES (NULL)
UPDATE ident SET a = a + 1 WHERE a = 2 RETURNING *
UPDATE ident SET a = -a
SELECT a, b, c FROM ident WHERE a = 1 AND b = 1
SELECT * FROM ident ORDER BY b DESC
CREATE DOMAIN times AS timestamptz DEFAULT '2020-01-01 12:00+00' CHECK (VALUE >= '2000-01-01 00:00+00')
CREATE TABLE timed (a times, b times DEFAULT '2021-02-03 04:05+00')
INSERT INTO timed DEFAULT VALUES RETURNING a AT TIME ZONE 'UTC', b AT TIME ZONE 'UTC'
INSERT INTO timed VALUES ('1999-01-01')
SELECT '1999-01-01 UTC'::times
CREATE DOMAIN uid AS uuid CHECK (VALUE <> '00000000-0000-0000-0000-000000000000')
SELECT 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uid, '00000000-0000-0000-0000-000000000000'::uid
CREATE DOMAIN bytes AS bytea CHECK (length(VALUE) < 3)
SELECT '\x0102'::bytes
SELECT '\x010203'::bytes
CREATE DOMAIN ratio AS float8 CHECK (VALUE BETWEEN 0 AND 1)
SELECT 0.5::ratio, '1'::ratio, 'NaN'::ratio
SELECT $1::ratio, $2::bytes
  $ 0.25 | \x01
CREATE DOMAIN span AS interval CHECK (VALUE < '1 day')
SELECT '2 hours'::span + '1 day', '25 hours'::span
CREATE DOMAIN words AS text[] DEFAULT '{}' CHECK (array_position(VALUE, NULL) IS NULL)
SELECT '{a,b}'::words, ARRAY['c']::words, 'd' = ANY ('{c,d}'::words), '{a}'::words || 'z'
SELECT '{a,NULL}'::words
SELECT unnest('{a,b}'::words)
SELECT 'null'::doc
SELECT '{"id": {"x": 5}}'::doc -> 'id' ->> 'x', '{"id": 1}'::doc @> '{"id": 1}'
CREATE DOMAIN pattern AS text CHECK (VALUE ~ '^[A-Z]{2}\d+$' AND length(VALUE) <= 6 OR VALUE IS NULL)
SELECT 'AB12'::pattern, NULL::pattern
SELECT 'ab12'::pattern
SELECT 'AB12345'::pattern
CREATE DOMAIN listed AS text CHECK (VALUE IN ('a', 'b')) CHECK (VALUE = ANY (ARRAY['a', 'c']))
SELECT 'a'::listed
SELECT 'b'::listed
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = 'listed'::regtype ORDER BY oid
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contypid = 'ratio'::regtype
DISCARD ALL
DROP TABLE copy1, copy2, ident, timed, counted, watched, fk, fk2, pk, small, alts, c CASCADE
DROP DOMAIN numbered, times, uid, bytes, ratio, span, words, pattern, listed
! CREATE DOMAIN plus AS int CHECK (VALUE > 0)
CREATE TABLE gg (a int, b plus GENERATED ALWAYS AS (a * 2) STORED, c plus DEFAULT 1)
INSERT INTO gg (a) VALUES (3) RETURNING *
INSERT INTO gg (a) VALUES (-3)
UPDATE gg SET a = -1
UPDATE gg SET a = 7 RETURNING b
INSERT INTO gg (a) SELECT -x FROM generate_series(1, 3) AS s(x)
INSERT INTO gg (a) SELECT x FROM generate_series(1, 3) AS s(x) RETURNING b
SELECT 5::plus
CREATE TABLE pp (a int PRIMARY KEY)
CREATE TABLE ff (a plus DEFAULT 5 REFERENCES pp ON DELETE SET DEFAULT ON UPDATE CASCADE)
INSERT INTO pp VALUES (1), (2), (5)
INSERT INTO ff VALUES (1), (2)
UPDATE pp SET a = 9 WHERE a = 1
SELECT * FROM ff ORDER BY a
DELETE FROM pp WHERE a = 9
SELECT * FROM ff ORDER BY a
UPDATE pp SET a = -2 WHERE a = 2
SELECT count(*) FROM gg WHERE c::text = '1'
SELECT a FROM ff WHERE a = 5 ORDER BY a LIMIT $1::plus
  $ 1
SELECT x FROM generate_series(1, 4) AS gg(x) WHERE x::plus % 2 = 0
SELECT array_agg(c ORDER BY c)::int[] FROM gg
SELECT ARRAY[c, 2]::int[] FROM gg LIMIT 1
SELECT (SELECT c FROM gg LIMIT 1)::plus + 1
SELECT CASE WHEN a > 3 THEN a::plus ELSE (a + 100)::plus END FROM gg ORDER BY 1
SELECT c FROM gg WHERE EXISTS (SELECT 1 FROM gg AS h WHERE h.b > gg.c) GROUP BY c
SELECT DISTINCT ON (c) c, a FROM gg ORDER BY c, a
SELECT c, rank() OVER (PARTITION BY c ORDER BY a::plus) FROM gg ORDER BY 2
WITH RECURSIVE r (n) AS (SELECT 1::plus UNION ALL SELECT (n + 1)::plus FROM r WHERE n < 3) SELECT * FROM r
SELECT * FROM (VALUES (1::plus, 'a'), (2, 'b')) AS v(x, y) WHERE x = 2
SELECT x::plus FROM (VALUES ('1'), ('2')) AS v(x)
SELECT x::plus FROM (VALUES ('1'), ('z')) AS v(x)
EXPLAIN (COSTS OFF) SELECT 1
CREATE VIEW vp AS SELECT c, a::plus AS d FROM gg
SELECT d FROM vp ORDER BY d LIMIT 1
CREATE UNIQUE INDEX gu ON gg (c) WHERE c > 5
SELECT c FROM gg WHERE c > 5
INSERT INTO gg (a, c) VALUES (50, 6) ON CONFLICT DO NOTHING RETURNING c
INSERT INTO gg (a, c) VALUES (50, 6)
DECLARE cur CURSOR FOR SELECT 1::plus
BEGIN
DECLARE cur CURSOR FOR SELECT x::plus FROM generate_series(1, 3) AS s(x)
FETCH 2 FROM cur
COMMIT
TRUNCATE gg
LOCK TABLE gg
CREATE DOMAIN d1 AS int
CREATE DOMAIN d2 AS d1 CHECK (VALUE::d1 > 0)
SELECT 1::d2, 0::d2
# What a review found.
! CREATE DOMAIN rv_pos AS int[] CHECK (0 < ALL (VALUE))
! CREATE TABLE rv_s (x int, y int, z int)
! INSERT INTO rv_s VALUES (1, 2, 3), (-1, 2, 3)
! CREATE TABLE rv_t (a rv_pos)
INSERT INTO rv_t SELECT ARRAY[x, y, z] FROM rv_s ORDER BY x DESC
INSERT INTO rv_t SELECT ARRAY[x, y, z] FROM rv_s WHERE x > 0
UPDATE rv_t SET a = ARRAY[1, 2, -3]
SELECT ARRAY[x, y, z + 1]::rv_pos FROM rv_s ORDER BY x DESC
SELECT a FROM rv_t
! CREATE DOMAIN rv_d AS int NOT NULL
! CREATE TABLE rv_n (a rv_d, b int)
! INSERT INTO rv_n VALUES (1, 1)
UPDATE rv_n SET b = (SELECT 2 WHERE false)
UPDATE rv_n SET a = (SELECT 2 WHERE false)
UPDATE rv_n SET (a, b) = (SELECT 2, 3 WHERE false)
SELECT * FROM rv_n
! CREATE DOMAIN rv_five AS int CHECK (VALUE < 5)
! CREATE TABLE rv_r (x rv_five)
INSERT INTO rv_r WITH RECURSIVE r (a, b) AS (SELECT 1::rv_five, 1::rv_five UNION ALL SELECT a + 100, a FROM r WHERE a < 300) SELECT b FROM r
SELECT * FROM rv_r
! CREATE DOMAIN rv_d0 AS int
! CREATE DOMAIN rv_d1 AS int DEFAULT 5::rv_d0
! CREATE TABLE rv_y (x rv_d1, y int)
INSERT INTO rv_y (y) VALUES (1) RETURNING *
! CREATE SCHEMA rv
! CREATE TYPE rv.e AS ENUM ('a')
! CREATE DOMAIN rv_e AS rv.e
DROP SCHEMA rv
! CREATE SEQUENCE rv_q
! CREATE DOMAIN rv_seq AS int DEFAULT nextval('rv_q') + 1
DROP SEQUENCE rv_q
CREATE TABLE rv_z (x rv_seq, y int)
INSERT INTO rv_z (y) VALUES (1) RETURNING *
! CREATE DOMAIN rv_def AS int DEFAULT 1
! CREATE TABLE rv_p (id int PRIMARY KEY)
! INSERT INTO rv_p VALUES (0), (1), (2)
! CREATE TABLE rv_c (x rv_def REFERENCES rv_p ON DELETE SET DEFAULT)
! INSERT INTO rv_c VALUES (0)
DELETE FROM rv_p WHERE id = 0
SELECT * FROM rv_c
! CREATE DOMAIN rv_g AS int CHECK (VALUE > 0)
SELECT (x + y * 2 + z)::rv_g, count(*) FROM rv_s GROUP BY (x + y * 2 + z)::rv_g ORDER BY 1
SELECT DISTINCT (x + y * 2 + z)::rv_g FROM rv_s ORDER BY (x + y * 2 + z)::rv_g
SELECT (x + y - z - 9)::rv_g, count(*) FROM rv_s GROUP BY (x + y - z - 9)::rv_g
SELECT (x + y * 2 + z)::rv_g, (x + y * 2 + z)::rv_five FROM rv_s
UPDATE rv_n SET (a, b) = (SELECT 7, 8) RETURNING *
UPDATE rv_n SET (a) = (SELECT 7 WHERE false)
UPDATE rv_n SET (a, b) = (SELECT g, g FROM generate_series(1, 2) g)
UPDATE rv_n SET (b, a) = (SELECT n.b + 1, n.a FROM rv_n n WHERE n.a = rv_n.a) RETURNING *
UPDATE rv_n SET (b, a) = (SELECT 1, g FROM generate_series(1, 5) g ORDER BY g DESC LIMIT 1) RETURNING *
! CREATE DOMAIN rv_case AS int CHECK (CASE WHEN VALUE > 0 THEN true ELSE false END)
! CREATE TABLE rv_k (a rv_case, b text)
! INSERT INTO rv_k VALUES (1, 'x'), (2, 'y')
UPDATE rv_k SET (a, b) = (SELECT 5, 'z' WHERE rv_k.a = 1)
UPDATE rv_k SET (a, b) = (SELECT 5 + rv_k.a, 'z' WHERE rv_k.a < 9) RETURNING *
! CREATE TABLE rv_o (id int PRIMARY KEY, a rv_d, b int)
! INSERT INTO rv_o VALUES (1, 1, 1)
INSERT INTO rv_o VALUES (1, 2, 3) ON CONFLICT (id) DO UPDATE SET (a, b) = (SELECT 9, 9 WHERE false)
INSERT INTO rv_o VALUES (1, 2, 3) ON CONFLICT (id) DO UPDATE SET (a, b) = (SELECT excluded.a + 1, 9) RETURNING *
MERGE INTO rv_o USING (VALUES (1)) v (k) ON v.k = id WHEN MATCHED THEN UPDATE SET (a, b) = (SELECT 4, 4)
SELECT * FROM rv_o
