# language: SQL/JSON paths


# Reading and printing
SELECT ''::jsonpath
SELECT '  '::jsonpath
SELECT '$'::jsonpath
SELECT 'strict $'::jsonpath
SELECT 'lax $'::jsonpath
SELECT 'LAX $'::jsonpath
SELECT 'Strict $'::jsonpath
SELECT 'strict'::jsonpath
SELECT '$.a'::jsonpath
SELECT '$.a.v'::jsonpath
SELECT '$.a.*'::jsonpath
SELECT '$.*[*]'::jsonpath
SELECT '$.a[*][*]'::jsonpath
SELECT '$[*]'::jsonpath
SELECT '$[0]'::jsonpath
SELECT '$[*][0].a.b'::jsonpath
SELECT '$.a.**.b'::jsonpath
SELECT '$.a.**{2}.b'::jsonpath
SELECT '$.a.**{2 to 2}.b'::jsonpath
SELECT '$.a.**{2 to 5}.b'::jsonpath
SELECT '$.a.**{0 to 5}.b'::jsonpath
SELECT '$.a.**{5 to last}.b'::jsonpath
SELECT '$.a.**{last}.b'::jsonpath
SELECT '$.a.**{last to 5}.b'::jsonpath
SELECT '$.**{3 to 1}'::jsonpath
SELECT '$.**{-1}'::jsonpath
SELECT '$.**{1.5}'::jsonpath
SELECT '$.**{99999999999}'::jsonpath
SELECT '$.**{2147483648}'::jsonpath
SELECT '$.**{2147483647}'::jsonpath
SELECT '$.**{}'::jsonpath
SELECT '$.**{1 to}'::jsonpath
SELECT '$+1'::jsonpath
SELECT '$-1'::jsonpath
SELECT '$--+1'::jsonpath
SELECT '$.a/+-1'::jsonpath
SELECT '1 * 2 + 4 % -3 != false'::jsonpath
SELECT '1 - 2 - 3'::jsonpath
SELECT '1 - (2 - 3)'::jsonpath
SELECT '(1 * 2) + 3'::jsonpath
SELECT '1 * (2 + 3)'::jsonpath
SELECT '-(1 + 2)'::jsonpath
SELECT '-$.a * 2'::jsonpath
SELECT '- - 1'::jsonpath
SELECT '+$'::jsonpath
SELECT '(-1)'::jsonpath
SELECT '2 - -1'::jsonpath
SELECT '-1.5.type()'::jsonpath
SELECT '(-1.5).type()'::jsonpath
SELECT '-(1).abs()'::jsonpath
SELECT '-(-1).abs()'::jsonpath
SELECT '"\b\f\r\n\t\v\"\''\\"'::jsonpath
SELECT '"\x50\u0067\u{53}\u{051}\u{00004C}"'::jsonpath
SELECT '$.foo\x50\u0067\u{53}\u{051}\u{00004C}\t\"bar'::jsonpath
SELECT '"\z"'::jsonpath
SELECT '$."foo\x50\u0067\u{53}\u{051}\u{00004C}\t\"bar"'::jsonpath
SELECT '$.\u12345.a\u1234.b\u{12}34'::jsonpath
SELECT '$.\u123'::jsonpath
SELECT '$.\u{}'::jsonpath
SELECT '$.\u{1}'::jsonpath
SELECT '$.\u{20}'::jsonpath
SELECT '$."\u{20}"'::jsonpath
SELECT '$.\u{21}'::jsonpath
SELECT '$.\u{12345}'::jsonpath
SELECT '$.\u{10FFFF}'::jsonpath
SELECT '$.\u{110000}'::jsonpath
SELECT '$.\u{1234567}'::jsonpath
SELECT '$.\x123'::jsonpath
SELECT '$.foo\'::jsonpath
SELECT '"foo'::jsonpath
SELECT '$.foo"bar'::jsonpath
SELECT '$.foo"bar"'::jsonpath
SELECT '"foo\'::jsonpath
SELECT '"foo\\'::jsonpath
SELECT '"\u"'::jsonpath
SELECT '"\u00"'::jsonpath
SELECT '"\u000g"'::jsonpath
SELECT '"\u0000"'::jsonpath
SELECT '"\uaBcD"'::jsonpath
SELECT '"\ud83d\ude04\ud83d\udc36"'::jsonpath
SELECT '"\ud83d\ud83d"'::jsonpath
SELECT '"\ude04\ud83d"'::jsonpath
SELECT '"\ud83dX"'::jsonpath
SELECT '"\ude04X"'::jsonpath
SELECT '"the Copyright \u00a9 sign"'::jsonpath
SELECT '"dollar \u0024 character"'::jsonpath
SELECT '"dollar \\u0024 character"'::jsonpath
SELECT '"null \u0000 escape"'::jsonpath
SELECT '"\x00"'::jsonpath
SELECT '"\x4"'::jsonpath
SELECT '"\u1234\u12"'::jsonpath
SELECT '$."\ud83d"'::jsonpath
SELECT '"é\é"'::jsonpath
SELECT '$.été'::jsonpath
SELECT '"/ \/"'::jsonpath
SELECT '''a'''::jsonpath
SELECT '$.''a''.b'::jsonpath
SELECT '$.\u006eull'::jsonpath
SELECT '\u006eull'::jsonpath
SELECT 'true\u0020'::jsonpath
SELECT '$.g ? ($.a == 1)'::jsonpath
SELECT '$.g ? (@ == 1)'::jsonpath
SELECT '$.g ? (@.a == 1)'::jsonpath
SELECT '$.g ? (@.a == 1 || @.a == 4)'::jsonpath
SELECT '$.g ? (@.a == 1 && @.a == 4)'::jsonpath
SELECT '$.g ? (@.a == 1 || @.a == 4 && @.b == 7)'::jsonpath
SELECT '$.g ? ((@.a == 1 || @.a == 4) && @.b == 7)'::jsonpath
SELECT '$.g ? (@.a == 1 || (@.a == 4 || @.b == 7))'::jsonpath
SELECT '$.g ? (@.a == 1 || !(@.a == 4) && @.b == 7)'::jsonpath
SELECT '$.g ? (@.a == 1 || !(@.x >= 123 || @.a == 4) && @.b == 7)'::jsonpath
SELECT '$.g ? (@.x >= @[*]?(@.a > "abc"))'::jsonpath
SELECT '$.g ? ((@.x >= 123 || @.a == 4) is unknown)'::jsonpath
SELECT '$.g ? (exists (@.x))'::jsonpath
SELECT '$.g ? (exists (@.x ? (@ == 14)))'::jsonpath
SELECT '$.g ? ((@.x >= 123 || @.a == 4) && exists (@.x ? (@ == 14)))'::jsonpath
SELECT '$.g ? (+@.x >= +-(+@.a + 2))'::jsonpath
SELECT '$ ? (!exists(@.a))'::jsonpath
SELECT '$ ? (!(exists(@.a)))'::jsonpath
SELECT '$ ? (!!(@ == 1))'::jsonpath
SELECT '$ ? (@ <> 1)'::jsonpath
SELECT '$a'::jsonpath
SELECT '$_'::jsonpath
SELECT '$123'::jsonpath
SELECT '$$$'::jsonpath
SELECT '$_$$1_3a'::jsonpath
SELECT '$\u12345'::jsonpath
SELECT '$a.b'::jsonpath
SELECT '$a[*]'::jsonpath
SELECT '$"a b"'::jsonpath
SELECT '$"a'::jsonpath
SELECT '$ a'::jsonpath
SELECT '$.g ? (@.zip == $zip)'::jsonpath
SELECT '$.a[1,2, 3 to 16]'::jsonpath
SELECT '$.a[$a + 1, ($b[*]) to -($[0] * 2)]'::jsonpath
SELECT '$.a[$.a.size() - 3]'::jsonpath
SELECT 'last'::jsonpath
SELECT '"last"'::jsonpath
SELECT '$.last'::jsonpath
SELECT '$.LAST'::jsonpath
SELECT '$ ? (last > 0)'::jsonpath
SELECT '$[last]'::jsonpath
SELECT '$[$[0] ? (last > 0)]'::jsonpath
SELECT '$[last to last - 1]'::jsonpath
SELECT '$[@.a]'::jsonpath
SELECT '@ + 1'::jsonpath
SELECT '@'::jsonpath
SELECT '$[0] ? (@.a[last] == 1)'::jsonpath
SELECT '$.a[last] ? (@ == last)'::jsonpath
SELECT '$[1,]'::jsonpath
SELECT '$[]'::jsonpath
SELECT '$[*'::jsonpath
SELECT '$[1 to 2 to 3]'::jsonpath
SELECT '$[*, 1]'::jsonpath
SELECT 'null.type()'::jsonpath
SELECT '1.type()'::jsonpath
SELECT '(1).type()'::jsonpath
SELECT '1.2.type()'::jsonpath
SELECT '"aaa".type()'::jsonpath
SELECT 'true.type()'::jsonpath
SELECT 'TRUE'::jsonpath
SELECT 'Null'::jsonpath
SELECT '$.TRUE'::jsonpath
SELECT '$.null'::jsonpath
SELECT '$.double().floor().ceiling().abs()'::jsonpath
SELECT '$.keyvalue().key'::jsonpath
SELECT '$.datetime()'::jsonpath
SELECT '$.datetime("datetime template")'::jsonpath
SELECT '$.datetime(1)'::jsonpath
SELECT '$.datetime'::jsonpath
SELECT '$.abs'::jsonpath
SELECT '$.ABS()'::jsonpath
SELECT '$.abs(1)'::jsonpath
SELECT '$.abs ( )'::jsonpath
SELECT '$.foo()'::jsonpath
SELECT '$.last()'::jsonpath
SELECT '$.exists'::jsonpath
SELECT '$.is.unknown.to.starts.with.flag.like_regex.strict.lax'::jsonpath
SELECT '$ ? (@ starts with "abc")'::jsonpath
SELECT '$ ? (@ starts with $var)'::jsonpath
SELECT '$ ? (@ STARTS With "a")'::jsonpath
SELECT '$ ? (@ starts "a")'::jsonpath
SELECT '$ ? (@ starts with @.a)'::jsonpath
SELECT '$ ? (@ starts with 1)'::jsonpath
SELECT '$ ? (@ like_regex "(invalid pattern")'::jsonpath
SELECT '$ ? (@ like_regex "pattern")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "i")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "is")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "isim")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "xsms")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "q")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "iq")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "smixq")'::jsonpath
SELECT '$ ? (@ like_regex "(" flag "q")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "a")'::jsonpath
SELECT '$ ? (@ like_regex "pattern" flag "é")'::jsonpath
SELECT '$ ? (@ like_regex "(" flag "x")'::jsonpath
SELECT '$ ? (@ like_regex "[" '::jsonpath
SELECT '$ ? (@ like_regex "(" flag 1'::jsonpath
SELECT '$ ? (@ like_regex $x)'::jsonpath
SELECT '$ ? (@.a + 1 like_regex "1")'::jsonpath
SELECT '$ ? (@ like_regex "a" || @ starts with "b" && !(@ == "c"))'::jsonpath
SELECT '$ < 1'::jsonpath
SELECT '($ < 1) || $.a.b <= $x'::jsonpath
SELECT '($ < 1'::jsonpath
SELECT '($ < 1) + 1'::jsonpath
SELECT '1 + ($ < 1)'::jsonpath
SELECT '($ < 1) is unknown'::jsonpath
SELECT '$ is unknown'::jsonpath
SELECT '(($ < 1) is unknown) is unknown'::jsonpath
SELECT '$ < 1 < 2'::jsonpath
SELECT '($).a.b'::jsonpath
SELECT '($.a.b).c.d'::jsonpath
SELECT '($.a.b + -$.x.y).c.d'::jsonpath
SELECT '(-+$.a.b).c.d'::jsonpath
SELECT '1 + ($.a.b + 2).c.d'::jsonpath
SELECT '1 + ($.a.b > 2).c.d'::jsonpath
SELECT '($)'::jsonpath
SELECT '(($))'::jsonpath
SELECT '((($ + 1)).a + ((2)).b ? ((((@ > 1)) || (exists(@.c)))))'::jsonpath
SELECT '($ > 1).type()'::jsonpath
SELECT '(1 + 2) * 3'::jsonpath
SELECT '$.a || $.b'::jsonpath
SELECT '$.a && true'::jsonpath
SELECT '!$.a'::jsonpath
SELECT '!($.a)'::jsonpath
SELECT 'exists($.a)'::jsonpath
SELECT 'exists($.a == 1)'::jsonpath
SELECT 'exists(($.a == 1))'::jsonpath
SELECT 'exists $.a'::jsonpath
SELECT '$ ? (@.a)'::jsonpath
SELECT '$ ? ()'::jsonpath
SELECT '$ ? (true)'::jsonpath
SELECT '$ ? @'::jsonpath
SELECT '$ & 1'::jsonpath
SELECT '$ = 1'::jsonpath
SELECT '$ # 1'::jsonpath
SELECT '$ : 1'::jsonpath
SELECT '$ ? (@ == 1'::jsonpath
SELECT '()'::jsonpath
SELECT '1 2'::jsonpath
SELECT '$ $'::jsonpath
SELECT '$.'::jsonpath
SELECT '$..a'::jsonpath
SELECT '$.a.'::jsonpath
SELECT '$.1a'::jsonpath
SELECT '$.+'::jsonpath
SELECT '$,$'::jsonpath
SELECT ';'::jsonpath
SELECT '$ -- x'::jsonpath
SELECT '$ ? (@.a < 1)'::jsonpath
SELECT '$ ? (@.a < -1)'::jsonpath
SELECT '$ ? (@.a < .1)'::jsonpath
SELECT '$ ? (@.a < -.1)'::jsonpath
SELECT '$ ? (@.a < 0.1)'::jsonpath
SELECT '$ ? (@.a < -0.1)'::jsonpath
SELECT '$ ? (@.a < 10.1)'::jsonpath
SELECT '$ ? (@.a < -10.1)'::jsonpath
SELECT '$ ? (@.a < 1e1)'::jsonpath
SELECT '$ ? (@.a < -1e1)'::jsonpath
SELECT '$ ? (@.a < .1e1)'::jsonpath
SELECT '$ ? (@.a < -.1e1)'::jsonpath
SELECT '$ ? (@.a < 0.1e1)'::jsonpath
SELECT '$ ? (@.a < -0.1e1)'::jsonpath
SELECT '$ ? (@.a < 10.1e1)'::jsonpath
SELECT '$ ? (@.a < -10.1e1)'::jsonpath
SELECT '$ ? (@.a < 1e-1)'::jsonpath
SELECT '$ ? (@.a < -1e-1)'::jsonpath
SELECT '$ ? (@.a < .1e-1)'::jsonpath
SELECT '$ ? (@.a < -.1e-1)'::jsonpath
SELECT '$ ? (@.a < 10.1e-1)'::jsonpath
SELECT '$ ? (@.a < -10.1e-1)'::jsonpath
SELECT '$ ? (@.a < 1e+1)'::jsonpath
SELECT '$ ? (@.a < -1e+1)'::jsonpath
SELECT '$ ? (@.a < .1e+1)'::jsonpath
SELECT '$ ? (@.a < -.1e+1)'::jsonpath
SELECT '$ ? (@.a < 10.1e+1)'::jsonpath
SELECT '$ ? (@.a < -10.1e+1)'::jsonpath
SELECT '$ ? (@.a < 1E3)'::jsonpath
SELECT '$ ? (@.a < -1E3)'::jsonpath
SELECT '0'::jsonpath
SELECT '00'::jsonpath
SELECT '0755'::jsonpath
SELECT '$.00'::jsonpath
SELECT '$.0a'::jsonpath
SELECT '0.0'::jsonpath
SELECT '0.000'::jsonpath
SELECT '0.000e1'::jsonpath
SELECT '0.000e2'::jsonpath
SELECT '0.000e3'::jsonpath
SELECT '0.0010'::jsonpath
SELECT '0.0010e-1'::jsonpath
SELECT '0.0010e+1'::jsonpath
SELECT '0.0010e+2'::jsonpath
SELECT '.001'::jsonpath
SELECT '.001e1'::jsonpath
SELECT '1.'::jsonpath
SELECT '1.e1'::jsonpath
SELECT '1a'::jsonpath
SELECT '1e'::jsonpath
SELECT '1.e'::jsonpath
SELECT '1.2a'::jsonpath
SELECT '1.2e'::jsonpath
SELECT '1.2.e'::jsonpath
SELECT '(1.2).e'::jsonpath
SELECT '1e3'::jsonpath
SELECT '1.e3'::jsonpath
SELECT '1.e3.e'::jsonpath
SELECT '1.e3.e4'::jsonpath
SELECT '1.2e3'::jsonpath
SELECT '1.2e3a'::jsonpath
SELECT '1.2.e3'::jsonpath
SELECT '(1.2).e3'::jsonpath
SELECT '1..e'::jsonpath
SELECT '1..e3'::jsonpath
SELECT '(1.).e'::jsonpath
SELECT '(1.).e3'::jsonpath
SELECT '1?(2>3)'::jsonpath
SELECT '1e+'::jsonpath
SELECT '1.5e-'::jsonpath
SELECT '1ab'::jsonpath
SELECT '1_000'::jsonpath
SELECT '0x1F'::jsonpath
SELECT '123456789012345678901234567890.1234567890'::jsonpath
SELECT '1e131071'::jsonpath
SELECT '1e131072'::jsonpath
SELECT '1e-16383'::jsonpath
SELECT '1e-16384'::jsonpath
SELECT '-0'::jsonpath
SELECT '-0.0'::jsonpath
SELECT '00.5'::jsonpath
SELECT '1é'::jsonpath
SELECT '$/* c */.bar'::jsonpath
SELECT '$.foo /* c */ .bar'::jsonpath
SELECT '$.foo/* c */.bar'::jsonpath
SELECT '$.foo/* c */'::jsonpath
SELECT '/**/$'::jsonpath
SELECT '$ /* unfinished'::jsonpath
SELECT '$/*/*/.a'::jsonpath
SELECT '$.foo bar'::jsonpath
SELECT '$.foo  bar'::jsonpath
SELECT 'foo'::jsonpath
SELECT 'foo '::jsonpath
SELECT 'foo.bar'::jsonpath
SELECT E'$.a\t.b'::jsonpath
SELECT E'$.a\n?\n(@ > 1)'::jsonpath
SELECT '$ .a'::jsonpath
SELECT '($.a + $.c).b < 2'::jsonpath
SELECT '(exists($.a)).b'::jsonpath
SELECT '(!($ > 1)).type()'::jsonpath
SELECT '(($ > 1) is unknown).type()'::jsonpath
SELECT '$[($.a + 1).b]'::jsonpath
SELECT '($ like_regex "a").type() == "x"'::jsonpath

# The type
SELECT pg_typeof('$'::jsonpath), jsonpath '$.a', '$'::text::jsonpath, CAST('$.b' AS jsonpath), '$.a'::varchar::jsonpath, '$.a'::jsonpath::text, '$.a'::jsonpath::varchar(2)
SELECT 1::jsonpath
SELECT '{}'::jsonb::jsonpath
SELECT '$'::jsonpath::jsonb
SELECT NULL::jsonpath, pg_typeof(NULL::jsonpath)
SELECT '$'::jsonpath = '$'::jsonpath
SELECT '$'::jsonpath < '$'
SELECT '$'::jsonpath <> '$.a'::jsonpath
SELECT '$'::jsonpath IN ('$')
SELECT '$'::jsonpath IS DISTINCT FROM '$'
SELECT nullif('$'::jsonpath, '$')
SELECT greatest('$'::jsonpath, '$.a')
SELECT max('$'::jsonpath)
SELECT count(DISTINCT '$'::jsonpath)
SELECT '$'::jsonpath || 'a', 'a' || '$.b'::jsonpath
SELECT '$'::jsonpath || '$'::jsonpath
SELECT coalesce(NULL, '$.a'::jsonpath), CASE WHEN true THEN '$'::jsonpath ELSE '$.a' END, concat('$'::jsonpath, 1), format('%s %L', '$.a'::jsonpath, '$'::jsonpath), quote_literal('$.a'::jsonpath)
SELECT length('$'::jsonpath)
SELECT to_json('$.a'::jsonpath), to_jsonb('$.a'::jsonpath), json_build_object('$.a'::jsonpath, ARRAY['$'::jsonpath])
SELECT json_agg('$.a'::jsonpath), jsonb_build_array('$'::jsonpath)
SELECT ARRAY['$', '$.a']::jsonpath[], '{$,"$.\"a\"",NULL}'::jsonpath[], (ARRAY['$.a', '$.b']::jsonpath[])[2], array_agg('$.a'::jsonpath)
SELECT array_length(ARRAY['$']::jsonpath[], 1), unnest(ARRAY['$', '$.a']::jsonpath[])
SELECT ARRAY['$']::jsonpath[] = ARRAY['$']::jsonpath[]
SELECT '{a}'::jsonpath[]
SELECT $1::jsonpath
$ $.a[*] ? (@ > 1)
SELECT $1::jsonpath
$ $.
SELECT $1::jsonpath
$ NULL
SELECT jsonb_path_query($1, $2)
$ [1, {"a": 2}] | $[*].a
SELECT jsonb_path_exists($1, $2, $3, $4)
$ [1, 2] | $[*] ? (@ > $x) | {"x": 1} | true
SELECT $1 @? $2
$ {"a": 1} | $.a
SELECT $1::jsonb @@ $2
$ {"a": 1} | $.a == 1
SELECT format_type(4072, -1), 'jsonpath'::regtype::oid, '_jsonpath'::regtype, 'jsonpath[]'::regtype::oid
SELECT typname, typlen, typtype, typcategory, typarray, typinput::text, typsend::text FROM pg_type WHERE oid IN (4072, 4073) ORDER BY oid
SELECT oid, oprname, oprleft::regtype, oprright::regtype, oprresult::regtype, oprcode FROM pg_operator WHERE oprright = 'jsonpath'::regtype ORDER BY oid
SELECT oid, proname, provolatile, proretset, pronargs, pronargdefaults, proargnames, prorettype::regtype FROM pg_proc WHERE proname LIKE 'jsonb_path%' ORDER BY oid
SELECT pg_get_function_arguments(4005), pg_get_function_result(4006), 'jsonb_path_exists_opr'::regproc
SELECT pg_get_function_identity_arguments(4006), pg_get_function_arguments('make_interval'::regproc), pg_get_function_arguments(oid) FROM pg_proc WHERE proname = 'jsonb_set'
SELECT obj_description(4072, 'pg_type')
SELECT count(*) FROM pg_cast WHERE castsource = 4072 OR casttarget = 4072
! CREATE TABLE paths (id int PRIMARY KEY, p jsonpath DEFAULT 'strict $.a', ps jsonpath[], j jsonb)
INSERT INTO paths (id, j) VALUES (1, '{"a": 1}'), (2, '{"b": [1, 2]}')
INSERT INTO paths VALUES (3, '$.b[*]  ?(@>1)', '{$.a,$.b}', '{"b": [1, 2]}'), (4, '1', NULL, '[]'), (5, NULL, NULL, NULL), (6, '1e3', '{1,2.50}', '{}')
INSERT INTO paths VALUES (7, '$.a.')
SELECT * FROM paths ORDER BY id
SELECT id, jsonb_path_query_array(j, p), j @? p, j @@ p FROM paths ORDER BY id
SELECT id, jsonb_path_query(j, ps[1]) FROM paths ORDER BY id
SELECT id, q FROM paths, jsonb_path_query(j, '$.b[*]') q ORDER BY id, q
SELECT id FROM paths WHERE j @? '$.b' ORDER BY id
SELECT id FROM paths WHERE jsonb_path_exists(j, '$.b[*] ? (@ > $x)', jsonb_build_object('x', id - 2)) ORDER BY id
SELECT p FROM paths ORDER BY p
SELECT DISTINCT p FROM paths
SELECT p FROM paths GROUP BY p
SELECT p FROM paths UNION SELECT '$'
SELECT p FROM paths WHERE id = 1 UNION ALL SELECT '$.x'
UPDATE paths SET p = '$.c' WHERE id = 1 RETURNING p
UPDATE paths SET p = NULL, ps[2] = '$.d' WHERE id = 3 RETURNING p, ps
CREATE INDEX ON paths (p)
CREATE UNIQUE INDEX ON paths (p)
ALTER TABLE paths ADD CHECK (j @? '$.zz')
ALTER TABLE paths ADD CONSTRAINT has CHECK (jsonb_path_exists(j, '$', silent => true)), ADD CHECK (j @@ '1 == 1')
INSERT INTO paths VALUES (8, '$', NULL, 'true')
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'paths'::regclass AND contype = 'c' ORDER BY conname
SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'paths'::regclass
CREATE VIEW path_view AS SELECT jsonb_path_query(j, '$.a', silent => true) q, jsonb_path_exists(j, '$.b', '{"x":1}') e, j @? '$.c' o, j @@ p m, make_interval(days => id) i, jsonb_path_query_first(path => '$', target => j) FROM paths
SELECT pg_get_viewdef('path_view')
SELECT * FROM path_view
CREATE VIEW path_from AS SELECT id, x FROM paths, jsonb_path_query(j, '$.a', silent => id > 1) x
SELECT pg_get_viewdef('path_from')
SELECT * FROM path_from ORDER BY id
ALTER TABLE paths ALTER p TYPE text
SELECT p FROM paths ORDER BY id
ALTER TABLE paths ALTER p DROP DEFAULT, ALTER p TYPE jsonpath USING p::jsonpath
COPY (SELECT id, p FROM paths ORDER BY id) TO STDOUT
COPY paths (id, p, j) FROM STDIN
: 20	$.k	{}
COPY paths (id, p) FROM STDIN
: 21	$.k.
DROP TABLE paths CASCADE

# Following a path
SELECT jsonb '{"a": 12}' @? '$'
SELECT jsonb '{"a": 12}' @? '1'
SELECT jsonb '{"a": 12}' @? '$.a.b'
SELECT jsonb '{"a": 12}' @? '$.b'
SELECT jsonb '{"a": 12}' @? '$.a + 2'
SELECT jsonb '{"a": 12}' @? '$.b + 2'
SELECT jsonb '{"a": 12}' @? '$x'
SELECT jsonb '{"a": 12}' @? '$.a ? (@ == $x)'
SELECT jsonb '{"a": {"a": 12}}' @? '$.a.a'
SELECT jsonb '{"a": {"a": 12}}' @? '$.*.a'
SELECT jsonb '{"b": {"a": 12}}' @? '$.*.a'
SELECT jsonb '{"b": {"a": 12}}' @? '$.*.b'
SELECT jsonb '{"b": {"a": 12}}' @? 'strict $.*.b'
SELECT jsonb '{}' @? '$.*'
SELECT jsonb '{"a": 1}' @? '$.*'
SELECT jsonb '{"a": {"b": 1}}' @? 'lax $.**{1}'
SELECT jsonb '{"a": {"b": 1}}' @? 'lax $.**{2}'
SELECT jsonb '{"a": {"b": 1}}' @? 'lax $.**{3}'
SELECT jsonb '[]' @? '$[*]'
SELECT jsonb '[1]' @? '$[*]'
SELECT jsonb '[1]' @? '$[1]'
SELECT jsonb '[1]' @? 'strict $[1]'
SELECT jsonb '[1]' @? 'lax $[10000000000000000]'
SELECT jsonb '[1]' @? 'strict $[10000000000000000]'
SELECT jsonb '[1]' @? '$[0]'
SELECT jsonb '[1]' @? '$[0.3]'
SELECT jsonb '[1]' @? '$[0.5]'
SELECT jsonb '[1]' @? '$[0.9]'
SELECT jsonb '[1]' @? '$[1.2]'
SELECT jsonb '[1]' @? 'strict $[1.2]'
SELECT jsonb '[1]' @? '$[-1]'
SELECT jsonb '[1]' @? 'strict $[-1]'
SELECT jsonb '[1]' @? '$["a"]'
SELECT jsonb '[1]' @? '$[null]'
SELECT jsonb_path_query('[1]', 'strict $[1]')
SELECT jsonb_path_query('[1]', 'lax $[10000000000000000]')
SELECT jsonb_path_query('[1]', 'strict $[10000000000000000]')
SELECT jsonb_path_query('[1]', '$[-1]')
SELECT jsonb_path_query('[1]', 'strict $[-1]')
SELECT jsonb_path_query('[1]', '$[-0.9]')
SELECT jsonb_path_query('[1]', 'strict $[1]', silent => true)
SELECT jsonb_path_query('[1]', 'lax $[10000000000000000]', silent => true)
SELECT jsonb_path_query('[1]', 'strict $[10000000000000000]', silent => true)
SELECT jsonb_path_query('[1]', '$[-1]', silent => true)
SELECT jsonb_path_query('[1]', 'strict $[-1]', silent => true)
SELECT jsonb_path_query('[1]', '$[-0.9]', silent => true)
SELECT jsonb '{"a": [1,2,3], "b": [3,4,5]}' @? '$ ? (@.a[*] >  @.b[*])'
SELECT jsonb '{"a": [1,2,3], "b": [3,4,5]}' @? '$ ? (@.a[*] >= @.b[*])'
SELECT jsonb '{"a": [1,2,3], "b": [3,4,"5"]}' @? '$ ? (@.a[*] >= @.b[*])'
SELECT jsonb '{"a": [1,2,3], "b": [3,4,"5"]}' @? 'strict $ ? (@.a[*] >= @.b[*])'
SELECT jsonb '{"a": [1,2,3], "b": [3,4,null]}' @? '$ ? (@.a[*] >= @.b[*])'
SELECT jsonb '1' @? '$ ? ((@ == "1") is unknown)'
SELECT jsonb '1' @? '$ ? ((@ == 1) is unknown)'
SELECT jsonb '[{"a": 1}, {"a": 2}]' @? '$[0 to 1] ? (@.a > 1)'
SELECT jsonb_path_exists('[{"a": 1}, {"a": 2}, 3]', 'lax $[*].a', silent => false)
SELECT jsonb_path_exists('[{"a": 1}, {"a": 2}, 3]', 'strict $[*].a', silent => false)
SELECT jsonb_path_match('[{"a": 1}, {"a": 2}, 3]', 'lax exists($[*].a)', silent => false)
SELECT jsonb_path_match('[{"a": 1}, {"a": 2}, 3]', 'strict exists($[*].a)', silent => false)
SELECT jsonb_path_exists('[{"a": 1}, {"a": 2}, 3]', 'lax $[*].a', silent => true)
SELECT jsonb_path_exists('[{"a": 1}, {"a": 2}, 3]', 'strict $[*].a', silent => true)
SELECT jsonb_path_match('[{"a": 1}, {"a": 2}, 3]', 'lax exists($[*].a)', silent => true)
SELECT jsonb_path_match('[{"a": 1}, {"a": 2}, 3]', 'strict exists($[*].a)', silent => true)
SELECT jsonb_path_query('1', 'lax $.a')
SELECT jsonb_path_query('1', 'lax $.*')
SELECT jsonb_path_query('1', 'strict $.a')
SELECT jsonb_path_query('1', 'strict $.*')
SELECT jsonb_path_query('1', 'strict $[1]')
SELECT jsonb_path_query('1', 'strict $[*]')
SELECT jsonb_path_query('1', 'strict $.**[*]')
SELECT jsonb_path_query('1', 'strict $.a', silent => true)
SELECT jsonb_path_query('1', 'strict $.*', silent => true)
SELECT jsonb_path_query('1', 'strict $[1]', silent => true)
SELECT jsonb_path_query('1', 'strict $[*]', silent => true)
SELECT jsonb_path_query('1', 'strict $.**[*]', silent => true)
SELECT jsonb_path_query('[]', 'lax $.a')
SELECT jsonb_path_query('[]', 'strict $.a')
SELECT jsonb_path_query('[]', 'strict $[1]')
SELECT jsonb_path_query('[]', 'strict $["a"]')
SELECT jsonb_path_query('[]', 'strict $.*')
SELECT jsonb_path_query('[]', 'lax $.a', silent => true)
SELECT jsonb_path_query('[]', 'strict $.a', silent => true)
SELECT jsonb_path_query('[]', 'strict $[1]', silent => true)
SELECT jsonb_path_query('[]', 'strict $["a"]', silent => true)
SELECT jsonb_path_query('[]', 'strict $.*', silent => true)
SELECT jsonb_path_query('{}', 'lax $.a')
SELECT jsonb_path_query('{}', 'strict $.a')
SELECT jsonb_path_query('{}', 'strict $[0]')
SELECT jsonb_path_query('{}', 'lax $.a', silent => true)
SELECT jsonb_path_query('{}', 'strict $.a', silent => true)
SELECT jsonb_path_query('{}', 'strict $[0]', silent => true)
SELECT jsonb_path_query('{"a": 12, "b": {"a": 13}}', '$.a')
SELECT jsonb_path_query('{"a": 12, "b": {"a": 13}}', '$.b')
SELECT jsonb_path_query('{"a": 12, "b": {"a": 13}}', '$.*')
SELECT jsonb_path_query('{"a": 12, "b": {"a": 13}}', 'lax $.*.a')
SELECT jsonb_path_query('{"a": 12, "b": {"a": 13}}', '$.*.*')
SELECT jsonb_path_query('{"a": 12, "b": {"a": 13}}', 'strict $.*.*')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'lax $[*].a')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'lax $[*].*')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'lax $[0].a')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'lax $[1].a')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'lax $[2].a')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'lax $[0,1].a')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'lax $[0 to 10].a')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'lax $[0 to 10 / 0].a')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', '$[2 to 0]')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'strict $[2 to 0]')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', 'strict $[0 to 3]')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', '$[1, 0, 1]')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}]', '$[0 to 1, 1 to 2]')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}, "ccc", true]', '$[2.5 - 1 to $.size() - 2]')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}, "ccc", true]', '$[$[3]]')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}, "ccc", true]', '$[$[4]]')
SELECT jsonb_path_query('[12, {"a": 13}, {"b": 14}, "ccc", true]', '$[$[0 to 1]]')
SELECT jsonb_path_query('1', 'lax $[0]')
SELECT jsonb_path_query('1', 'lax $[*]')
SELECT jsonb_path_query('1', 'lax $[0][0][0]')
SELECT jsonb_path_query('1', 'lax $[last]')
SELECT jsonb_path_query('1', 'lax $[1]')
SELECT jsonb_path_query('1', 'lax $[0 to 5]')
SELECT jsonb_path_query('[1]', 'lax $[0]')
SELECT jsonb_path_query('[1]', 'lax $[*]')
SELECT jsonb_path_query('[1,2,3]', 'lax $[*]')
SELECT jsonb_path_query('[1,2,3]', 'strict $[*].a')
SELECT jsonb_path_query('[1,2,3]', 'strict $[*].a', silent => true)
SELECT jsonb_path_query('[]', '$[last]')
SELECT jsonb_path_query('[]', '$[last ? (exists(last))]')
SELECT jsonb_path_query('[]', 'strict $[last]')
SELECT jsonb_path_query('[]', '$[last]', silent => true)
SELECT jsonb_path_query('[]', '$[last ? (exists(last))]', silent => true)
SELECT jsonb_path_query('[]', 'strict $[last]', silent => true)
SELECT jsonb_path_query('[1]', '$[last]')
SELECT jsonb_path_query('[1,2,3]', '$[last]')
SELECT jsonb_path_query('[1,2,3]', '$[last - 1]')
SELECT jsonb_path_query('[1,2,3]', '$[last ? (@.type() == "number")]')
SELECT jsonb_path_query('[1,2,3]', '$[last ? (@.type() == "string")]')
SELECT jsonb_path_query('[1,2,3]', '$[0 to last - 1]')
SELECT jsonb_path_query('[1,2,3]', '$[last to 0]')
SELECT jsonb_path_query('[1,2,3]', '$[last / 2]')
SELECT jsonb_path_query('[1,2,3]', '$[last]', silent => true)
SELECT jsonb_path_query('[1,2,3]', '$[last - 1]', silent => true)
SELECT jsonb_path_query('[1,2,3]', '$[last ? (@.type() == "number")]', silent => true)
SELECT jsonb_path_query('[1,2,3]', '$[last ? (@.type() == "string")]', silent => true)
SELECT jsonb_path_query('[1,2,3]', '$[0 to last - 1]', silent => true)
SELECT jsonb_path_query('[1,2,3]', '$[last to 0]', silent => true)
SELECT jsonb_path_query('[1,2,3]', '$[last / 2]', silent => true)
SELECT jsonb_path_query('[[1,2],[3,4,5]]', '$[last][last]')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', '$[*][last]')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', '$[last][0 to last]')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', '$[0][$[last][0] - last - 1]')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', '$[last ? (exists($[0 ? (1 == 1)])) - 1]')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', '$[*][*]')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', '$[*].size()')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', '$.size()')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', 'strict $[0 to last].size()')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', 'lax $[*][0]')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', 'lax $[*] ? (@ > 2)')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', 'strict $[*] ? (@ > 2)')
SELECT jsonb_path_query('[[1,2],[3,4,5]]', 'lax $ ? (@ > 2)')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', '$.a.b')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', '$.a[*].b')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', '$.a[*][*].b')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', 'strict $.a.b')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', 'strict $.a[1].b')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', '$.a[0 to 1]')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', '$.a.*')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', '$.a[*].*')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', '$.*')
SELECT jsonb_path_query('{"a": [[1, 2], {"b": 3}]}', '$.*[*]')

# Variables
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', '1')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', '[{"value" : 13}]')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', '{"value" : 13}')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', '{"value" : 8}')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', '{}')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', NULL)
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', 'null')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', '{"value": [5, 20]}')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', '{"value": null}')
SELECT * FROM jsonb_path_query('{"a": 10}', '$ ? (@.a < $value)', '{"value": {"a": 10}}')
SELECT * FROM jsonb_path_query('{"a": 10}', '$')
SELECT * FROM jsonb_path_query('{"a": 10}', '$.a ? (@ < $value)', '{"value" : 13}')
SELECT * FROM jsonb_path_query('[10,11,12,13,14,15]', '$[*] ? (@ < $value)', '{"value" : 13}')
SELECT * FROM jsonb_path_query('[10,11,12,13,14,15]', '$[0,1] ? (@ < $x.value)', '{"x": {"value" : 13}}')
SELECT * FROM jsonb_path_query('[10,11,12,13,14,15]', '$[0 to 2] ? (@ < $value)', '{"value" : 15}')
SELECT * FROM jsonb_path_query('[1,"1",2,"2",null]', '$[*] ? (@ == $value)', '{"value" : "1"}')
SELECT * FROM jsonb_path_query('[1,"1",2,"2",null]', '$[*] ? (@ == $value)', '{"value" : null}')
SELECT jsonb_path_query('1', '$x', '{"x": {"b": [1]}}'), jsonb_path_query('1', '$x.b[0] + $', '{"x": {"b": [1]}}')
SELECT jsonb_path_query('[1,2,3]', '$[$from to $to]', '{"from": 1, "to": 2}')
SELECT jsonb_path_query('1', '$x', '{}', true)
SELECT jsonb_path_exists('1', '$x', '{}')
SELECT jsonb_path_exists('1', '$x', '{}', true)
SELECT jsonb_path_query('1', '$ ? (exists($x))', '{}', true)
SELECT jsonb_path_query('1', '$"a b"', '{"a b": 5}')
SELECT jsonb_path_query('1', '$x', silent => true, vars => '{"x": 2}')
SELECT jsonb_path_query(vars => '{"x": 2}', path => '$x', target => '1')
SELECT jsonb_path_query(path := '$', "target" := '[1]')
SELECT jsonb_path_query('{}', '$', SILENT => true)
SELECT jsonb_path_query('{}', '$', foo => true)
SELECT jsonb_path_query('{}', silent => true, '$')
SELECT jsonb_path_query('{}', '$', silent => true, silent => false)
SELECT jsonb_path_query('{}', '$', path => '$')
SELECT jsonb_path_query(silent => true)
SELECT * FROM jsonb_path_query('{}', '$', foo => true)
SELECT make_interval(days := 1 + 2), make_interval(hours := -1, mins => 5)
SELECT jsonb_path_exists('[1]', '$[*] ? (@ > $x)', silent := false, vars := '{"x": 0}')
SELECT upper(x => 'a')
SELECT nosuch(x => 1)
SELECT make_interval(days => 3, secs => 1.5), make_interval(1, secs => 1.5), make_date(day => 1, month => 2, year => 3), make_interval(hours => 5)
SELECT make_interval(1, years => 1.5)
SELECT jsonb_set('{"a": 1}', '{b}', '2', create_if_missing => false), jsonb_set(jsonb_in => '{"a": 1}', path => '{b}', replacement => '2')
SELECT * FROM jsonb_each(from_json => '{"a": 1}')
SELECT jsonb_path_query('{}')
SELECT jsonb_path_query('{}', '$', '{}', true, 1)
SELECT jsonb_path_query('{}'::json, '$')
SELECT jsonb_path_query('{}', '$'::text)
SELECT jsonb_path_query(NULL, '$'), jsonb_path_query_array('1', NULL)
SELECT jsonb_path_query_array('1', '$', NULL), jsonb_path_query_array('1', '$', '{}', NULL), jsonb_path_exists(NULL, '$')
SELECT '{}'::json @? '$'
SELECT '{}'::jsonb @? '$'::text
SELECT '{}' @? '$'
SELECT '{}'::jsonb @? 'x'
SELECT NULL::jsonb @? '$', '1'::jsonb @@ NULL
SELECT jsonb_path_exists_opr('{"a": 1}', '$.a'), jsonb_path_match_opr('{"a": 1}', '$.a == 1'), jsonb_path_exists_opr('1', '$x')

# Predicates
SELECT jsonb_path_query('[1, "2", null]', '$[*] ? (@ != null)')
SELECT jsonb_path_query('[1, "2", null]', '$[*] ? (@ == null)')
SELECT jsonb_path_query('[1, "2", null]', '$[*] ? (@ > null)')
SELECT jsonb_path_query('[1, "2", null]', '$[*] ? (@ <= null)')
SELECT jsonb_path_query('[1, "2", null]', '$[*] ? (null != @)')
SELECT jsonb_path_query('[1, "2", null]', '$[*] ? ((@ < "3") is unknown)')
SELECT jsonb_path_query('{}', '$ ? (@ == @)')
SELECT jsonb_path_query('{}', '$ ? ((@ == @) is unknown)')
SELECT jsonb_path_query('{}', '$ ? (@ != null)')
SELECT jsonb_path_query('[]', 'strict $ ? (@ == @)')
SELECT jsonb_path_query('[]', '$ ? (@ == @)')
SELECT jsonb_path_query('[]', 'strict $ ? (@ != null)')
SELECT jsonb_path_query('[true, false, null, "a", 1]', '$[*] ? (@ == true)')
SELECT jsonb_path_query('[true, false, null, "a", 1]', '$[*] ? (@ > false)')
SELECT jsonb_path_query('[true, false, null, "a", 1]', '$[*] ? (@ != true)')
SELECT jsonb_path_query('[true, false, null, "a", 1]', '$[*] ? (!(@ == true))')
SELECT jsonb_path_query('[true, false, null, "a", 1]', '$[*] ? (@ < true)')
SELECT jsonb_path_query('["a", "A", "ab", "B", "é", ""]', '$[*] ? (@ > "a")')
SELECT jsonb_path_query('["a", "A", "ab", "B", "é", ""]', '$[*] ? (@ <= "ab")')
SELECT jsonb_path_query('["a", "A", "ab", "B", "é", ""]', '$[*] ? (@ == "A")')
SELECT jsonb_path_query('[1, 1.0, 1.00, 10, 9, -1, 1e1, 100000000000000000000]', '$[*] ? (@ == 1)')
SELECT jsonb_path_query('[1, 1.0, 1.00, 10, 9, -1, 1e1, 100000000000000000000]', '$[*] ? (@ > 9)')
SELECT jsonb_path_query('[1, 1.0, 1.00, 10, 9, -1, 1e1, 100000000000000000000]', '$[*] ? (@ >= 10)')
SELECT jsonb_path_query('[1, 1.0, 1.00, 10, 9, -1, 1e1, 100000000000000000000]', '$[*] ? (@ < 0)')
SELECT jsonb_path_query('[1, 1.0, 1.00, 10, 9, -1, 1e1, 100000000000000000000]', '$[*]')
SELECT jsonb_path_query('[1, 1.0, 1.00, 10, 9, -1, 1e1, 100000000000000000000]', '$[*] ? (@ == 100000000000000000000)')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{0}')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{0 to last}')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{1}')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{1 to last}')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{2}')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{2 to last}')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{3 to last}')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{last}')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{0}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{1}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{0 to last}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{1 to last}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'lax $.**{1 to 2}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'strict $.**')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'strict $.**.b')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'strict $.**{1 to last}.b')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'strict $.**.c')
SELECT jsonb_path_query('{"a": {"b": 1}}', 'strict $.**{2}.c')
SELECT jsonb '{"a": {"b": 1}}' @? '$.**.b ? ( @ > 0)'
SELECT jsonb '{"a": {"b": 1}}' @? '$.**{0}.b ? ( @ > 0)'
SELECT jsonb '{"a": {"b": 1}}' @? '$.**{1}.b ? ( @ > 0)'
SELECT jsonb '{"a": {"b": 1}}' @? '$.**{1 to 2}.b ? ( @ > 0)'
SELECT jsonb_path_query('{"a": {"c": {"b": 1}}}', 'lax $.**.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"c": {"b": 1}}}', 'lax $.**{0}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"c": {"b": 1}}}', 'lax $.**{1}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"c": {"b": 1}}}', 'lax $.**{1 to 2}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"c": {"b": 1}}}', 'lax $.**{2 to 3}.b ? (@ > 0)')
SELECT jsonb_path_query('{"a": {"c": {"b": 1}}}', '$.**{last to 2}')
SELECT jsonb_path_query('{"a": {"c": {"b": 1}}}', '$.**{2 to 1}')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.**')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', 'strict $.**')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.**{last}')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.**{2}')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.**[*]')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.** ? (@ > 1)')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', 'strict $.** ? (@ > 1)')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.**.a')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.**.size()')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', 'strict $.**.size()')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.**.type()')
SELECT jsonb_path_query('[[1, {"a": 2}], [[3]]]', '$.**.**')
SELECT jsonb_path_query('{"g": {"x": 2}}', '$.g ? (exists (@.x))')
SELECT jsonb_path_query('{"g": {"x": 2}}', '$.g ? (exists (@.y))')
SELECT jsonb_path_query('{"g": {"x": 2}}', '$.g ? (exists (@.x ? (@ >= 2) ))')
SELECT jsonb_path_query('{"g": [{"x": 2}, {"y": 3}]}', 'lax $.g ? (exists (@.x))')
SELECT jsonb_path_query('{"g": [{"x": 2}, {"y": 3}]}', 'lax $.g ? (exists (@.x + "3"))')
SELECT jsonb_path_query('{"g": [{"x": 2}, {"y": 3}]}', 'lax $.g ? ((exists (@.x + "3")) is unknown)')
SELECT jsonb_path_query('{"g": [{"x": 2}, {"y": 3}]}', 'strict $.g[*] ? (exists (@.x))')
SELECT jsonb_path_query('{"g": [{"x": 2}, {"y": 3}]}', 'strict $.g[*] ? ((exists (@.x)) is unknown)')
SELECT jsonb_path_query('{"g": [{"x": 2}, {"y": 3}]}', 'strict $.g ? (exists (@[*].x))')
SELECT jsonb_path_query('{"g": [{"x": 2}, {"y": 3}]}', 'strict $.g ? ((exists (@[*].x)) is unknown)')
SELECT x, y, jsonb_path_query('[true, false, null]', '$[*] ? (@ == true && ($x == true && $y == true) || @ == false && !($x == true && $y == true) || @ == null && ($x == true && $y == true) is unknown)', jsonb_build_object('x', x, 'y', y)) AS "x && y" FROM (VALUES (jsonb 'true'), ('false'), ('"null"')) x(x), (VALUES (jsonb 'true'), ('false'), ('"null"')) y(y)
SELECT x, y, jsonb_path_query('[true, false, null]', '$[*] ? (@ == true && ($x == true || $y == true) || @ == false && !($x == true || $y == true) || @ == null && ($x == true || $y == true) is unknown)', jsonb_build_object('x', x, 'y', y)) AS "x || y" FROM (VALUES (jsonb 'true'), ('false'), ('"null"')) x(x), (VALUES (jsonb 'true'), ('false'), ('"null"')) y(y)
SELECT jsonb '{"a": 1, "b":1}' @? '$ ? (@.a == @.b)'
SELECT jsonb '{"a": 1, "b":1}' @? '$.** ? (@.a == @.b)'
SELECT jsonb '{"c": {"a": 1, "b":1}}' @? '$ ? (@.a == @.b)'
SELECT jsonb '{"c": {"a": 1, "b":1}}' @? '$.c ? (@.a == @.b)'
SELECT jsonb '{"c": {"a": 1, "b":1}}' @? '$.c ? ($.c.a == @.b)'
SELECT jsonb '{"c": {"a": 1, "b":1}}' @? '$.* ? (@.a == @.b)'
SELECT jsonb '{"c": {"a": 1, "b":1}}' @? '$.** ? (@.a == @.b)'
SELECT jsonb_path_query('{"c": {"a": 2, "b":1}}', '$.** ? (@.a == 1 + 1)')
SELECT jsonb_path_query('{"c": {"a": 2, "b":1}}', '$.** ? (@.a == (1 + 1))')
SELECT jsonb_path_query('{"c": {"a": 2, "b":1}}', '$.** ? (@.a == @.b + 1)')
SELECT jsonb_path_query('{"c": {"a": 2, "b":1}}', '$.** ? (@.a == (@.b + 1))')
SELECT jsonb '{"c": {"a": -1, "b":1}}' @? '$.** ? (@.a == - 1)'
SELECT jsonb '{"c": {"a": -1, "b":1}}' @? '$.** ? (@.a == -1)'
SELECT jsonb '{"c": {"a": -1, "b":1}}' @? '$.** ? (@.a == -@.b)'
SELECT jsonb '{"c": {"a": -1, "b":1}}' @? '$.** ? (@.a == - @.b)'
SELECT jsonb '{"c": {"a": 0, "b":1}}' @? '$.** ? (@.a == 1 - @.b)'
SELECT jsonb '{"c": {"a": 0, "b":1}}' @? '$.** ? (@.a == 1 - +@.b)'
SELECT jsonb '{"c": {"a": 2, "b":1}}' @? '$.** ? (@.a == 1 - - @.b)'
SELECT jsonb '[1,2,3]' @? '$ ? (+@[*] > +2)'
SELECT jsonb '[1,2,3]' @? '$ ? (+@[*] > +3)'
SELECT jsonb '[1,2,3]' @? '$ ? (-@[*] < -2)'
SELECT jsonb '[1,2,3]' @? '$ ? (-@[*] < -3)'
SELECT jsonb '1' @? '$ ? ($ > 0)'

# Arithmetic
SELECT jsonb_path_query('[1,2,0,3]', '$[*] ? (2 / @ > 0)')
SELECT jsonb_path_query('[1,2,0,3]', '$[*] ? ((2 / @ > 0) is unknown)')
SELECT jsonb_path_query('0', '1 / $')
SELECT jsonb_path_query('0', '1 / $ + 2')
SELECT jsonb_path_query('0', '-(3 + 1 % $)')
SELECT jsonb_path_query('0', '1 % $')
SELECT jsonb_path_query('0', '1 / $', silent => true)
SELECT jsonb_path_query('0', '1 / $ + 2', silent => true)
SELECT jsonb_path_query('0', '-(3 + 1 % $)', silent => true)
SELECT jsonb_path_query('0', '1 % $', silent => true)
SELECT jsonb_path_query('1', '$ + "2"')
SELECT jsonb_path_query('1', '"2" - $')
SELECT jsonb_path_query('1', '$ * null')
SELECT jsonb_path_query('1', '$ / true')
SELECT jsonb_path_query('1', '$ + "2"', silent => true)
SELECT jsonb_path_query('1', '"2" - $', silent => true)
SELECT jsonb_path_query('1', '$ * null', silent => true)
SELECT jsonb_path_query('1', '$ / true', silent => true)
SELECT jsonb_path_query('[1, 2]', '3 * $')
SELECT jsonb_path_query('[1, 2]', '$ * 3')
SELECT jsonb_path_query('[1, 2]', '3 * $', silent => true)
SELECT jsonb_path_query('[1, 2]', '$ * 3', silent => true)
SELECT jsonb_path_query('"a"', '-$')
SELECT jsonb_path_query('"a"', '+$')
SELECT jsonb_path_query('"a"', '-$', silent => true)
SELECT jsonb_path_query('"a"', '+$', silent => true)
SELECT jsonb_path_query('[1,"2",3]', '+$')
SELECT jsonb_path_query('[1,"2",3]', '-$')
SELECT jsonb_path_query('[1,"2",3]', '-$[*]')
SELECT jsonb_path_query('[1,"2",3]', '+$', silent => true)
SELECT jsonb_path_query('[1,"2",3]', '-$', silent => true)
SELECT jsonb_path_query('[1,"2",3]', '-$[*]', silent => true)
SELECT jsonb '["1",2,0,3]' @? '-$[*]'
SELECT jsonb '["1",2,0,3]' @? 'strict -$[*]'
SELECT jsonb '[1,"2",0,3]' @? '-$[*]'
SELECT jsonb '[1,"2",0,3]' @? 'strict -$[*]'
SELECT jsonb_path_query('{"a": [2]}', 'lax $.a * 3')
SELECT jsonb_path_query('{"a": [2]}', 'lax $.a + 3')
SELECT jsonb_path_query('{"a": [2]}', 'strict $.a * 3')
SELECT jsonb_path_query('{"a": [2, 3, 4]}', 'lax -$.a')
SELECT jsonb_path_query('{"a": [2, 3, 4]}', 'strict -$.a')
SELECT jsonb_path_query('{"a": [2, 3, 4]}', 'strict -$.a[*]')
SELECT jsonb_path_query('{"a": [1, 2]}', 'lax $.a * 3')
SELECT jsonb_path_query('{"a": [1, 2]}', '$.b + 1')
SELECT jsonb_path_query('{"a": [1, 2]}', 'lax $.a * 3', silent => true)
SELECT jsonb_path_query('{"a": [1, 2]}', '$.b + 1', silent => true)
SELECT jsonb_path_query('7', '$ / 2')
SELECT jsonb_path_query('7', '$ / 3')
SELECT jsonb_path_query('7', '$ % 3')
SELECT jsonb_path_query('7', '-$ % 3')
SELECT jsonb_path_query('7', '$ * 1.50')
SELECT jsonb_path_query('7', '$ - 0.001')
SELECT jsonb_path_query('7', '$ + 1e20')
SELECT jsonb_path_query('7', '1 / 3.0')
SELECT jsonb_path_query('7', '($ + 1) * 2')
SELECT jsonb_path_query('7', '$ + 1 * 2')
SELECT jsonb_path_query('7', '7 - 2 - 1')
SELECT jsonb_path_query('7', '8 / 2 / 2')
SELECT jsonb_path_query('7', '2 * 3 % 4')
SELECT jsonb_path_query('7', '0.1 + 0.2')
SELECT jsonb_path_query('7', '1.10 * 1.1')
SELECT jsonb_path_query('7', '$ / 0.00')
SELECT jsonb_path_query('1e131000', '$ * 1e131000')
SELECT jsonb_path_query('1e131000', '$ * 1e131000 > 0')
SELECT jsonb_path_query('1e131000', '$ * $')
SELECT jsonb_path_query('1e131071', '$ * 10')
SELECT jsonb_path_query('1e131071', '$ * 10', silent => true)

# Truth as a value
SELECT jsonb_path_query('2', '$ > 1')
SELECT jsonb_path_query('2', '$ <= 1')
SELECT jsonb_path_query('2', '$ == "2"')
SELECT jsonb_path_query('2', '($ > 1).type()')
SELECT jsonb_path_query('2', '($ == "2").type()')
SELECT jsonb_path_query('2', '($ > 1) ? (@ == true)')
SELECT jsonb_path_query('2', '!($ > 1)')
SELECT jsonb_path_query('2', '($ > 1 && $ < 3) is unknown')
SELECT jsonb_path_query('2', 'exists($.a)')
SELECT jsonb_path_query('2', 'exists($)')
SELECT jsonb_path_query('2', '$ starts with "a"')
SELECT jsonb_path_query('2', '$ like_regex "2"')
SELECT jsonb '2' @? '$ == "2"'
SELECT jsonb '2' @@ '$ > 1'
SELECT jsonb '2' @@ '$ <= 1'
SELECT jsonb '2' @@ '$ == "2"'
SELECT jsonb '2' @@ '1'
SELECT jsonb '2' @@ '"a"'
SELECT jsonb '2' @@ 'null'
SELECT jsonb '2' @@ 'true'
SELECT jsonb '2' @@ '$ > 1 || $ == "a"'
SELECT jsonb '2' @@ '$ == "a" || $ > 1'
SELECT jsonb '2' @@ '$ == "a" && $ < 1'
SELECT jsonb '2' @@ '$x'
SELECT jsonb '{}' @@ '$'
SELECT jsonb '[]' @@ '$'
SELECT jsonb '[]' @@ '$[*]'
SELECT jsonb '[1,2,3]' @@ '$[*]'
SELECT jsonb 'true' @@ '$'
SELECT jsonb '[true]' @@ '$'
SELECT jsonb '[true]' @@ '$[*]'
SELECT jsonb '[true]' @@ '$[0]'
SELECT jsonb '[{"a": 1}, {"a": 2}]' @@ '$[*].a > 1'
SELECT jsonb '[{"a": 1}, {"a": 2}]' @@ '$[*].a > 2'
SELECT jsonb '[{"a": 1}, {"a": 2}]' @@ 'strict $[*].a > 1'
SELECT jsonb '[{"a": 1}, {"a": 2}]' @@ 'strict $[*].b > 1'
SELECT jsonb_path_match('[[1, true], [2, false]]', 'strict $[*] ? (@[0] > $x) [1]', '{"x": 1}')
SELECT jsonb_path_match('[[1, true], [2, false]]', 'strict $[*] ? (@[0] < $x) [1]', '{"x": 2}')
SELECT jsonb_path_match('true', '$', silent => false)
SELECT jsonb_path_match('false', '$', silent => false)
SELECT jsonb_path_match('null', '$', silent => false)
SELECT jsonb_path_match('1', '$', silent => true)
SELECT jsonb_path_match('1', '$', silent => false)
SELECT jsonb_path_match('"a"', '$', silent => false)
SELECT jsonb_path_match('{}', '$', silent => false)
SELECT jsonb_path_match('[true]', '$', silent => false)
SELECT jsonb_path_match('{}', 'lax $.a', silent => false)
SELECT jsonb_path_match('{}', 'strict $.a', silent => false)
SELECT jsonb_path_match('{}', 'strict $.a', silent => true)
SELECT jsonb_path_match('[true, true]', '$[*]', silent => false)
SELECT jsonb_path_match('[{"a": 1}, {"a": 2}]', '$[*].a > 1', silent => false)

# Methods
SELECT jsonb_path_query('[null,1,true,"a",[],{}]', '$.type()')
SELECT jsonb_path_query('[null,1,true,"a",[],{}]', 'lax $.type()')
SELECT jsonb_path_query('[null,1,true,"a",[],{}]', '$[*].type()')
SELECT jsonb_path_query('[null,1,true,"a",[],{}]', 'strict $.type()')
SELECT jsonb_path_query('null', 'null.type()')
SELECT jsonb_path_query('null', 'true.type()')
SELECT jsonb_path_query('null', '(123).type()')
SELECT jsonb_path_query('null', '"123".type()')
SELECT jsonb_path_query('null', '$.type().type()')
SELECT jsonb_path_query('{"a": 2}', '($.a - 5).abs() + 10')
SELECT jsonb_path_query('{"a": 2.5}', '-($.a * $.a).floor() % 4.3')
SELECT jsonb_path_query('[1, 2, 3]', '($[*] > 2) ? (@ == true)')
SELECT jsonb_path_query('[1, 2, 3]', '($[*] > 3).type()')
SELECT jsonb_path_query('[1, 2, 3]', '($[*].a > 3).type()')
SELECT jsonb_path_query('[1, 2, 3]', 'strict ($[*].a > 3).type()')
SELECT jsonb_path_query('[1,null,true,"11",[],[1],[1,2,3],{},{"a":1,"b":2}]', 'strict $[*].size()')
SELECT jsonb_path_query('[1,null,true,"11",[],[1],[1,2,3],{},{"a":1,"b":2}]', 'strict $[*].size()', silent => true)
SELECT jsonb_path_query('[1,null,true,"11",[],[1],[1,2,3],{},{"a":1,"b":2}]', 'lax $[*].size()')
SELECT jsonb_path_query('[0, 1, -2, -3.4, 5.6, 7.00]', '$[*].abs()')
SELECT jsonb_path_query('[0, 1, -2, -3.4, 5.6, 7.00]', '$[*].floor()')
SELECT jsonb_path_query('[0, 1, -2, -3.4, 5.6, 7.00]', '$[*].ceiling()')
SELECT jsonb_path_query('[0, 1, -2, -3.4, 5.6, 7.00]', '$[*].ceiling().abs()')
SELECT jsonb_path_query('[0, 1, -2, -3.4, 5.6, 7.00]', '$[*].ceiling().abs().type()')
SELECT jsonb_path_query('[0, 1, -2, -3.4, 5.6, 7.00]', '$.abs()')
SELECT jsonb_path_query('[0, 1, -2, -3.4, 5.6, 7.00]', 'strict $.abs()')
SELECT jsonb_path_query('[0, 1, -2, -3.4, 5.6, 7.00]', 'strict $[*].abs()')
SELECT jsonb_path_query('[{},1]', '$[*].keyvalue()')
SELECT jsonb_path_query('[{},1]', '$[*].keyvalue()', silent => true)
SELECT jsonb_path_query('{}', '$.keyvalue()')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue()')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue().value')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.c.keyvalue()')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue().keyvalue()')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue() ? (@.key == "a")')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue().id')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue().*')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue().type()')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue().size()')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', 'strict $.keyvalue().size()')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue()[0]')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue().**')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.keyvalue() ? (@ == @)')
SELECT jsonb_path_query('{"a": 1, "b": [1, 2], "c": {"a": "bbb"}}', '$.** ? (@.type() == "object").keyvalue().id')
SELECT jsonb_path_query('[{"a": 1, "b": [1, 2]}, {"c": {"a": "bbb"}}]', '$[*].keyvalue()')
SELECT jsonb_path_query('[{"a": 1, "b": [1, 2]}, {"c": {"a": "bbb"}}]', 'strict $.keyvalue()')
SELECT jsonb_path_query('[{"a": 1, "b": [1, 2]}, {"c": {"a": "bbb"}}]', 'lax $.keyvalue()')
SELECT jsonb_path_query('[{"a": 1, "b": [1, 2]}, {"c": {"a": "bbb"}}]', 'strict $.keyvalue().a')
SELECT jsonb_path_query('[{"a": 1, "b": [1, 2]}, {"c": {"a": "bbb"}}]', '$.keyvalue().value.keyvalue()')
SELECT jsonb_path_query('[{"a": 1, "b": [1, 2]}, {"c": {"a": "bbb"}}]', '$[*].keyvalue().keyvalue()')
SELECT jsonb_path_query('[{"a": 123456789.123456789, "bb": "str", "c": [0.00001, {"x": {}}, -5, 10000, 123450000, 1e20, true, {"y": {"z": null}}]}, {"äö": {"q": 1}}, 1e-70, {"end": 1e300}]', '$.** ? (@.type() == "object").keyvalue()')
SELECT jsonb_path_query('[{"a": 123456789.123456789, "bb": "str", "c": [0.00001, {"x": {}}, -5, 10000, 123450000, 1e20, true, {"y": {"z": null}}]}, {"äö": {"q": 1}}, 1e-70, {"end": 1e300}]', '$[*].keyvalue().value[*].keyvalue()')
SELECT jsonb_path_query('[{"a": 123456789.123456789, "bb": "str", "c": [0.00001, {"x": {}}, -5, 10000, 123450000, 1e20, true, {"y": {"z": null}}]}, {"äö": {"q": 1}}, 1e-70, {"end": 1e300}]', '$[*].c.keyvalue().value.keyvalue()')
SELECT jsonb_path_query('[{"a": 123456789.123456789, "bb": "str", "c": [0.00001, {"x": {}}, -5, 10000, 123450000, 1e20, true, {"y": {"z": null}}]}, {"äö": {"q": 1}}, 1e-70, {"end": 1e300}]', '$.**.keyvalue().id')
SELECT jsonb_path_query('{}', '$x.keyvalue()', '{"x": {"a": 1}, "y": {"b": {"c": 2}}}')
SELECT jsonb_path_query('{"q": {"w": 1}}', '$y.b.keyvalue(), $', '{"y": {"b": {"c": 2}}}')
SELECT jsonb_path_query('{"q": {"w": 1}}', '$y.*.keyvalue()', '{"x": {"a": 1}, "y": {"b": {"c": 2}}}')
SELECT jsonb_path_query('{"q": {"w": 1}}', '$.q ? (@.keyvalue().id > $y.keyvalue().id).w', '{"y": {"c": 2}}')
SELECT jsonb_path_query('{"q": {"w": 1}}', '$.keyvalue().value.keyvalue()', '{"y": {"c": 2}}')
SELECT jsonb '{"a": 1, "b": [1, 2]}' @? 'lax $.keyvalue()'
SELECT jsonb '{"a": 1, "b": [1, 2]}' @? 'lax $.keyvalue().key'
SELECT jsonb_path_query('null', '$.double()')
SELECT jsonb_path_query('null', '$.double()', silent => true)
SELECT jsonb_path_query('true', '$.double()')
SELECT jsonb_path_query('true', '$.double()', silent => true)
SELECT jsonb_path_query('[]', '$.double()')
SELECT jsonb_path_query('[]', 'strict $.double()')
SELECT jsonb_path_query('[]', '$.double()', silent => true)
SELECT jsonb_path_query('[]', 'strict $.double()', silent => true)
SELECT jsonb_path_query('{}', '$.double()')
SELECT jsonb_path_query('{}', '$.abs()')
SELECT jsonb_path_query('{}', '$.double()', silent => true)
SELECT jsonb_path_query('{}', '$.abs()', silent => true)
SELECT jsonb_path_query('1.23', '$.double()')
SELECT jsonb_path_query('1e1000', '$.double()')
SELECT jsonb_path_query('1e-400', '$.double()')
SELECT jsonb_path_query('"1.23"', '$.double()')
SELECT jsonb_path_query('"1.23aaa"', '$.double()')
SELECT jsonb_path_query('"nan"', '$.double()')
SELECT jsonb_path_query('"NaN"', '$.double()')
SELECT jsonb_path_query('"inf"', '$.double()')
SELECT jsonb_path_query('"-inf"', '$.double()')
SELECT jsonb_path_query('"Infinity"', '$.double()')
SELECT jsonb_path_query('"  1.5  "', '$.double()')
SELECT jsonb_path_query('""', '$.double()')
SELECT jsonb_path_query('"1e400"', '$.double()')
SELECT jsonb_path_query('"1e-400"', '$.double()')
SELECT jsonb_path_query('"0x10"', '$.double()')
SELECT jsonb_path_query('"1e5"', '$.double()')
SELECT jsonb_path_query('"12345678901234567890"', '$.double()')
SELECT jsonb_path_query('".5"', '$.double()')
SELECT jsonb_path_query('"-0"', '$.double()')
SELECT jsonb_path_query('"+7"', '$.double()')
SELECT jsonb_path_query('"1 2"', '$.double()')
SELECT jsonb_path_query('true', '$.floor()')
SELECT jsonb_path_query('true', '$.floor()', silent => true)
SELECT jsonb_path_query('"1.2"', '$.ceiling()')
SELECT jsonb_path_query('"1.2"', '$.ceiling()', silent => true)
SELECT jsonb_path_query('["1", "2.50", 3]', '$[*].double()')
SELECT jsonb_path_query('["1", "2.50", 3]', '$.double()')
SELECT jsonb_path_query('["1", "2.50", 3]', '$[*].double() + 1')
SELECT jsonb_path_query('["1", "2.50", 3]', 'strict $.double()')

# starts with and like_regex
SELECT jsonb_path_query('["", "a", "abc", "abcabc"]', '$[*] ? (@ starts with "abc")')
SELECT jsonb_path_query('["", "a", "abc", "abcabc"]', 'strict $ ? (@[*] starts with "abc")')
SELECT jsonb_path_query('["", "a", "abc", "abcabc"]', '$[*] ? (@ starts with "")')
SELECT jsonb_path_query('["", "a", "abd", "abdabc"]', 'strict $ ? (@[*] starts with "abc")')
SELECT jsonb_path_query('["abc", "abcabc", null, 1]', 'strict $ ? (@[*] starts with "abc")')
SELECT jsonb_path_query('["abc", "abcabc", null, 1]', 'strict $ ? ((@[*] starts with "abc") is unknown)')
SELECT jsonb_path_query('[[null, 1, "abc", "abcabc"]]', 'lax $ ? (@[*] starts with "abc")')
SELECT jsonb_path_query('[[null, 1, "abd", "abdabc"]]', 'lax $ ? ((@[*] starts with "abc") is unknown)')
SELECT jsonb_path_query('[null, 1, "abd", "abdabc"]', 'lax $[*] ? ((@ starts with "abc") is unknown)')
SELECT jsonb_path_query('["abc", "b"]', '$[*] ? (@ starts with $x)', '{"x": "a"}')
SELECT jsonb_path_query('["abc", "b"]', '$[*] ? (@ starts with $x)', '{"x": ["a"]}')
SELECT jsonb_path_query('["abc", "b"]', '$[*] ? ((@ starts with $x) is unknown)', '{"x": 1}')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', 'lax $[*] ? (@ like_regex "^ab.*c")')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', 'lax $[*] ? (@ like_regex "^ab.*c" flag "i")')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', 'lax $[*] ? (@ like_regex "^ab.*c" flag "m")')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', 'lax $[*] ? (@ like_regex "^ab.*c" flag "s")')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', 'lax $[*] ? (@ like_regex "^ab.*c$" flag "ms")')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', 'lax $[*] ? (@ like_regex "B.C" flag "i")')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', 'strict $[*] ? (@ like_regex "b")')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', '$[*] ? ((@ like_regex "b") is unknown)')
SELECT jsonb_path_query('[null, 1, "abc", "abd", "aBdC", "abdacb", "babc", "adc\nabc", "ab\nadc"]', '$[*] ? (@ like_regex "[^a]b")')
SELECT jsonb_path_query('[null, 1, "a\b", "a\\b", "^a\\b$"]', 'lax $[*] ? (@ like_regex "a\\b" flag "q")')
SELECT jsonb_path_query('[null, 1, "a\b", "a\\b", "^a\\b$"]', 'lax $[*] ? (@ like_regex "a\\b" flag "")')
SELECT jsonb_path_query('[null, 1, "a\b", "a\\b", "^a\\b$"]', 'lax $[*] ? (@ like_regex "^a\\b$" flag "q")')
SELECT jsonb_path_query('[null, 1, "a\b", "a\\b", "^a\\b$"]', 'lax $[*] ? (@ like_regex "^a\\B$" flag "q")')
SELECT jsonb_path_query('[null, 1, "a\b", "a\\b", "^a\\b$"]', 'lax $[*] ? (@ like_regex "^a\\B$" flag "iq")')
SELECT jsonb_path_query('[null, 1, "a\b", "a\\b", "^a\\b$"]', 'lax $[*] ? (@ like_regex "^a\\b$" flag "")')
SELECT jsonb_path_query('["a1", "b22", "c"]', '$[*] ? (@ like_regex "^[a-z]\\d+$")')
SELECT jsonb_path_query('["a1", "b22", "c"]', '$[*] ? (@ like_regex "\\d{2}")')
SELECT jsonb_path_query('["a1", "b22", "c"]', '$[*] ? (@ like_regex "^(a|c)")')
SELECT jsonb_path_query('["a1", "b22", "c"]', '$[*] ? (@ like_regex "(.)\\1")')

# Dates and times
SELECT jsonb_path_query('null', '$.datetime()')
SELECT jsonb_path_query('null', '$.datetime()', silent => true)
SELECT jsonb_path_query('true', '$.datetime()')
SELECT jsonb_path_query('true', '$.datetime()', silent => true)
SELECT jsonb_path_query('1', '$.datetime()')
SELECT jsonb_path_query('1', '$.datetime()', silent => true)
SELECT jsonb_path_query('[]', '$.datetime()')
SELECT jsonb_path_query('[]', 'strict $.datetime()')
SELECT jsonb_path_query('[]', '$.datetime()', silent => true)
SELECT jsonb_path_query('[]', 'strict $.datetime()', silent => true)
SELECT jsonb_path_query('{}', '$.datetime()')
SELECT jsonb_path_query('{}', '$.datetime()', silent => true)
SELECT jsonb_path_query('"bogus"', '$.datetime()')
SELECT jsonb_path_query('"bogus"', '$.datetime()', silent => true)
SELECT jsonb_path_query('"12:34"', '$.datetime("aaa")')
SELECT jsonb_path_query('"12:34"', '$.datetime("aaa")', silent => true)
SELECT jsonb_path_query('"aaaa"', '$.datetime("HH24")')
SELECT jsonb_path_query('"aaaa"', '$.datetime("HH24")', silent => true)
SELECT jsonb '"10-03-2017"' @? '$.datetime("dd-mm-yyyy")'
SELECT jsonb '"10-03-2017"' @? '$.datetime("dd-mm-yyyy HH24")'
SELECT jsonb '"10-03-2017"' @? '$.datetime("a")'
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyy")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyy").type()')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd/mm/yyyy")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyy HH24")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("ddmmyyyy")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("-")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyyTZH")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd_mm_yyyy")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd\"-\"mm\"-\"yyyy")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd\"x\"mm\"-\"yyyy")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("FMdd-mm-yyyy")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("YYYY")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyy OF")')
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyy")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyy").type()', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd/mm/yyyy")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyy HH24")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("ddmmyyyy")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("-")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyyTZH")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd_mm_yyyy")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd\"-\"mm\"-\"yyyy")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd\"x\"mm\"-\"yyyy")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("FMdd-mm-yyyy")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("YYYY")', silent => true)
SELECT jsonb_path_query('"10-03-2017"', '$.datetime("dd-mm-yyyy OF")', silent => true)
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy")')
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy").type()')
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy HH24:MI").type()')
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy")', silent => true)
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy").type()', silent => true)
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy HH24:MI").type()', silent => true)
SELECT jsonb_path_query('"10-03-2017 12:34 +05:20"', '$.datetime("dd-mm-yyyy HH24:MI TZH:TZM").type()')
SELECT jsonb_path_query('"12:34:56"', '$.datetime("HH24:MI:SS").type()')
SELECT jsonb_path_query('"12:34:56 +05:20"', '$.datetime("HH24:MI:SS TZH:TZM").type()')
SET TIME ZONE '+00'
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy HH24:MI")')
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 +05"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 -05"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 +05:20"', '$.datetime("dd-mm-yyyy HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"10-03-2017 12:34 -05:20"', '$.datetime("dd-mm-yyyy HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"12:34"', '$.datetime("HH24:MI")')
SELECT jsonb_path_query('"12:34"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 +05"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 -05"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 +05:20"', '$.datetime("HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"12:34 -05:20"', '$.datetime("HH24:MI TZH:TZM")')
SET TIME ZONE '+10'
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy HH24:MI")')
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 +05"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 -05"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 +05:20"', '$.datetime("dd-mm-yyyy HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"10-03-2017 12:34 -05:20"', '$.datetime("dd-mm-yyyy HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"12:34"', '$.datetime("HH24:MI")')
SELECT jsonb_path_query('"12:34"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 +05"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 -05"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 +05:20"', '$.datetime("HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"12:34 -05:20"', '$.datetime("HH24:MI TZH:TZM")')
SET TIME ZONE 'America/New_York'
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy HH24:MI")')
SELECT jsonb_path_query('"10-03-2017 12:34"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 +05"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 -05"', '$.datetime("dd-mm-yyyy HH24:MI TZH")')
SELECT jsonb_path_query('"10-03-2017 12:34 +05:20"', '$.datetime("dd-mm-yyyy HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"10-03-2017 12:34 -05:20"', '$.datetime("dd-mm-yyyy HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"12:34"', '$.datetime("HH24:MI")')
SELECT jsonb_path_query('"12:34"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 +05"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 -05"', '$.datetime("HH24:MI TZH")')
SELECT jsonb_path_query('"12:34 +05:20"', '$.datetime("HH24:MI TZH:TZM")')
SELECT jsonb_path_query('"12:34 -05:20"', '$.datetime("HH24:MI TZH:TZM")')
SET TIME ZONE DEFAULT
SELECT jsonb_path_query('"2017-03-10"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10 12:34:56"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10 12:34:56"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10 12:34:56 +3"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10 12:34:56 +3"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10 12:34:56 +3:10"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10 12:34:56 +3:10"', '$.datetime()')
SELECT jsonb_path_query('"12:34:56"', '$.datetime().type()')
SELECT jsonb_path_query('"12:34:56"', '$.datetime()')
SELECT jsonb_path_query('"12:34:56 +3"', '$.datetime().type()')
SELECT jsonb_path_query('"12:34:56 +3"', '$.datetime()')
SELECT jsonb_path_query('"12:34:56 +3:10"', '$.datetime().type()')
SELECT jsonb_path_query('"12:34:56 +3:10"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10T12:34:56"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10T12:34:56"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10T12:34:56+3:10"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10T12:34:56+3:10"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10t12:34:56"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10t12:34:56"', '$.datetime()')
SELECT jsonb_path_query('"12:34:56-05"', '$.datetime().type()')
SELECT jsonb_path_query('"12:34:56-05"', '$.datetime()')
SELECT jsonb_path_query('"12:34:56 -05"', '$.datetime().type()')
SELECT jsonb_path_query('"12:34:56 -05"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10 12:34:56.789"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10 12:34:56.789"', '$.datetime()')
SELECT jsonb_path_query('"2017-3-1"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-3-1"', '$.datetime()')
SELECT jsonb_path_query('"2017-13-10"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-13-10"', '$.datetime()')
SELECT jsonb_path_query('"2017-02-30"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-02-30"', '$.datetime()')
SELECT jsonb_path_query('"25:00:00"', '$.datetime().type()')
SELECT jsonb_path_query('"25:00:00"', '$.datetime()')
SELECT jsonb_path_query('"24:00:00"', '$.datetime().type()')
SELECT jsonb_path_query('"24:00:00"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10 "', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10 "', '$.datetime()')
SELECT jsonb_path_query('"  2017-03-10"', '$.datetime().type()')
SELECT jsonb_path_query('"  2017-03-10"', '$.datetime()')
SELECT jsonb_path_query('"99999-01-01"', '$.datetime().type()')
SELECT jsonb_path_query('"99999-01-01"', '$.datetime()')
SELECT jsonb_path_query('"0001-01-01"', '$.datetime().type()')
SELECT jsonb_path_query('"0001-01-01"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10 12:34:56+16"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10 12:34:56+16"', '$.datetime()')
SELECT jsonb_path_query('"now"', '$.datetime().type()')
SELECT jsonb_path_query('"now"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10 12:34"', '$.datetime().type()')
SELECT jsonb_path_query('"2017-03-10 12:34"', '$.datetime()')
SELECT jsonb_path_query('"1000000-01-01"', '$.datetime().type()')
SELECT jsonb_path_query('"1000000-01-01"', '$.datetime()')
SELECT jsonb_path_query('"-0044-03-15"', '$.datetime().type()')
SELECT jsonb_path_query('"-0044-03-15"', '$.datetime()')
SELECT jsonb_path_query('"2017-03-10 12:34:56.789"', '$.datetime("yyyy-mm-dd HH24:MI:SS.MS")')
SELECT jsonb_path_query('"2017-03-10 12:34:56.789"', '$.datetime("yyyy-mm-dd HH24:MI:SS.MS")', silent => true)
SELECT jsonb_path_query('"12:34:56.789123"', '$.datetime("HH24:MI:SS.US")')
SELECT jsonb_path_query('"12:34:56.789123"', '$.datetime("HH24:MI:SS.US")', silent => true)
SELECT jsonb_path_query('"12:34:56.789123"', '$.datetime("HH24:MI:SS.FF3")')
SELECT jsonb_path_query('"12:34:56.789123"', '$.datetime("HH24:MI:SS.FF3")', silent => true)
SELECT jsonb_path_query('"12:34:56.7"', '$.datetime("HH24:MI:SS.FF1")')
SELECT jsonb_path_query('"12:34:56.7"', '$.datetime("HH24:MI:SS.FF1")', silent => true)
SELECT jsonb_path_query('"2017-03-10 12:34:56.789+01"', '$.datetime("yyyy-mm-dd HH24:MI:SS.FF6TZH")')
SELECT jsonb_path_query('"2017-03-10 12:34:56.789+01"', '$.datetime("yyyy-mm-dd HH24:MI:SS.FF6TZH")', silent => true)
SELECT jsonb_path_query('"10 Mar 2017"', '$.datetime("DD Mon YYYY")')
SELECT jsonb_path_query('"10 Mar 2017"', '$.datetime("DD Mon YYYY")', silent => true)
SELECT jsonb_path_query('"44-03-15 BC"', '$.datetime("YYYY-MM-DD BC")')
SELECT jsonb_path_query('"44-03-15 BC"', '$.datetime("YYYY-MM-DD BC")', silent => true)
SELECT jsonb_path_query('"2017-070"', '$.datetime("YYYY-DDD")')
SELECT jsonb_path_query('"2017-070"', '$.datetime("YYYY-DDD")', silent => true)
SELECT jsonb_path_query('"2017-10"', '$.datetime("IYYY-IW")')
SELECT jsonb_path_query('"2017-10"', '$.datetime("IYYY-IW")', silent => true)
SELECT jsonb_path_query('"10"', '$.datetime("IW")')
SELECT jsonb_path_query('"10"', '$.datetime("IW")', silent => true)
SELECT jsonb_path_query('"3600"', '$.datetime("SSSS")')
SELECT jsonb_path_query('"3600"', '$.datetime("SSSS")', silent => true)
SELECT jsonb_path_query('"01:00 PM"', '$.datetime("HH12:MI AM")')
SELECT jsonb_path_query('"01:00 PM"', '$.datetime("HH12:MI AM")', silent => true)
SELECT jsonb_path_query('"13:00 PM"', '$.datetime("HH12:MI AM")')
SELECT jsonb_path_query('"13:00 PM"', '$.datetime("HH12:MI AM")', silent => true)
SELECT jsonb_path_query('"20170310"', '$.datetime("YYYYMMDD")')
SELECT jsonb_path_query('"20170310"', '$.datetime("YYYYMMDD")', silent => true)
SELECT jsonb_path_query('"2017-03-10T12"', '$.datetime("YYYY-MM-DD\"T\"HH24")')
SELECT jsonb_path_query('"2017-03-10T12"', '$.datetime("YYYY-MM-DD\"T\"HH24")', silent => true)
SELECT jsonb_path_query('"2017-03-10X12"', '$.datetime("YYYY-MM-DD\"T\"HH24")')
SELECT jsonb_path_query('"2017-03-10X12"', '$.datetime("YYYY-MM-DD\"T\"HH24")', silent => true)
SELECT jsonb_path_query('"2457823"', '$.datetime("J")')
SELECT jsonb_path_query('"2457823"', '$.datetime("J")', silent => true)
SELECT jsonb_path_query('"03/2017"', '$.datetime("MM/YYYY")')
SELECT jsonb_path_query('"03/2017"', '$.datetime("MM/YYYY")', silent => true)
SELECT jsonb_path_query('"MARCH"', '$.datetime("month")')
SELECT jsonb_path_query('"MARCH"', '$.datetime("month")', silent => true)
SELECT jsonb_path_query('"2017"', '$.datetime("yyyy")')
SELECT jsonb_path_query('"2017"', '$.datetime("yyyy")', silent => true)
SELECT jsonb_path_query('"2017 "', '$.datetime("yyyy")')
SELECT jsonb_path_query('"2017 "', '$.datetime("yyyy")', silent => true)
SELECT jsonb_path_query('"2017x"', '$.datetime("yyyy")')
SELECT jsonb_path_query('"2017x"', '$.datetime("yyyy")', silent => true)
SELECT jsonb_path_query('" 2017"', '$.datetime("yyyy")')
SELECT jsonb_path_query('" 2017"', '$.datetime("yyyy")', silent => true)
SELECT jsonb_path_query('"12"', '$.datetime("HH24")')
SELECT jsonb_path_query('"12"', '$.datetime("HH24")', silent => true)
SELECT jsonb_path_query('"12:"', '$.datetime("HH24:")')
SELECT jsonb_path_query('"12:"', '$.datetime("HH24:")', silent => true)
SELECT jsonb_path_query('"12;34"', '$.datetime("HH24;MI")')
SELECT jsonb_path_query('"12;34"', '$.datetime("HH24;MI")', silent => true)
SELECT jsonb_path_query('"12''34"', '$.datetime("HH24''MI")')
SELECT jsonb_path_query('"12''34"', '$.datetime("HH24''MI")', silent => true)
SELECT jsonb_path_query('"12:34 UTC"', '$.datetime("HH24:MI TZ")')
SELECT jsonb_path_query('"12:34 UTC"', '$.datetime("HH24:MI TZ")', silent => true)
SELECT jsonb_path_query('"12:60"', '$.datetime("HH24:MI")')
SELECT jsonb_path_query('"12:60"', '$.datetime("HH24:MI")', silent => true)
SELECT jsonb_path_query('"1"', '$.datetime("Q")')
SELECT jsonb_path_query('"1"', '$.datetime("Q")', silent => true)
SELECT jsonb_path_query('"Mon 06"', '$.datetime("DY DD")')
SELECT jsonb_path_query('"Mon 06"', '$.datetime("DY DD")', silent => true)
SELECT jsonb_path_query('"2017-03-10 1"', '$.datetime("YYYY-MM-DD TZH")')
SELECT jsonb_path_query('"2017-03-10 1"', '$.datetime("YYYY-MM-DD TZH")', silent => true)
SELECT jsonb_path_query('"5874898-01-01"', '$.datetime("YYYYYY-MM-DD")')
SELECT jsonb_path_query('"5874898-01-01"', '$.datetime("YYYYYY-MM-DD")', silent => true)
SELECT jsonb_path_query('"300000-01-01 00"', '$.datetime("YYYYYY-MM-DD HH24")')
SELECT jsonb_path_query('"300000-01-01 00"', '$.datetime("YYYYYY-MM-DD HH24")', silent => true)
SET TIME ZONE '+00'
SET TIME ZONE '+00'
SELECT jsonb_path_query('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ == "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ == "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ >= "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ >= "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ < "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ < "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ != "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ != "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ == "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query_tz('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ == "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ >= "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query_tz('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ >= "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ < "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query_tz('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ < "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ != "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query_tz('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ != "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ == "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ == "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ >= "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ >= "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ < "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ < "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ != "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ != "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ == "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ == "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ >= "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ >= "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ < "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ < "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ != "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ != "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ == "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ == "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ >= "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ >= "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ < "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ < "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ != "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ != "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SET TIME ZONE 'America/New_York'
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ == "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ >= "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ < "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-11", "2017-03-09", "12:34:56", "01:02:03 +04", "2017-03-10 00:00:00", "2017-03-10 12:34:56", "2017-03-10 01:02:03 +04", "2017-03-10 03:00:00 +03"]', '$[*].datetime() ? (@ != "10.03.2017".datetime("dd.mm.yyyy"))')
SELECT jsonb_path_query_tz('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ == "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query_tz('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ >= "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query_tz('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ < "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query_tz('["12:34:00", "12:35:00", "12:36:00", "12:35:00 +00", "12:35:00 +01", "13:35:00 +01", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +01"]', '$[*].datetime() ? (@ != "12:35".datetime("HH24:MI"))')
SELECT jsonb_path_query_tz('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ == "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ >= "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ < "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["12:34:00 +01", "12:35:00 +01", "12:36:00 +01", "12:35:00 +02", "12:35:00 -02", "10:35:00", "11:35:00", "12:35:00", "2017-03-10", "2017-03-10 12:35:00", "2017-03-10 12:35:00 +1"]', '$[*].datetime() ? (@ != "12:35 +1".datetime("HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ == "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ >= "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ < "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00", "2017-03-10 12:35:00", "2017-03-10 12:36:00", "2017-03-10 12:35:00 +01", "2017-03-10 13:35:00 +01", "2017-03-10 12:35:00 -01", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ != "10.03.2017 12:35".datetime("dd.mm.yyyy HH24:MI"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ == "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ >= "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ < "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SELECT jsonb_path_query_tz('["2017-03-10 12:34:00 +01", "2017-03-10 12:35:00 +01", "2017-03-10 12:36:00 +01", "2017-03-10 12:35:00 +02", "2017-03-10 12:35:00 -02", "2017-03-10 10:35:00", "2017-03-10 11:35:00", "2017-03-10 12:35:00", "2017-03-10", "2017-03-11", "12:34:56", "12:34:56 +01"]', '$[*].datetime() ? (@ != "10.03.2017 12:35 +1".datetime("dd.mm.yyyy HH24:MI TZH"))')
SET TIME ZONE DEFAULT
SELECT jsonb_path_query('"1000000-01-01"', '$.datetime() > "2020-01-01 12:00:00".datetime()')
SELECT jsonb_path_query_tz('"1000000-01-01"', '$.datetime() > "2020-01-01 12:00:00 +01".datetime()')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[*] ? (@.datetime() == "2017-03-10".datetime())')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[*].datetime()')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[*] ? ((@.datetime() < "12:30:00".datetime()) is unknown)')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', 'strict $[*] ? (@.datetime() < "12:30:00".datetime())')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[0].datetime() starts with "2"')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[0].datetime() == "2017-03-10"')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '($[0].datetime() == "2017-03-10").type()')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[0].datetime() + 1')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[0].datetime().size()')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[0].datetime() like_regex "2"')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[0].datetime().datetime()')
SELECT jsonb_path_query('["2017-03-10", "12:00:00", "x"]', '$[0].datetime().double()')
SELECT jsonb_path_exists('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_exists('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_exists_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_exists_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_match('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_match('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_match_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_match_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_query('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_query('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_query_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_query_array('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_query_array('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_query_array_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_query_array_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_query_first('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_query_first('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)
SELECT jsonb_path_query_first_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', '$[0].datetime() == $[1].datetime()')
SELECT jsonb_path_query_first_tz('["2017-03-10", "2017-03-10 00:00:00 +00"]', 'exists($[0].datetime() ? (@ == $[1].datetime()))', silent => true)

# The functions
SELECT jsonb_path_query('[{"a": 1}, {"a": 2}]', '$[*]')
SELECT jsonb_path_query('[{"a": 1}, {"a": 2}]', '$[*] ? (@.a > 10)')
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}, {}]', 'strict $[*].a')
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}, {}]', '$[*].a')
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}, {}]', 'strict $[*].a', silent => true)
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}, {}]', '$[*].a', silent => true)
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}]', '$[*].a')
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}]', '$[*].a ? (@ == 1)')
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}]', '$[*].a ? (@ > 10)')
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 5}]', '$[*].a ? (@ > $min && @ < $max)', vars => '{"min": 1, "max": 4}')
SELECT jsonb_path_query_array('[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 5}]', '$[*].a ? (@ > $min && @ < $max)', vars => '{"min": 3, "max": 4}')
SELECT jsonb_path_query_array('[1, "a\"b\n", null, true, {"k": [1.50, {}]}, []]', '$')
SELECT jsonb_path_query_array('[1, "a\"b\n", null, true, {"k": [1.50, {}]}, []]', '$[*]')
SELECT jsonb_path_query_array('[1, "a\"b\n", null, true, {"k": [1.50, {}]}, []]', '$[4]')
SELECT jsonb_path_query_array('[1, "a\"b\n", null, true, {"k": [1.50, {}]}, []]', '$[*].k')
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}, {}]', 'strict $[*].a')
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}, {}]', '$[*].a')
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}, {}]', 'strict $[*].a', silent => true)
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}, {}]', '$[*].a', silent => true)
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}]', '$[*].a')
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}]', '$[*].a ? (@ == 1)')
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}]', '$[*].a ? (@ > 10)')
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 5}]', '$[*].a ? (@ > $min && @ < $max)', vars => '{"min": 1, "max": 4}')
SELECT jsonb_path_query_first('[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 5}]', '$[*].a ? (@ > $min && @ < $max)', vars => '{"min": 3, "max": 4}')
SELECT jsonb_path_query_first('[1, "a\"b\n", null, true, {"k": [1.50, {}]}, []]', '$')
SELECT jsonb_path_query_first('[1, "a\"b\n", null, true, {"k": [1.50, {}]}, []]', '$[*]')
SELECT jsonb_path_query_first('[1, "a\"b\n", null, true, {"k": [1.50, {}]}, []]', '$[4]')
SELECT jsonb_path_query_first('[1, "a\"b\n", null, true, {"k": [1.50, {}]}, []]', '$[*].k')
SELECT jsonb '[{"a": 1}, {"a": 2}]' @? '$[*].a ? (@ > 1)'
SELECT jsonb '[{"a": 1}, {"a": 2}]' @? '$[*] ? (@.a > 2)'
SELECT jsonb_path_exists('[{"a": 1}, {"a": 2}]', '$[*].a ? (@ > 1)')
SELECT jsonb_path_exists('[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 5}]', '$[*] ? (@.a > $min && @.a < $max)', vars => '{"min": 1, "max": 4}')
SELECT jsonb_path_exists('[{"a": 1}, {"a": 2}, {"a": 3}, {"a": 5}]', '$[*] ? (@.a > $min && @.a < $max)', vars => '{"min": 3, "max": 4}')
WITH str(j, num) AS (SELECT jsonb_build_object('s', s), num FROM unnest('{"", "a", "ab", "abc", "abcd", "b", "A", "AB", "ABC", "ABc", "ABcD", "B"}'::text[]) WITH ORDINALITY AS a(s, num)) SELECT s1.j, s2.j, jsonb_path_query_first(s1.j, '$.s < $s', vars => s2.j) lt, jsonb_path_query_first(s1.j, '$.s <= $s', vars => s2.j) le, jsonb_path_query_first(s1.j, '$.s == $s', vars => s2.j) eq, jsonb_path_query_first(s1.j, '$.s >= $s', vars => s2.j) ge, jsonb_path_query_first(s1.j, '$.s > $s', vars => s2.j) gt FROM str s1, str s2 ORDER BY s1.num, s2.num
SELECT * FROM jsonb_path_query('[1, 2, 3]', '$[*]') WITH ORDINALITY
SELECT q.x, q.x::int + 1 FROM jsonb_path_query('[1, 2, 3]', '$[*]') AS q(x) ORDER BY 1 DESC
SELECT jsonb_path_query('[1, 2]', '$[*]'), jsonb_path_query('[3, 4, 5]', '$[*]'), generate_series(1, 2)
SELECT jsonb_path_query(jsonb_path_query('[[1, 2], [3]]', '$[*]'), '$[*]')
SELECT count(*), sum(x::int) FROM jsonb_path_query('[1, 2, 3]', '$[*] ? (@ > 1)') x
SELECT id, x FROM (VALUES (1, '[1, 2]'::jsonb), (2, '{}'), (3, '[5]')) t(id, j), LATERAL jsonb_path_query(j, '$[*]') x ORDER BY id, x
SELECT id, x FROM (VALUES (1, '[1, 2]'::jsonb), (2, '[]')) t(id, j) LEFT JOIN LATERAL jsonb_path_query(j, '$[*]') x ON true ORDER BY id, x
SELECT jsonb_path_query_array(j, '$[*] ? (@ > $n)', jsonb_build_object('n', n)) FROM (VALUES ('[1, 2, 3]'::jsonb, 1), ('[5, 0]', 2)) t(j, n)
SELECT jsonb_agg(x ORDER BY x DESC) FROM jsonb_path_query('[1, 3, 2]', '$[*]') x
SELECT x FROM jsonb_path_query('[{"a": 2}, {"a": 1}]', '$[*]') x ORDER BY x->'a'
SELECT CASE WHEN true THEN jsonb_path_query('[1]', '$[*]') END
SELECT 1 WHERE jsonb_path_query('[true]', '$[*]')::bool
SELECT jsonb_path_query_first('{"a": {"b": "x"}}', '$.a.b') #>> '{}', (jsonb_path_query_first('{"n": 5}', '$.n'))::int, jsonb_path_query_array('[1]', '$') -> 0
SELECT jsonb_path_exists('{"a": 1}', '$.a') AND '{"a": 1}'::jsonb @? '$.b' IS NOT TRUE
PREPARE by_path(jsonb, jsonpath) AS SELECT jsonb_path_query_array($1, $2)
EXECUTE by_path('[1, 2, 3]', '$[*] ? (@ >= 2)')
EXECUTE by_path('[1, 2, 3]', '$[')
DEALLOCATE by_path
SELECT jsonb_path_query('{"k": "v"}', '$.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a')
SELECT jsonb_path_query('{"k": "v"}', '$ ? (@ == @ || exists(@.k))')
SELECT jsonb_path_query('{"k": "v"}', '(((((((((((((((((((((((((((((((((((((((($))))))))))))))))))))))))))))))))))))))))')
SELECT jsonb_path_query('{"k": "v"}', '----------------------------------------1')
SELECT jsonb_path_query('{"k": "v"}', '$.k == "0" || $.k == "1" || $.k == "2" || $.k == "3" || $.k == "4" || $.k == "5" || $.k == "6" || $.k == "7" || $.k == "8" || $.k == "9" || $.k == "10" || $.k == "11" || $.k == "12" || $.k == "13" || $.k == "14" || $.k == "15" || $.k == "16" || $.k == "17" || $.k == "18" || $.k == "19" || $.k == "20" || $.k == "21" || $.k == "22" || $.k == "23" || $.k == "24" || $.k == "25" || $.k == "26" || $.k == "27" || $.k == "28" || $.k == "29" || $.k == "30" || $.k == "31" || $.k == "32" || $.k == "33" || $.k == "34" || $.k == "35" || $.k == "36" || $.k == "37" || $.k == "38" || $.k == "39" || $.k == "40" || $.k == "41" || $.k == "42" || $.k == "43" || $.k == "44" || $.k == "45" || $.k == "46" || $.k == "47" || $.k == "48" || $.k == "49" || $.k == "50" || $.k == "51" || $.k == "52" || $.k == "53" || $.k == "54" || $.k == "55" || $.k == "56" || $.k == "57" || $.k == "58" || $.k == "59" || $.k == "v"')
