# language: Where json is wrong
# The CONTEXT tells the line, as far as it is right.
! CREATE TABLE tj (id int, j json, b jsonb)
SELECT 'yes'::json
SELECT '{"a": 1'::json
SELECT '{"a": x}'::jsonb
SELECT '[1, 2'::jsonb
SELECT '{"a" 1}'::json
SELECT E'{\n"a": 1,\n"b": z}'::json
SELECT E'{\n"a": 1,\n"b"\n: z\n\n'::json
SELECT '"\u12"'::json
SELECT '"\u12'::json
SELECT '"\u12zq"'::json
SELECT '"\u12é"'::jsonb
SELECT ''::json
SELECT '"abc'::jsonb
SELECT '{"a": 1} x'::jsonb
SELECT '[1,]'::jsonb
SELECT '{1: 2}'::json
SELECT '01'::json
SELECT 'tru'::json
SELECT '"\q"'::json
SELECT '"a\'::json
SELECT '"\ud800"'::jsonb
SELECT '"\ud800x"'::jsonb
SELECT '"\ud800\n"'::jsonb
SELECT '"\ud800\ud800"'::jsonb
SELECT '"\udc00"'::jsonb
SELECT '"x\u0000y"'::jsonb
SELECT E'"a\nb"'::json
SELECT E'"a\tb"'::json
SELECT '{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": 1, "bbbbbbbbbbbbbbbbbbbbbb": ccc, "d": 1}'::json
SELECT '{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": ccc, "d": 1}'::json
SELECT '{"ééééééééééééééééééééééééééééééééééééééé": ccc, "d": 1}'::json
SELECT '[[[[1]]]'::json
SELECT '{"a": [1, {"b": }]}'::jsonb
SELECT '@'::json
SELECT '[1 é]'::json
SELECT ' '::json
INSERT INTO tj VALUES (1, '{', NULL)
INSERT INTO tj VALUES ($1, $2, $3)
$ 1 | {"a": } | NULL
INSERT INTO tj VALUES ($1, $2, $3)
$ 1 | NULL | [}
COPY tj FROM STDIN
: 1	{x}	\N
SELECT a::json FROM (VALUES ('{"a"}'), ('[')) v(a)
SELECT (a || '}')::jsonb -> 'a' FROM (VALUES ('{"a": 1}')) v(a)
SELECT json_array_length('[1,'), 1
SELECT jsonb_set('{}', '{a}', 'x')
SELECT * FROM json_each('{"a":}')
SELECT '[1]'::jsonb @> 'x'
SELECT jsonb '{"a": 1' -> 'a'
SELECT $1::int
$ x
SELECT $1::int, $2::date
$ 1 | 
SELECT $1::uuid
$ not
