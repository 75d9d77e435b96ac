# language: Network addresses
SELECT '192.168.1.5'::inet, '192.168.1.5/24'::inet, '10.0.0.0/8'::cidr, '::1'::inet, '2001:db8::/32'::cidr, '10'::cidr, '192.168.1'::cidr, '::ffff:1.2.3.4/128'::inet, '0.0.0.0/0'::inet
SELECT '08:00:2b:01:02:03'::macaddr, '08-00-2B-01-02-03'::macaddr, '08002b:010203'::macaddr, '0800.2b01.0203'::macaddr, '08002b010203'::macaddr, '0800-2b01-0203'::macaddr
SELECT '08:00:2b:01:02:03:04:05'::macaddr8, '08002b:0102030405'::macaddr8, '08:00:2b:01:02:03'::macaddr8, '08002b0102030405 '::macaddr8
SELECT '10.1.2'::inet
SELECT '10.1.2.3.4'::inet
SELECT '10.1.2.256'::inet
SELECT '10.1.2.3/33'::inet
SELECT '10.1.2.3/'::inet
SELECT '10.1.2.3 '::inet
SELECT ''::inet
SELECT 'x'::inet
SELECT '1:2:3'::inet
SELECT '1::2::3'::inet
SELECT '::1/129'::inet
SELECT '10.0.0.1/8'::cidr
SELECT '2001:db8::1/32'::cidr
SELECT '1.2.3.4/24'::cidr
SELECT 'nope'::cidr
SELECT '08:00:2b:01:02'::macaddr
SELECT '08:00:2b:01:02:100'::macaddr
SELECT 'x'::macaddr
SELECT '08:00:2b:01:02:03:04'::macaddr8
SELECT x::inet FROM (VALUES ('10/8'), ('10.1/16'), ('10.1.2/24'), ('010.1.2.3'), ('1.2.3.4.'), ('::'), ('1::'), ('::1:2'), ('1:0:0:2:0:0:0:3'), ('0:0:0:0:0:0:0:1'), ('2001:DB8::A'), ('::10.1.2.3'), ('::ffff:10.1.2.3'), ('fe80::1%lo'), ('1:2:3:4:5:6:7:8/64'), ('1:2:3:4:5:6:1.2.3.4'), ('::1.2.3.4/96')) v(x) WHERE x <> 'fe80::1%lo'
SELECT 'fe80::1%lo'::inet
SELECT x::cidr FROM (VALUES ('128'), ('128.1'), ('192.168'), ('224'), ('240'), ('10.1'), ('0x0a01'), ('0xc0a8'), ('10.0.0.1'), ('::'), ('::1'), ('1::/16'), ('0.0.0.0/0'), ('240.1.1')) v(x)
SELECT '0.0.0.0/0'::cidr, '0/0'::cidr, '::/0'::cidr
SELECT inet '1.2.3.4', cidr '1.2.3.0/24', macaddr '01:02:03:04:05:06', CAST('1.2.3.4' AS inet), '1.2.3.4'::text::inet, $1::inet $ 10.9.8.7/8
SELECT $1 = '1.2.3.4'::inet, $2::cidr $ 1.2.3.4 | 1.2.3.0/24
SELECT $1::inet $ bad
SELECT $1::macaddr, $2::macaddr8 $ 010203040506 | 0102030405060708

# casts
SELECT '10.1.2.3'::inet::text, '10.1.2.3/8'::inet::text, '10.0.0.0/8'::cidr::text, '10.1.2.3/32'::cidr::text, '::1'::inet::varchar, '10.1.2.3'::inet::char(5)
SELECT '10.1.2.3/8'::inet::cidr, '10.0.0.0/8'::cidr::inet, '10.1.2.3'::inet::cidr
SELECT '01:02:03:04:05:06'::macaddr::macaddr8, '01:02:03:ff:fe:04:05:06'::macaddr8::macaddr, '01:02:03:04:05:06'::macaddr::text
SELECT '01:02:03:04:05:06:07:08'::macaddr8::macaddr
SELECT '1.2.3.4'::inet || ' is it', 'net ' || '10.0.0.0/8'::cidr, concat('10.1.2.3'::inet, ' ', '10.0.0.0/8'::cidr), format('%s', '1.2.3.4'::inet)
SELECT '1.2.3.4'::inet::int
SELECT 1::inet
SELECT text('1.2.3.4'::inet), text('abc'), cidr('1.2.3.4/8'::inet), inet('1.2.3.4')
SELECT to_json('1.2.3.4'::inet), to_jsonb('10.0.0.0/8'::cidr), json_build_object('a', '01:02:03:04:05:06'::macaddr), row_to_json(ROW('::1'::inet))
SELECT '("1.2.3.4",x)'::text, ROW('1.2.3.4'::inet, '10.0.0.0/8'::cidr)
SELECT pg_typeof('1.2.3.4'::inet), pg_typeof('10.0.0.0/8'::cidr), pg_typeof('01:02:03:04:05:06'::macaddr)

# operators
SELECT '10.1.2.3'::inet << '10.0.0.0/8', '10.0.0.0/8'::inet << '10.0.0.0/8', '10.0.0.0/8'::inet <<= '10.0.0.0/8', '10.0.0.0/8'::inet >> '10.1.2.3', '10.0.0.0/8'::cidr >>= '10.0.0.0/8'::cidr, '10.0.0.0/8'::inet && '10.1.0.0/16', '10.0.0.0/8'::inet && '11.0.0.0/8', '::1'::inet << '10.0.0.0/8'
SELECT ~ '192.168.1.6'::inet, '192.168.1.6'::inet & '0.0.0.255', '192.168.1.6'::inet | '0.0.0.255', ~ '::1'::inet, '192.168.1.6/24'::inet & '255.255.0.0/16'
SELECT '192.168.1.6'::inet & '::1'
SELECT '192.168.1.6'::inet | '::1'
SELECT '192.168.1.6'::inet + 25, 200 + '10.0.0.250'::inet, '192.168.1.43'::inet - 36, '192.168.1.43'::inet - '192.168.1.19', '::1'::inet + 1, '::5'::inet - 7 + 10
SELECT '192.168.1.43/24'::inet + 10, '10.0.0.0/8'::cidr + 1, '10.0.0.1'::inet - '10.0.0.5'
SELECT '255.255.255.255'::inet + 1
SELECT '0.0.0.0'::inet - 1
SELECT '::'::inet - 1
SELECT 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'::inet + 1
SELECT 'ffff::'::inet - '::1'
SELECT '::1'::inet - '1.2.3.4'
SELECT ~ '00:00:5e:00:53:00'::macaddr, '00:00:5e:00:53:00'::macaddr & '00:ff:00:ff:00:ff', '01:02:03:04:05:06'::macaddr | '10:20:30:40:50:60', ~ '01:02:03:04:05:06:07:08'::macaddr8, '01:02:03:04:05:06:07:08'::macaddr8 & 'ff:00:ff:00:ff:00:ff:00', '01:02:03:04:05:06:07:08'::macaddr8 | 'f0:f0:f0:f0:f0:f0:f0:f0'
SELECT '10.0.0.1'::inet = '10.0.0.1/32', '10.0.0.1'::inet = '10.0.0.1/8', '10.0.0.1/32'::cidr = '10.0.0.1'::inet, '10.0.0.0/8'::cidr = '10.0.0.0/8'::inet, '10.0.0.1'::inet < '10.0.0.2', '10.0.0.0/8'::inet < '10.0.0.0/16', '1.2.3.4'::inet < '::1', '10.0.0.1'::inet <> '10.0.0.2'
SELECT '01:02:03:04:05:06'::macaddr < '01:02:03:04:05:07', '01:02:03:04:05:06'::macaddr = '010203040506', '01:02:03:04:05:06'::macaddr = '01:02:03:ff:fe:04:05:06'::macaddr8
SELECT '1.2.3.4'::inet = 'x'
SELECT '1.2.3.4'::inet = 5
SELECT '1.2.3.4'::inet LIKE '1%'
SELECT '1.2.3.4'::inet::text LIKE '1%', host('1.2.3.4'::inet) LIKE '1%'
SELECT '1.2.3.4'::inet IN ('1.2.3.4', '5.6.7.8'), '1.2.3.4'::inet = ANY('{1.2.3.4,::1}'), '1.2.3.4'::inet = ANY(ARRAY['1.2.3.4'::cidr]), '1.2.3.4'::inet BETWEEN '1.2.3.0' AND '1.2.3.9'
SELECT coalesce(NULL, '1.2.3.4'::inet), greatest('1.2.3.4'::inet, '1.2.3.5', '::1'), least('1.2.3.4'::inet, '10.0.0.0/8'), nullif('1.2.3.4'::inet, '1.2.3.4'), CASE '1.2.3.4'::inet WHEN '1.2.3.4/32' THEN 'yes' END
SELECT '1.2.3.4'::inet IS DISTINCT FROM '1.2.3.4/32', '10.0.0.0/8'::cidr IS NOT DISTINCT FROM NULL

# functions
SELECT abbrev('10.1.0.0/32'::inet), abbrev('10.1.0.0/16'::inet), abbrev('10.1.0.0/16'::cidr), abbrev('10.0.0.0/8'::cidr), abbrev('0.0.0.0/0'::cidr), abbrev('10.1.2.3/32'::cidr), abbrev('10.128.0.0/9'::cidr), abbrev('2001:db8::/32'::cidr), abbrev('2001:db8::1'::inet), abbrev('::/0'::cidr), abbrev('::1/128'::cidr), abbrev('2001:db8:0:0:1::/80'::cidr), abbrev('::ffff:1.2.3.0/120'::cidr), abbrev('2000::/3'::cidr)
SELECT broadcast('192.168.1.5/24'), broadcast('10.1.2.3'::inet), broadcast('2001:db8::1/120'), family('::1'), family('1.2.3.4'), host('192.168.1.0/24'), host('::1/64'), hostmask('192.168.23.20/30'), hostmask('2001:db8::/32'), masklen('192.168.1.5/24'), masklen('::1'), netmask('192.168.1.5/24'), netmask('2001:db8::1/32'), network('192.168.1.5/24'), network('::1/64')
SELECT inet_merge('192.168.1.5/24', '192.168.2.5/24'), inet_merge('10.0.0.1', '10.0.0.1'), inet_merge('::1', '::2'), inet_same_family('192.168.1.5/24', '::1'), inet_same_family('1.1.1.1', '2.2.2.2')
SELECT inet_merge('10.0.0.1', '::1')
SELECT set_masklen('192.168.1.5/24', 16), set_masklen('192.168.1.0/24'::cidr, 16), set_masklen('192.168.1.5/24', -1), set_masklen('::1'::inet, 64), set_masklen('10.1.2.3'::cidr, 8)
SELECT set_masklen('192.168.1.5/24', 33)
SELECT set_masklen('192.168.1.5/24', -2)
SELECT trunc('12:34:56:78:90:ab'::macaddr), trunc('12:34:56:78:90:ab:cd:ef'::macaddr8), macaddr8_set7bit('00:34:56:ab:cd:ef'), trunc(1.7), trunc('2.5')
SELECT host(NULL), family(NULL::inet), abbrev(NULL::cidr)

# in tables
! CREATE TABLE nets (id int PRIMARY KEY, i inet UNIQUE, c cidr, m macaddr, m8 macaddr8, list inet[], cs cidr[], ms macaddr[] DEFAULT '{}')
INSERT INTO nets VALUES (1, '10.0.0.1', '10.0.0.0/8', '01:02:03:04:05:06', '01:02:03:04:05:06:07:08', '{10.0.0.1,::1}', '{10.0.0.0/8,1.2.3.4}', '{01:02:03:04:05:06}')
INSERT INTO nets VALUES (2, '10.0.0.1/8', '10.0.0.1', NULL, NULL, NULL, NULL, NULL), (3, '::1', '::/0', '01:02:03:04:05:05', '01:02:03:04:05:06', '{}', '{NULL}', DEFAULT), (4, '9.0.0.0/30', '192.168', NULL, NULL, ARRAY['1.1.1.1'::inet, '1.1.1.0/24'], NULL, NULL)
INSERT INTO nets (id, i) VALUES (5, '10.0.0.1/32')
INSERT INTO nets (id, c) VALUES (5, '10.0.0.1/8')
INSERT INTO nets (id, i) VALUES (5, 'bad')
INSERT INTO nets (id, i, c) VALUES (6, '10.0.0.0/8'::cidr, '10.1.1.1/16'::inet) RETURNING *
INSERT INTO nets (id, i) VALUES (7, 5)
SELECT * FROM nets ORDER BY i
SELECT id, i FROM nets ORDER BY i DESC NULLS LAST
SELECT id, c FROM nets ORDER BY c, id
SELECT id, m, m8 FROM nets ORDER BY m, m8, id
SELECT id FROM nets WHERE i = '10.0.0.1'
SELECT id FROM nets WHERE i = $1 $ 10.0.0.1
SELECT id FROM nets WHERE c = '10.0.0.1/32'::inet ORDER BY id
SELECT id FROM nets WHERE i << '10.0.0.0/8' ORDER BY id
SELECT id FROM nets WHERE c >>= i ORDER BY id
SELECT id FROM nets WHERE m = '010203040506' ORDER BY id
SELECT id FROM nets WHERE '::1' = ANY(list)
SELECT id FROM nets WHERE list && ARRAY['::1'::inet] ORDER BY id
SELECT id FROM nets WHERE list @> '{1.1.1.0/24}' ORDER BY id
SELECT id FROM nets WHERE list = '{10.0.0.1/32,::1}'
SELECT min(i), max(i), count(DISTINCT i), min(c), max(c) FROM nets
SELECT array_agg(i ORDER BY i), string_agg(i::text, ',' ORDER BY i), json_agg(i ORDER BY id) FROM nets
SELECT family(i) AS f, count(*), max(i) FROM nets GROUP BY 1 ORDER BY 1
SELECT i, count(*) FROM (SELECT i FROM nets UNION ALL SELECT i FROM nets) x GROUP BY i ORDER BY i
SELECT DISTINCT c FROM nets ORDER BY c
SELECT i FROM nets UNION SELECT c FROM nets ORDER BY 1
SELECT a.id, b.id FROM nets a JOIN nets b ON a.i = b.c ORDER BY 1, 2
SELECT id, lag(i) OVER (ORDER BY i), rank() OVER (ORDER BY i) FROM nets ORDER BY id
SELECT unnest(list) FROM nets WHERE id = 1
SELECT list[1], cs[2], array_length(list, 1), list || '2.2.2.2'::inet FROM nets WHERE id = 1
SELECT cs::text[], cs::inet[], list::text, array_to_string(cs, ' ') FROM nets WHERE id = 1
UPDATE nets SET i = i + 1, list[1] = '7.7.7.7', c = network('7.7.7.7/8') WHERE id = 1 RETURNING i, list, c
DELETE FROM nets WHERE i << '10.0.0.0/8' RETURNING id
! CREATE INDEX nets_c ON nets (c)
! CREATE INDEX nets_m ON nets (m, m8)
SELECT id FROM nets WHERE c = '::/0'
CREATE INDEX ON nets USING gist (i inet_ops)
! CREATE TABLE nets_ref (i inet REFERENCES nets (i), d inet DEFAULT '127.0.0.1' CHECK (family(d) = 4))
INSERT INTO nets_ref VALUES ('::1')
INSERT INTO nets_ref VALUES ('::2')
INSERT INTO nets_ref VALUES ('::1', '::1')
SELECT * FROM nets_ref
SELECT column_name, data_type, udt_name FROM information_schema.columns WHERE table_name = 'nets' ORDER BY ordinal_position
SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'nets'::regclass AND attnum > 0 ORDER BY attnum
COPY nets TO STDOUT
COPY nets (id, i, c, m) FROM STDIN
: 20	1.1.1.1	2.0.0.0/8	aabbccddeeff
: 21	::1:1/64	::1:0/112	\N
COPY nets (id, i) FROM STDIN
: 22	1.1.1
SELECT id, i, c, m FROM nets WHERE id >= 20 ORDER BY id
ALTER TABLE nets ALTER COLUMN c TYPE text
SELECT id, c FROM nets ORDER BY id
ALTER TABLE nets ALTER COLUMN c TYPE cidr USING c::cidr
SELECT id, c FROM nets ORDER BY id
SELECT oprname, oprleft::regtype, oprright::regtype, oprresult::regtype FROM pg_operator WHERE oprleft = 'inet'::regtype ORDER BY 1, 3
SELECT castsource::regtype, casttarget::regtype, castcontext FROM pg_cast WHERE castsource IN ('inet'::regtype, 'cidr'::regtype, 'macaddr'::regtype, 'macaddr8'::regtype) ORDER BY 1, 2
SELECT typname, typcategory, typispreferred, typlen FROM pg_type WHERE typname IN ('inet', 'cidr', 'macaddr', 'macaddr8', '_inet') ORDER BY 1
SELECT typname, typinput, typoutput, typreceive, typsend, typsubscript FROM pg_type WHERE typname IN ('inet', 'cidr', 'macaddr', 'macaddr8', '_inet', '_cidr', '_macaddr', '_macaddr8') ORDER BY 1
SELECT oprname, oprcode, oprrest, oprjoin FROM pg_operator WHERE oprleft IN ('inet'::regtype, 'macaddr'::regtype, 'macaddr8'::regtype) ORDER BY pg_operator.oid
SELECT aggfnoid::oid, aggtransfn::oid, aggcombinefn::oid FROM pg_aggregate WHERE aggtranstype = 'inet'::regtype ORDER BY 1
SELECT amproc, amprocnum FROM pg_amproc WHERE amproclefttype IN ('inet'::regtype, 'macaddr'::regtype) AND amprocfamily IN (SELECT oid FROM pg_opfamily WHERE opfmethod IN (403, 405)) ORDER BY pg_amproc.oid
