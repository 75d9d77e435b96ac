# language: setseed, VARIADIC, hashing, sizes, and functions that operators call
# What setseed() begins goes on, whatever runs in between.
SELECT setseed(0.5)
SELECT random()
SELECT random(), random() FROM generate_series(1, 3)
SELECT setseed(0.25), random(), random()
SELECT setseed(-1), random()
SELECT setseed(0), random()
SELECT setseed(NULL), random()
SELECT setseed(1.5)
SELECT setseed(-123456789)
SELECT setseed('NaN')
SELECT setseed('Infinity')
SELECT setseed(0.00001234 - 2)
! CREATE TABLE drawn (id int, x float8, y float8 DEFAULT random())
SELECT setseed(0.75)
INSERT INTO drawn SELECT n, random() FROM generate_series(1, 5) n
SELECT * FROM drawn ORDER BY id
SELECT random()
UPDATE drawn SET x = random() WHERE id = 3 RETURNING x
SELECT random()
BEGIN
INSERT INTO drawn (id) VALUES (random() * 100) RETURNING id
SELECT random()
ROLLBACK
SELECT random()
SELECT setseed(0.1)
DISCARD ALL
SELECT random()
SELECT x FROM generate_series(1, 5) x ORDER BY random() LIMIT 3

# VARIADIC
SELECT concat(VARIADIC ARRAY['a', NULL, 'b'])
SELECT concat(VARIADIC ARRAY[1, 2, 3])
SELECT concat(VARIADIC ARRAY[[1, 2], [3, 4]])
SELECT concat(VARIADIC NULL::text[]), concat(VARIADIC '{}'::int[])
SELECT concat(VARIADIC 'a')
SELECT concat(VARIADIC 1)
SELECT concat('x', VARIADIC ARRAY['a'])
SELECT concat_ws(',', VARIADIC ARRAY['a', NULL, 'b'])
SELECT concat_ws(NULL, VARIADIC ARRAY['a']), concat_ws(',', VARIADIC NULL::int[])
SELECT concat_ws(',', VARIADIC ARRAY[timestamptz '2020-01-01 12:00+00', '2021-01-01 00:00+00'])
SELECT format('%s and %s', VARIADIC ARRAY['x', 'y'])
SELECT format('%s', VARIADIC NULL::text[])
SELECT format('%%', VARIADIC NULL::text[])
SELECT format('%2$s %1$I', VARIADIC ARRAY['A b', 'y'])
SELECT format('%s %s', VARIADIC ARRAY[true, false])
SELECT format('%s', VARIADIC 'a')
SELECT num_nulls(VARIADIC ARRAY[1, NULL, 3]), num_nonnulls(VARIADIC ARRAY[1, NULL, 3]), num_nulls(VARIADIC NULL::int[])
SELECT json_build_array(VARIADIC ARRAY[1, NULL, 3]), jsonb_build_array(VARIADIC '{a,b}'::text[])
SELECT json_build_object(VARIADIC ARRAY['a', 'b', 'c', NULL]), jsonb_build_object(VARIADIC ARRAY[1, 2])
SELECT json_build_object(VARIADIC ARRAY['a', 'b', 'c'])
SELECT json_build_array(VARIADIC NULL::int[])
SELECT json_extract_path('{"a": {"b": 1}}', VARIADIC ARRAY['a', 'b']), jsonb_extract_path_text('{"a": {"b": "x"}}', VARIADIC '{a,b}')
SELECT jsonb_extract_path('{"a": 1}', VARIADIC NULL), jsonb_extract_path('{"a": 1}', VARIADIC ARRAY['a', NULL])
SELECT upper(VARIADIC ARRAY['a'])
SELECT concat(VARIADIC ARRAY['a'], 'b')
SELECT concat(VARIADIC x) FROM (VALUES (ARRAY[1, 2]), (ARRAY[3])) v(x) ORDER BY 1

# hashing
SELECT hashtext(''), hashtext('a'), hashtext('hello world'), hashtext('twelve bytes'), hashtext('thirteen byte'), hashtext('é日本')
SELECT hashtextextended('a', 0), hashtextextended('a', 1), hashtextextended('some longer text than that', -5)
SELECT hashint2(1::int2), hashint4(1), hashint4(-1), hashint8(1), hashint8(-1), hashint8(5000000000), hashint8(-5000000000)
SELECT hashint4extended(1, 0), hashint4extended(1, 7), hashint8extended(5000000000, 7), hashint2extended(3::int2, 9)
SELECT hashfloat4(0), hashfloat8(0), hashfloat8(1.5), hashfloat4(1.5), hashfloat8('NaN'), hashfloat8('-0'), hashfloat8extended(0, 5), hashfloat8extended(2.5, 5)
SELECT hashbpchar('a  '::char(3)), hashbpchar('a'::char(5)), hashname('pg_class'), hashoid(1259), hashchar('x')
SELECT uuid_hash('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'), uuid_hash_extended('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 3)
SELECT pg_advisory_lock(hashtext('job')), pg_advisory_unlock(hashtext('job'))
SELECT hashtext(NULL)

# sizes
SELECT s, pg_size_bytes(s) FROM (VALUES ('1'), ('123bytes'), ('1kB'), ('1MB'), (' 1 GB'), ('1.5 GB '), ('1TB'), ('3000 TB'), ('1e6 MB'), ('-1kb'), ('.5 kB'), ('1.')) v(s) ORDER BY 2, 1
SELECT pg_size_bytes('1 AB')
SELECT pg_size_bytes('1 AB A')
SELECT pg_size_bytes('')
SELECT pg_size_bytes('kb')
SELECT pg_size_bytes('..')
SELECT pg_size_bytes('-.')
SELECT pg_size_bytes('-.kb')
SELECT pg_size_bytes('1e4 hello')
SELECT pg_size_bytes('9223372036854775807.9')
SELECT pg_size_bytes('1e100 PB')
SELECT size, pg_size_pretty(size), pg_size_pretty(-1 * size) FROM (VALUES (10::numeric), (1000), (1000000), (1000000000), (1000000000000), (1000000000000000), (10.5), (1000.5), (1000000.5), (10239.5), (20479.9), (1e30)) x(size) ORDER BY 1
SELECT pg_size_pretty(10240), pg_size_pretty(20971520::bigint), pg_size_pretty(-20971521::bigint), pg_size_pretty(9223372036854775807)

# jsonb_set_lax
SELECT jsonb_set_lax('{"a": 1}', '{a}', '2'), jsonb_set_lax('{"a": 1}', '{b}', NULL), jsonb_set_lax('{"a": 1}', '{b}', NULL, false)
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'delete_key'), jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'return_target'), jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'use_json_null')
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'raise_exception')
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL, true, 'nope')
SELECT jsonb_set_lax('{"a": 1}', '{a}', '2', true, 'nope')
SELECT jsonb_set_lax('{"a": 1}', '{a}', '2', true, NULL)
SELECT jsonb_set_lax(NULL, '{a}', '2'), jsonb_set_lax('{}', NULL, '2'), jsonb_set_lax('{}', '{a}', '2', NULL)
SELECT jsonb_set_lax('{"a": 1}', '{a}', NULL, null_value_treatment => 'delete_key')

# what operators call, and second names
SELECT int4pl(1, 2), int8mi(5, 3), int2mul(3::int2, 4::int2), int48eq(1, 1::int8), numeric_add(1.5, 2), numeric_mul(2, 3.50), float8pl(1, 2), int4div(7, 2)
SELECT int4div(1, 0)
SELECT int4pl(2147483647, 1)
SELECT texteq('a', 'b'), textcat('a', 'b'), text_lt('a', 'b'), date_mi('2020-01-05', '2020-01-01'), timestamp_mi('2020-01-02', '2020-01-01'), boolne(true, false)
SELECT numeric_exp(0.0), numeric_sqrt(4.0), dexp(0), dround(2.5), dlog1(1), textlen('abc'), getpgusername() = current_user
SELECT "like"('abc', 'a%'), notlike('abc', 'a%'), "like"('a'::bytea, 'a'::bytea)
SELECT array_append(ARRAY[1], 2), arrayoverlap(ARRAY[1, 2], ARRAY[2, 3]), arraycontains(ARRAY[1, 2], ARRAY[2])
SELECT jsonb_concat('{"a": 1}', '{"b": 2}'), jsonb_delete('{"a": 1, "b": 2}', 'a'), jsonb_exists('{"a": 1}', 'a')
SELECT "timestamp"(date '2020-01-01', time '12:30'), pg_catalog.timestamptz(date '2020-01-01', time with time zone '12:30+00')
SELECT int4pl('a', 1)
SELECT int4pl(1, 2, 3)
SELECT int4pl(true, 1)
SELECT nosuchpl(1, 2)
SELECT int4um(5), int4abs(-5), interval_pl('1 day', '2 hours'), int4eq(NULL, 1)

# the rest
SELECT generate_subscripts(ARRAY[10, 20, 30], 1, true), generate_subscripts('[3:5]={1,2,3}'::int[], 1, false)
SELECT * FROM generate_subscripts('{{1,2},{3,4}}'::int[], 2, true) WITH ORDINALITY
SELECT length('\xc3a9'::bytea, 'UTF8'), length('\xc3a9'::bytea, 'LATIN1')
SELECT length('\xc3'::bytea, 'UTF8')
SELECT 65::"char", 'A'::"char"::int, (-1)::"char", (-1)::"char"::int, '\377'::"char"::int, 0::"char"
SELECT 128::"char"
SELECT 'a' ~<~ 'b', 'a' ~>=~ 'b', 'a '::char(2) ~<=~ 'a'::char(1), 'b'::char(2) ~>~ 'a'
SELECT pg_sleep_for('0.01 seconds'), pg_sleep_until(now())
SELECT pg_sleep_for(NULL)
SELECT pg_trigger_depth(), pg_safe_snapshot_blocking_pids(1)
SELECT has_sequence_privilege(current_user, 'nosuch', 'usage')
SELECT has_any_column_privilege(current_user, 'drawn', 'select'), has_any_column_privilege('drawn'::regclass::oid, 'insert'), has_database_privilege(current_user, 'postgres', 'connect'), pg_has_role(current_user, current_user, 'usage')
