# language: Bit strings
SELECT B'101', X'1F', b'', x'1a', B'101'::bit(5), B'10111'::bit(3), B'1'::bit, B'101'::bit varying(2), B'101'::varbit
SELECT B'102'
SELECT X'1G'
SELECT '101'::bit(3), '101'::varbit, 'b101'::varbit, 'x1f'::varbit, 'X1F'::bit(8)
SELECT '101'::bit, '101'::bit(2), '10111'::bit varying(3)
SELECT '12'::varbit
SELECT '1'::bit(0)
SELECT '1'::bit(100000000)
SELECT '1'::varbit(0)
CREATE TABLE bt (id int, a bit(4), b bit varying(4), c bit, d varbit, e varbit[])
INSERT INTO bt VALUES (1, '1010', '101', '1', '11110000', '{1,0,101}')
INSERT INTO bt (a) VALUES (B'101')
INSERT INTO bt (a) VALUES (B'10101')
INSERT INTO bt (a) VALUES ('101')
INSERT INTO bt (b) VALUES (B'10101')
INSERT INTO bt (b) VALUES ('10101')
INSERT INTO bt (c) VALUES (B'10')
INSERT INTO bt (id, d) VALUES (2, X'FF')
INSERT INTO bt (a) VALUES (5)
INSERT INTO bt (id, a) VALUES (3, 5::bit(4))
SELECT * FROM bt ORDER BY id
SELECT a & B'1100', a | B'0001', a # B'1111', ~a, a << 1, a >> 1, a || b, a << -1, a << 10 FROM bt WHERE a IS NOT NULL ORDER BY id
SELECT B'1' & B'11'
SELECT B'1' | B'11'
SELECT B'1' # B'11'
SELECT length(a), octet_length(a), bit_length(a), length(b), length(d) FROM bt ORDER BY id
SELECT substring(B'10110' from 2 for 3), substring(B'10110', 3), substring(B'10110' from -1 for 3), overlay(B'10110' placing B'000' from 2), overlay(B'10110' placing B'0' from 2 for 3), position(B'11' in B'10110'), position(B'' in B'1'), position(B'111' in B'101')
SELECT substring(B'1' from 1 for -1)
SELECT get_bit(B'10110', 0), set_bit(B'10110', 1, 1), bit_count(B'10110')
SELECT get_bit(B'10110', 5)
SELECT set_bit(B'10110', 1, 2)
SELECT set_bit(B'10110', -1, 1)
SELECT 44::bit(10), 44::bit(3), (-44)::bit(12), B'1110'::int, 5::bigint::bit(70), B'101'::bigint, X'FFFFFFFF'::int, X'FFFFFFFFFFFFFFFF'::bigint
SELECT 5::bit, (-1)::bit, 4::bigint::bit
SELECT B'111111111111111111111111111111111'::int
SELECT repeat('1', 65)::varbit::bigint
SELECT repeat('1', 65)::varbit::bit(65)::bigint
SELECT 5::bit varying
SELECT 5::smallint::bit(3)
SELECT B'101'::text, '101'::text::bit(3), '101'::varchar::varbit, B'101'::varchar(2)
SELECT B'101' = B'101', B'101' < B'11', B'101' = '101', B'1' = B'10', B'101'::varbit = B'101', B'1' < B'10', B'01' < B'1'
SELECT a FROM bt ORDER BY a, b, d
SELECT bit_and(a), bit_or(a), bit_xor(a) FROM bt
SELECT bit_and(d) FROM bt WHERE false
SELECT max(a) FROM bt
SELECT count(DISTINCT a), array_agg(d ORDER BY id) FROM bt
SELECT pg_typeof(B'1'), pg_typeof(a || b), pg_typeof(B'1' || B'0'), pg_typeof(a << 1), pg_typeof(a & a) FROM bt WHERE id = 1
CREATE INDEX bt_a ON bt (a)
CREATE UNIQUE INDEX bt_d ON bt (d)
INSERT INTO bt (d) VALUES ('11110000')
SELECT id FROM bt WHERE a = B'1010' AND b = '101'
SELECT id FROM bt WHERE d > B'1111' ORDER BY d
SELECT id FROM bt WHERE d = $1
$ 11110000
INSERT INTO bt (id, a, b, d) VALUES (9, $1, $2, $3) RETURNING a, b, d
$ 0001 | 1 | 010101010101
SELECT $1::bit(3), $2::varbit, $3::bit
$ 101 | 1 | 1
SELECT format_type('bit'::regtype, -1), format_type('bit'::regtype, 4), format_type('varbit'::regtype, 5), format_type('varbit'::regtype, -1), 'bit'::regtype, 'bit varying'::regtype
SELECT attname, format_type(atttypid, atttypmod), atttypmod FROM pg_attribute WHERE attrelid = 'bt'::regclass AND attnum > 0 ORDER BY attnum
SELECT column_name, data_type, udt_name, character_maximum_length, character_octet_length, numeric_precision FROM information_schema.columns WHERE table_name = 'bt' ORDER BY ordinal_position
SELECT typname, typcategory, typispreferred, typlen, typarray::regtype FROM pg_type WHERE typname IN ('bit', 'varbit', '_bit', '_varbit') ORDER BY typname
SELECT B'1' + 1
SELECT B'1' || '0', '0' || B'1', B'1' || 'x'::text
SELECT ~ 5, ~ B'01'
SELECT '{101,1}'::bit(3)[], ARRAY[B'1', B'0'], B'1' = ANY (ARRAY[B'1'])
SELECT to_json(B'101'), to_jsonb(B'101'::varbit), row(B'1', X'0f'), row_to_json(bt) FROM bt WHERE id = 1
SELECT B'101'::bit(3)::varbit(2), cast(B'1' AS bit(3)), bit '101', bit(5) '101', varbit '101', bit varying '10'
SELECT coalesce(a, B'0'), CASE WHEN true THEN B'1' ELSE '0' END, nullif(B'1', B'1'), greatest(B'1', B'0') FROM bt ORDER BY id
SELECT lpad(B'1', 3)
SELECT B'1'::bool
SELECT true::bit
SELECT B'101' ~ '1'
SELECT B'101' LIKE '1%'
SELECT B'10'
  '1'
SELECT B'10' '1'
COPY (SELECT a, b, c, d, e FROM bt WHERE id < 4 ORDER BY id) TO STDOUT
COPY bt (id, a, d) FROM STDIN
: 20	1111	000
COPY bt (id, a) FROM STDIN
: 21	111
COPY bt (id, a) FROM STDIN
: 21	1112
UPDATE bt SET a = a & B'1000', d = d || B'1' WHERE id = 1 RETURNING a, d
UPDATE bt SET a = a || B'1' WHERE id = 1
ALTER TABLE bt ALTER a TYPE bit(5)
ALTER TABLE bt ALTER a TYPE bit(5) USING a::bit(5)
ALTER TABLE bt ALTER b TYPE varbit
SELECT a, b FROM bt ORDER BY id
CREATE TABLE bd (a bit(3) DEFAULT B'101', b varbit DEFAULT '1', c bit(8) CHECK (c <> X'00'), d int GENERATED ALWAYS AS (bit_count(c)) STORED)
INSERT INTO bd (c) VALUES (X'0F') RETURNING *
INSERT INTO bd (c) VALUES (X'00')
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'bd'::regclass ORDER BY adnum
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'bd'::regclass
SELECT DISTINCT d FROM bt WHERE d IS NOT NULL ORDER BY d DESC
SELECT d, count(*) FROM bt GROUP BY d ORDER BY d
SELECT B'1' UNION SELECT B'10' ORDER BY 1
CREATE DOMAIN flags AS bit(4) CHECK (bit_count(value) < 3)
SELECT B'0011'::flags, '0011'::flags
SELECT B'0111'::flags
SELECT 0x1F
SELECT 1, 0xFFz
SELECT ARRAY[1,2]::bit(3)[], ARRAY[[1,2],[3,4]]::bit(2)[], ARRAY[1, 5]::bit[], ARRAY['101', '1']::bit(3)[]
SELECT position(B'' IN B''), position(B'' IN B'101'), position(B'1' IN B''), position(B'01' IN B'101')
