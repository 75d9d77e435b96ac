# language: String functions and operators

SELECT 'a' || 'b'
SELECT 'a' || 1
SELECT 1 || 'a'
SELECT 'a' || NULL
SELECT 'a' || true
SELECT 'a' || 1.50
SELECT 'x' || '2024-01-01'::date
SELECT 1 || 2
SELECT length('héllo')
SELECT char_length('日本')
SELECT octet_length('日本')
SELECT bit_length('日本')
SELECT length('')
SELECT upper('straße')
SELECT lower('ÀÉ')
SELECT upper('éß')
SELECT initcap('hello wORLD foo_bar-baz 3x')
SELECT initcap('éa ñb')
SELECT substring('hello' from 2 for 3)
SELECT substring('hello', 2)
SELECT substring('hello' for 2)
SELECT substring('hello' from -1 for 3)
SELECT substring('hello' from 0)
SELECT substring('日本語' from 2 for 1)
SELECT substring('hello' from 2 for -1)
SELECT substr('hello', -1)
SELECT substr('hello', 10)
SELECT substr('hello', 2, 0)
SELECT substr('hello', 0, 3)
SELECT substr('hello', -5, 8)
SELECT left('hello', 2)
SELECT left('hello', -2)
SELECT left('hello', 0)
SELECT right('hello', 2)
SELECT right('hello', -2)
SELECT right('hello', 10)
SELECT left('héllo', -10)
SELECT lpad('hi', 5)
SELECT lpad('hi', 5, 'xy')
SELECT lpad('hello', 2)
SELECT rpad('hi', 5, 'xy')
SELECT lpad('hi', 5, '')
SELECT lpad('hi', -1)
SELECT rpad('hi', 0)
SELECT lpad('日', 3, '本')
SELECT trim('  a  ')
SELECT trim(both 'x' from 'xxaxx')
SELECT trim(leading 'x' from 'xxaxx')
SELECT trim(trailing from 'a  ')
SELECT trim('xyx' from 'xyaxy')
SELECT btrim('xyaxy', 'yx')
SELECT ltrim('  a ')
SELECT rtrim('  a ')
SELECT trim(both from ' a ')
SELECT trim('a', 'ab')
SELECT ltrim('zzzytest', 'xyz')
SELECT rtrim('testxxzx', 'xyz')
SELECT btrim('', 'x')
SELECT btrim('x', '')
SELECT position('l' in 'hello')
SELECT position('' in 'hello')
SELECT position('z' in 'hello')
SELECT strpos('hello', 'lo')
SELECT strpos('日本', '本')
SELECT strpos('', '')
SELECT replace('hello', 'l', 'LL')
SELECT replace('hello', '', 'x')
SELECT replace('hello', 'l', '')
SELECT replace('', 'a', 'b')
SELECT translate('12345', '143', 'ax')
SELECT translate('hello', 'l', '')
SELECT repeat('ab', 3)
SELECT repeat('a', 0)
SELECT repeat('a', -1)
SELECT reverse('héllo')
SELECT reverse('')
SELECT overlay('Txxxxas' placing 'hom' from 2 for 4)
SELECT overlay('abc' placing 'XY' from 2)
SELECT overlay('abc' placing 'XY' from 5)
SELECT overlay('abc' placing 'X' from 0)
SELECT split_part('a,b,c', ',', 2)
SELECT split_part('a,b,c', ',', -1)
SELECT split_part('a,b,c', ',', 5)
SELECT split_part('a,b', '', 1)
SELECT split_part('', ',', 1)
SELECT split_part('abc', 'b', 2)
SELECT split_part('a,b', ',', 0)
SELECT ascii('x')
SELECT ascii('')
SELECT ascii('é')
SELECT chr(65)
SELECT chr(8364)
SELECT chr(233)
SELECT chr(0)
SELECT chr(-1)
SELECT chr(1114112)
SELECT concat('a', NULL, 1, true, 1.5, '2024-01-01'::date)
SELECT concat(NULL)
SELECT concat_ws(',', 'a', NULL, 'b')
SELECT concat_ws(NULL, 'a', 'b')
SELECT concat_ws('', 'a', 'b')
SELECT concat()
SELECT md5('abc')
SELECT md5('')
SELECT md5('\x00'::bytea)
SELECT to_hex(255)
SELECT to_hex(-1)
SELECT to_hex(0::bigint)
SELECT to_hex(9223372036854775807)
SELECT quote_ident('a')
SELECT quote_ident('A')
SELECT quote_ident('select')
SELECT quote_ident('a"b')
SELECT quote_ident('a b')
SELECT quote_ident('')
SELECT quote_literal('a''b')
SELECT quote_literal(E'a\\b')
SELECT quote_literal(1)
SELECT quote_literal(NULL)
SELECT quote_nullable('a')
SELECT quote_nullable(NULL)
SELECT quote_nullable(1.5)
SELECT starts_with('hello', 'he')
SELECT starts_with('hello', '')
SELECT 'hello' ^@ 'he'
SELECT 'hello' ^@ 'lo'
SELECT 'abc' LIKE 'a%'
SELECT 'abc' LIKE '_b_'
SELECT 'abc' LIKE 'A%'
SELECT 'abc' ILIKE 'A%'
SELECT 'a%c' LIKE 'a\%c'
SELECT 'abc' LIKE 'a\%c'
SELECT '' LIKE ''
SELECT '' LIKE '%'
SELECT 'abc' NOT LIKE 'x%'
SELECT 'É' ILIKE 'é'
SELECT 'a_c' LIKE 'a!_c' ESCAPE '!'
SELECT 'abc' LIKE 'a!_c' ESCAPE '!'
SELECT 'a\c' LIKE 'a\c' ESCAPE ''
SELECT 'a!c' LIKE 'a!!c' ESCAPE '!'
SELECT 'abc' LIKE 'abc\'
SELECT 'abc' LIKE 'a' ESCAPE 'xx'
SELECT 'abc' LIKE NULL
SELECT NULL LIKE 'a'
SELECT 'a' LIKE 'a' ESCAPE NULL
SELECT 'abc' ~~ 'a%'
SELECT 'abc' !~~ 'a%'
SELECT 'abc' ~~* 'A%'
SELECT 'abc' !~~* 'A%'
SELECT 'abc' ~ 'b'
SELECT 'abc' ~ '^b'
SELECT 'ABC' ~* 'b'
SELECT 'abc' !~ 'b'
SELECT 'abc' !~* 'B'
SELECT 'a.c' ~ 'a\.c'
SELECT 'abc' ~ ''
SELECT 'foo123' ~ '^[a-z]+\d+$'
SELECT 'a b' ~ 'a\sb'
SELECT 'abc' ~ '('
SELECT 'abc' ~ '[a'
SELECT 'abc' ~ 'a{2,1}'
SELECT 'aaa' ~ '^a{2,3}$'
SELECT 'foobar' ~ 'foo(?=bar)'
SELECT 'foo' ~ '(?i)FOO'
SELECT 'ab' ~ '^(a|b)+$'
SELECT 'x' ~ '[[:alpha:]]'
SELECT '5' ~ '[[:digit:]]'
SELECT E'\n' ~ '.'
SELECT E'a\nb'
SELECT E'\t|'
SELECT E'\x41\u00e9\101'
SELECT E'it''s'
SELECT 'it''s'
SELECT E'a\'b'
SELECT 'a\nb'
SELECT $$dollar 'q'$$
SELECT $x$a$$b$x$
SELECT 'a' 'b'
SELECT 'a'
  'b', 'c'
SELECT U&'\0041\+00e9'
SELECT U&'d!0061t' UESCAPE '!'
SELECT B'101'
SELECT X'1F'
SELECT format('Hello %s', 'World')
SELECT format('%I.%I', 'My', 'tab')
SELECT format('%L', 'it''s')
SELECT format('%L', NULL)
SELECT format('%s', NULL)
SELECT format('%%')
SELECT format('%2$s %1$s', 'a', 'b')
SELECT format('%1$s %s', 'a', 'b')
SELECT format('|%10s|', 'a')
SELECT format('|%-10s|', 'a')
SELECT format('|%*s|', 5, 'a')
SELECT format('|%-*s|', 5, 'a')
SELECT format('|%*s|', -5, 'a')
SELECT format('|%2$*1$s|', 4, 'x')
SELECT format('%s %s', 'a')
SELECT format('%I', NULL)
SELECT format('%x', 1)
SELECT format('%')
SELECT format('%0$s', 1)
SELECT format(NULL)
SELECT format('', 1)
SELECT format('%s', 1.50)
SELECT format('%s', true)
SELECT format('%s', '2024-01-01'::date)
SELECT format('%5s', NULL)
SELECT encode('abc', 'hex')
SELECT encode('abc', 'base64')
SELECT encode('\x00ff5c'::bytea, 'escape')
SELECT decode('YWJj', 'base64')
SELECT decode('616263', 'hex')
SELECT decode('a\\000b', 'escape')
SELECT decode('zz', 'hex')
SELECT decode('a', 'base64')
SELECT encode('a', 'nope')
SELECT decode('616', 'hex')
SELECT encode(repeat('abcdefgh', 10)::bytea, 'base64')
SELECT 'abc'::bytea
SELECT '\x616263'::bytea
SELECT E'\\000\\377'::bytea
SELECT ''::bytea
SELECT '\x'::bytea
SELECT 'a\\b'::bytea
SELECT '\x6'::bytea
SELECT '\xzz'::bytea
SELECT 'a\b'::bytea
SELECT length('\x0001'::bytea)
SELECT '\x01'::bytea || '\x02'
SELECT '\x01'::bytea < '\x0100'
SELECT substring('\x010203'::bytea from 2 for 1)
SELECT position('\x02'::bytea in '\x0102'::bytea)
SELECT get_byte('\x0102'::bytea, 1)
SELECT set_byte('\x0102'::bytea, 0, 255)
SELECT get_bit('\x01'::bytea, 0)
SELECT trim('\x00'::bytea from '\x000100'::bytea)
SELECT get_byte('\x01'::bytea, 5)
SELECT convert_from('\xc3a9'::bytea, 'UTF8')
SELECT convert_to('é', 'UTF8')
SELECT convert_to('é', 'LATIN1')
SELECT convert_from('\xff'::bytea, 'UTF8')
SELECT sha256('abc')
SELECT sha224('abc')
SELECT sha512('a')
SELECT sha384('')
SELECT to_ascii('a')
SELECT normalize('é', NFD)
SELECT 'é' IS NORMALIZED
SELECT unistr('\0041'), parse_ident('a."B"'), string_to_array('a,b', ','), string_to_table('a,b', ',')
SELECT regexp_replace('foobar', 'o+', 'X')
SELECT regexp_replace('foobar', 'o', 'X', 'g')
SELECT regexp_replace('abc', '(b)', '<\1>')
SELECT regexp_replace('ABC', 'b', 'x', 'i')
SELECT regexp_match('foobar', 'o(b)a'), regexp_split_to_array('a b  c', '\s+'), regexp_matches('a1b2', '\d', 'g')
SELECT substring('foobar' from 'o(.)b')
SELECT substring('foobar' from 'o.b')
SELECT substring('foobar' from 'z')
SELECT substring('abcdefg' similar 'a#"%#"g' escape '#')
SELECT 'abc' SIMILAR TO 'a%'
SELECT 'abc' SIMILAR TO '(a|x)bc'
SELECT 'abc' NOT SIMILAR TO 'b'
SELECT 'abc' SIMILAR TO 'ab'
SELECT strpos('abc', NULL)
SELECT left(NULL, 1)
SELECT upper(NULL)
SELECT length(NULL)
SELECT replace('a', NULL, 'b')
SELECT concat(NULL, NULL)
SELECT upper(5)
SELECT length(5)
SELECT upper('a', 'b')
SELECT nosuchfunc('a')
SELECT substring(123, 1, 2)
SELECT left('a', 'b')
SELECT left('abc', '2')
SELECT repeat('a', '3')
SELECT lpad('a', '3')
SELECT 'a' = 'b'
SELECT 'a' < 'b'
SELECT 'a' <> 'A'
SELECT 'a' = 'a '
SELECT '' IS NULL
SELECT 'a' > NULL
SELECT 'a' BETWEEN 'A' AND 'z'
SELECT 'a' + 'b'
SELECT 'a' + 1
SELECT 'a' - 'b'
SELECT '3' + '4'
SELECT '3' * 4
SELECT '10' / 4
SELECT '2' ^ 3
SELECT -'5'
SELECT 'true' AND 't'
SELECT NOT 'f'
SELECT 'yes' OR NULL
SELECT 'maybe' AND true
SELECT lower('ABC') = 'abc'
SELECT upper(lower('AbC'))
SELECT length(trim('  ab '))
SELECT count(*), max(s), min(s) FROM (VALUES ('b'), ('a'), ('C')) v(s)
SELECT string_agg(s, ','), string_agg(s, ',' ORDER BY s), string_agg(s, ', ' ORDER BY s DESC) FROM (VALUES ('b'), ('a'), ('C')) v(s)
SELECT string_agg(s, NULL), string_agg(NULL::text, ','), string_agg(s, s) FROM (VALUES ('b'), ('a')) v(s)
SELECT string_agg(DISTINCT s, ',') FROM (VALUES ('b'), ('a'), ('b')) v(s)
SELECT string_agg(DISTINCT s, ',' ORDER BY s DESC) FROM (VALUES ('b'), ('a'), ('b')) v(s)
SELECT string_agg(DISTINCT s, ',' ORDER BY length(s)) FROM (VALUES ('b'), ('a'), ('b')) v(s)
SELECT string_agg(n, ',') FROM (VALUES (1), (2)) v(n)
SELECT string_agg(n::text, ',' ORDER BY n) FILTER (WHERE n > 1) FROM (VALUES (1), (2), (3)) v(n)
SELECT string_agg('\x01'::bytea, '\x00'::bytea)
SELECT pg_typeof('a')
SELECT pg_typeof('a' || 'b')
SELECT pg_typeof(NULL)
SELECT pg_typeof(upper('a'))
SELECT pg_typeof(substring('a', 1))
SELECT pg_typeof('a'::varchar)
SELECT 'abc'::text::varchar(2)
SELECT 'abc'::char(2)::text
SELECT cast('abc' as text)
SELECT text 'x'
SELECT varchar 'y'
SELECT char 'zz'
SELECT repeat('x', 1000000000) IS NULL
SELECT repeat('x', 2147483647) IS NULL
SELECT lpad('', 2147483647) IS NULL
SELECT $1 || $2, length($1)
$ a | b
SELECT $1 || 'x', upper($2)
$ NULL | b
SELECT concat($1::text, $2::int)
$ a | 5
SELECT $1 LIKE $2, $1 LIKE 'a%'
$ abc | %c
SELECT concat($1, 'a')
$ x
SELECT replace('a', '', NULL), replace(NULL, '', 'b'), replace('a', NULL, 'b'), replace('', '', 'x'), replace('aXbX', 'X', 'yy'), replace('ÄäÄ', 'Ä', ''), replace('abc', '', 'x')
