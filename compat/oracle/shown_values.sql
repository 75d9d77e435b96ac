# schema: How floats, bytea and times are shown
SET extra_float_digits = 0
SELECT 0.1::float8 + 0.2::float8, (0.1::float8 + 0.2::float8)::text, 1e15::float8, 1e14::float8, 123456789012345678::float8, -0.0::float8, 'NaN'::float8, '-inf'::float4
SELECT 1.1::float4, 16777217::float4, 1e6::float4, 123456.7::float4, 1234567.8::float4, 0.0001::float4, 0.00001::float4
SELECT ARRAY[0.1::float8 + 0.2::float8, 1e300], ARRAY[0.1::float8 + 0.2]::text, ARRAY[0.1::float8 + 0.2]::text[], ARRAY[0.1::float8 + 0.2]::varchar(4)[]
SELECT ROW(0.1::float8 + 0.2, 1), ROW(0.1::float8 + 0.2, 1)::text
SELECT 'a' || (0.1::float8 + 0.2), concat(0.1::float8 + 0.2, 'x'), format('%s %L', 0.1::float8 + 0.2, 0.1::float8 + 0.2), quote_literal(0.1::float8 + 0.2), concat(VARIADIC ARRAY[0.1::float8 + 0.2]), concat_ws('-', 0.1::float8 + 0.2, 2)
SELECT to_json(0.1::float8 + 0.2), to_jsonb(0.1::float8 + 0.2), json_build_array(0.1::float8 + 0.2), row_to_json(r) FROM (SELECT 0.1::float8 + 0.2 AS a) r
SELECT json_agg(x), array_to_string(array_agg(x), ','), string_agg(x::text, ',') FROM (VALUES (0.1::float8 + 0.2)) v(x)
SELECT (0.1::float8 + 0.2)::numeric, (0.1::float8 + 0.2)::varchar(5), (0.1::float8 + 0.2)::char(30), (0.1::float8 + 0.2)::name
SET extra_float_digits = -10
SELECT pi(), pi()::float4, pi()::text, -pi()::text, 12345678::float8, 0.000012345678::float8
SET extra_float_digits = -15
SELECT pi(), pi()::float4, 99::float8, 5.5::float8, 0.95::float8
SET extra_float_digits = -16
SET extra_float_digits = 4
SET extra_float_digits = 3
SHOW extra_float_digits
SELECT 0.1::float8 + 0.2
! CREATE TABLE f (a int PRIMARY KEY, b float8, c text, d float8 DEFAULT 0.1::float8 + 0.2, e bytea)
! SET extra_float_digits = 0
INSERT INTO f VALUES (1, 0.1::float8 + 0.2, 0.1::float8 + 0.2, DEFAULT, 'a\\b'), (2, 1.0/3, 1::float8/3, 5, '\x00ff41')
INSERT INTO f (a, b) SELECT a + 10, b FROM f RETURNING b, d, e
! SET extra_float_digits = 1
SELECT * FROM f ORDER BY a
PREPARE p AS SELECT b::text, b FROM f ORDER BY a
EXECUTE p
! SET extra_float_digits = 0
EXECUTE p
CREATE VIEW fv AS SELECT a, b::text FROM f
SELECT * FROM fv ORDER BY a
CREATE TABLE f2 AS SELECT b::text FROM f
! RESET extra_float_digits
SELECT * FROM fv ORDER BY a
SELECT * FROM f2 ORDER BY b
CREATE INDEX fi ON f ((b::text))
SELECT a FROM f WHERE b::text = '0.30000000000000004' ORDER BY a
! SET extra_float_digits = 0
SELECT a FROM f WHERE b::text = '0.30000000000000004' ORDER BY a
SELECT a FROM f WHERE b::text = '0.3' ORDER BY a
CREATE UNIQUE INDEX fj ON f ((d::text)) WHERE a = 1
INSERT INTO f (a, d) VALUES (1, 0.1::float8 + 0.2) ON CONFLICT ((d::text)) WHERE a = 1 DO NOTHING
COPY f TO STDOUT
COPY f (b, e) TO STDOUT CSV
! SET bytea_output = escape
SELECT e, e::text, length(e::text), '\x5c0a7f20'::bytea, ARRAY['\x5c41'::bytea], ARRAY['\x5c41'::bytea]::text, ARRAY['\x5c41'::bytea]::text[], ROW('\x5c41'::bytea), encode(e, 'hex') FROM f ORDER BY a
SELECT 'x' || 'a'::bytea::text, concat('\x00'::bytea), to_json('\x5c00'::bytea), md5('\x00'::bytea), quote_literal('\x5c'::bytea), quote_literal('\x5c'::bytea::text), format('%s', '\xff'::bytea)
COPY f (e) TO STDOUT
UPDATE f SET c = e::text RETURNING c, e
SHOW bytea_output
SELECT 'é'::bytea, string_agg(e, '\x5c'::bytea) FROM f
BEGIN
SET LOCAL bytea_output = hex
SELECT 'a\\b'::bytea, 'a\\b'::bytea::text
COMMIT
SELECT 'a\\b'::bytea, 'a\\b'::bytea::text
SET bytea_output = octal
! DELETE FROM f
CREATE TABLE g (a float8 CHECK (a < 1), b bytea UNIQUE)
INSERT INTO g VALUES (1.0/3 + 1, '\x41')
INSERT INTO g VALUES (1.0/3, '\x41'), (1.0/3, '\x41')
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'g'::regclass ORDER BY 1
DISCARD ALL
SELECT 'a'::bytea, pi()
! CREATE TABLE h (a date PRIMARY KEY, b timestamptz NOT NULL, c float8, d interval)
! SET datestyle = 'German'
! SET intervalstyle = 'iso_8601'
! SET timezone = 'Europe/Berlin'
INSERT INTO h VALUES ('2024-02-01', NULL, 0.5, '1 day 2 hours')
INSERT INTO h VALUES ('2024-02-01', now()), ('2024-02-01', now())
