# language: Regular expressions
# Look-around
SELECT regexp_match('price: 42 EUR', '\d+(?= EUR)'), regexp_match('price: 42 USD', '\d+(?= EUR)')
SELECT regexp_match('foobar', 'foo(?!baz)'), regexp_match('foobaz', 'foo(?!baz)')
SELECT regexp_match('$100 €200', '(?<=€)\d+'), regexp_match('a1b2', '(?<!a)\d')
SELECT 'Passw0rd!' ~ '^(?=.*[A-Z])(?=.*\d)(?=.*[^\w]).{8,}$', 'password' ~ '^(?=.*[A-Z])(?=.*\d).{8,}$'
SELECT regexp_replace('1234567.891', '(?<=\d)(?=(\d{3})+\.)', ',', 'g')
SELECT regexp_replace('1234567', '\B(?=(\d{3})+$)', ',', 'g')
SELECT regexp_replace('camelCaseString', '(?<!^)([A-Z])', '_\1', 'g')
SELECT regexp_split_to_array('camelCaseString', '(?=[A-Z])'), regexp_split_to_array('a,b;c', '(?<=[,;])')
SELECT regexp_matches('ab12cd34', '(?<=[a-z])\d+(?=[a-z]|$)', 'g')
SELECT regexp_match('abc', '(?=(b))b'), regexp_match('abc', '(?:(?=b)|(?=c)).')
SELECT regexp_match('abab', '(?=(?=ab)a)ab(?<=(?<=a)b)')
SELECT regexp_match('xyz', 'x(?=)'), regexp_match('xyz', 'x(?!)'), regexp_match('', '(?<!.)')
SELECT 'ab' ~ '(?=a)*', 'ab'
SELECT 'ab' ~ '(?<a)'
SELECT 'ab' ~ '(?='
SELECT 'ab' ~ '(a)(?=\1)'
SELECT regexp_count('aaaa', 'a(?=a)'), regexp_instr('xaya', '(?<=y)a'), regexp_substr('key=value', '(?<==).*')
SELECT regexp_replace(E'a\nb', '(?<=^)b', 'x', 'n'), regexp_replace(E'a\nb', '(?=$)', '!', 'gn')
SELECT regexp_match('ABC', '(?<=a)b', 'i'), 'ABC' ~* '(?<=a)b(?=C)'
SELECT x, x ~ '^(?!foo|bar)' FROM (VALUES ('foo'), ('bart'), ('baz'), ('')) v(x)
# Back references
SELECT regexp_match('hello', '(.)\1'), regexp_match('abc', '(.)\1')
SELECT regexp_replace('the the quick quick fox', '\m(\w+) \1\M', '\1', 'g')
SELECT regexp_match('<b>bold</b><i>x</b>', '<(\w+)>.*?</\1>'), regexp_matches('<b>1</b><i>2</i>', '<(\w+)>(.*?)</\1>', 'g')
SELECT regexp_match('abcabc', '^(a)(b)(c)\1\2\3$'), regexp_match('aabb', '(a*)(b*)\1\2')
SELECT regexp_match('aaaa', '^(a+)\1$'), regexp_match('aaaaa', '^(a+)\1$'), regexp_match('aaaaaa', '^(a+?)\1+$')
SELECT 'abab' ~ '^(ab)\1*$', 'ababab' ~ '^(ab)\1{2}$', 'abababab' ~ '^(ab)\1{2}$'
SELECT regexp_match('xx', '(x)?\1'), regexp_match('', '(x)?\1'), regexp_match('', '(x*)\1'), regexp_match('ab', '(c)*\1')
SELECT regexp_match('AbaB', '^(ab)\1$', 'i'), regexp_match('AbaB', '^(ab)\1$')
SELECT 'a' ~ '\1', 'a'
SELECT 'aa' ~ '(a\1)'
SELECT 'aa' ~ '\1(a)'
SELECT 'aa' ~ '(a)\2'
SELECT 'aa' ~ '(?:a)\1'
SELECT regexp_match('abcdefghijkk', '(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)\11'), regexp_match(E'a\u0009', '(a)\11')
SELECT regexp_match('radar level noon abc', '\m(\w)(\w)\w?\2\1\M'), regexp_matches('radar level noon abc', '\m(\w)(\w)\w?\2\1\M', 'g')
SELECT regexp_match('aXbXc', '(.)X(.)X(?!\1|\2).'), regexp_match('abcb', '((a)|(b))c\3')
SELECT regexp_match('aab', '(?:(a)|b)+\1'), regexp_match('abcabc', '(?:(a)|(b)|(c))*\3')
SELECT regexp_split_to_table('1-2-3x4x5', '(-|x)(?=\d\1)')
SELECT regexp_match('it''s "quoted" and ''so''', '(["''])([^"'']*)\1', '')
# What is as long as it can, and what comes of it
SELECT regexp_match('aab', 'a*(?:ab)?(b*)'), regexp_match('abcd', '(?:a|ab)(?:c|bcd)(d*)'), regexp_match('xaabb', 'x(?:a+?)(?:a|ab)*(b*)')
SELECT regexp_match('xaabb', 'x(?:a+?b)?(?:a|ab)*(b*)'), regexp_match('aaab', '(?:a{1,2}){2}(a*)'), regexp_match('xyxy', '(?:x??y)*(x*y)')
SELECT regexp_match('XY1234Z', 'Y*([0-9]{1,3})'), regexp_match('XY1234Z', 'Y*?([0-9]{1,3})'), regexp_match('XY1234Z', '(?:Y*){1,1}?([0-9]{1,3})')
SELECT regexp_match('abc01234xyz', '(.*)(\d+)(.*)'), regexp_match('abc01234xyz', '(.*?)(\d+)(.*)'), regexp_match('abc01234xyz', '(?:(.*?)(\d+)(.*)){1,1}')
SELECT regexp_match('foo bar baz', '(\w+)(?: (\w+))*'), regexp_match('aaa', '(a??)(a*)'), regexp_match('aaa', '(a){2}?'), regexp_match('aaa', '(a){1,2}?')
SELECT regexp_match('abab', '(?:(a)(b))*?$'), regexp_match('abab', '((a)|b)*?$'), regexp_match('ab', '(a|ab)(b*?)$')
SELECT substring('foobar' SIMILAR '%#"o_b#"%' ESCAPE '#'), substring('abcdefg' SIMILAR 'a#"%#"g' ESCAPE '#'), substring('abcdefg' SIMILAR 'a*#"%#"g*' ESCAPE '#')
# Characters by number and name
SELECT 'é' ~ '^\u00e9$', 'é' ~ '^\U000000e9$', 'A' ~ '^\x41$', 'A' ~ '^\101$', 'A1' ~ '^\1011$', E'\t' ~ '^\cI$', 'a' ~ '^\x0000061$'
SELECT 'a' ~ '\u61', 1
SELECT 'a' ~ '\x', 1
SELECT 'a' ~ '\U110000000', 1
SELECT 'a' ~ '\ud800', 'a' ~ '[\u0061-\u0063]', 'd' ~ '[\x61-\x63]', E'\u0001' ~ '\01', '8' ~ '\08'
SELECT 'a-c' ~ '^a[[.-.]]c$', 'a-c' ~ '^a[[.hyphen.]]c$', 'b' ~ '[[.a.]-[.c.]]', 'e' ~ '[[=e=]]', 'é' ~ '[[=e=]]', '.' ~ '[[.period.]]'
SELECT 'a' ~ '[[.nope.]]', 1
SELECT 'a' ~ '[[==]]', 1
SELECT 'a' ~ '[[.a]', 1
SELECT 'a' ~ '[[:nope:]]', 1
SELECT 'a' ~ '[z-a]', 1
SELECT 'a' ~ '[a-b-c]', 1
SELECT 'a' ~ '[[:alpha:]-z]', 1
SELECT 'a' ~ '[\d-z]', 1
SELECT 'a-' ~ '^[a-]+$', '-a' ~ '^[-a]+$', ']' ~ '[]]', '^' ~ '[\^]', '\' ~ '[\\]', 'b' ~ '[^]a]', '[' ~ '[[]'
SELECT 'x1 ' ~ '^[\w\s]+$', '!' ~ '[\W]', 'a' ~ '[\D\s]', '1' ~ '[^\D]', 'ab' ~ '[\Wa]b'
# Newlines
SELECT regexp_match(E'a\nb', 'a.b', 'n'), regexp_match(E'a\nb', 'a[^x]b', 'n'), regexp_match(E'a\nb', 'a\Wb', 'n'), regexp_match(E'a\nb', 'a\Db', 'p'), regexp_match(E'a\nb', 'a[\W]b', 'n')
SELECT regexp_match(E'a\nb', '^b', 'w'), regexp_match(E'a\nb', '^b', 'p'), regexp_match(E'a\nb', 'a$.', 'w'), regexp_match(E'a\nb\n', '\Ab|b\Z', 'n')
# Other languages
SELECT regexp_match('a|b', 'a|b', 'b'), regexp_match('aab', 'a\{2\}b', 'b'), regexp_match('aa', '\(a\)\1', 'b'), regexp_match('a*b', '*b', 'b'), regexp_match('a*', '^*', 'b')
SELECT regexp_match('a|b', 'a|b', 'e'), regexp_match('a+', 'a+', 'e'), regexp_match('x', '(?e)x+?'), regexp_match('x)', '(?e)x)'), regexp_match('b', '(?e)\b'), regexp_match('\', '(?e)[\]')
SELECT regexp_match('a.b', 'a.b', 'q'), regexp_match('axb', 'a.b', 'q'), regexp_match('a.b', '***=a.b'), regexp_match('axb', '***=a.b'), regexp_match('axb', '***:a.b'), regexp_match('a+b', '(?q)a+b')
SELECT regexp_match('a', 'a', 'qx')
SELECT 'a' ~ '***a', 1
SELECT 'a' ~ '***?a', 1
SELECT 'a' ~ '(?z)a', 1
SELECT 'a' ~ '(?ia', 1
SELECT 'ab' ~ ('(?x) a   # first' || E'\n' || 'b # second'), 'ab' ~ 'a(?#comment)b', 'a b' ~ '(?x)a\ b', 'a#' ~ '(?x)a[#]'
SELECT 'aaa' ~ '(?x)^a{ 2 , 3 }$', 1
SELECT 'a{' ~ 'a{', 'a{,2}' ~ 'a{,2}', 'a' ~ 'a{1'
SELECT 'a' ~ 'a{2,1}', 1
SELECT 'a' ~ 'a{256}', 1
SELECT 'a' ~ 'a{0}', '' ~ '^(a){0}$', regexp_match('b', '(a){0}b'), 'b' ~ '(a){0}\1b'
SELECT 'a' ~ 'a**', 1
SELECT 'a' ~ '^*', 1
SELECT 'a' ~ '+a', 1
SELECT 'a' ~ '(+a)', 1
SELECT 'a' ~ 'a|*b', 1
SELECT 'a' ~ '()', '' ~ '|a', 'a' ~ '(|a)$', regexp_match('ab', '(a||b)+'), regexp_match('', '(a*)*'), regexp_match('', '(a*)+'), regexp_match('', '(a)*')
SELECT 'a' ~ 'a\', 1
SELECT 'a' ~ '\q', 1
SELECT 'foo bar' ~ '[[:<:]]bar[[:>:]]', 'foo bar' ~ '\mbar\M', 'foobar' ~ '\ybar', 'foobar' ~ '\Ybar', 'foo' ~ '\Af', 'foo' ~ 'o\Z'
# Expressions of columns
! CREATE TABLE rx (id int PRIMARY KEY, t text, p text)
! INSERT INTO rx VALUES (1, 'abcabc', '^(abc)\1$'), (2, 'foobar', 'foo(?=bar)'), (3, 'foobaz', 'foo(?!baz)'), (4, NULL, 'x'), (5, 'x', NULL)
SELECT id, t ~ p, regexp_match(t, p), regexp_replace(t, p, '<\&>') FROM rx ORDER BY id
SELECT id FROM rx WHERE t ~ '(\w)(\w)(\w)\1\2\3' OR t !~ '(?<=foo)bar' ORDER BY id
! CREATE TABLE rx_checked (code text CHECK (code ~ '^(?!00)\d{4}$'))
INSERT INTO rx_checked VALUES ('1234')
INSERT INTO rx_checked VALUES ('0012')
UPDATE rx_checked SET code = '0099'
SELECT '{"a": "xx"}'::jsonb @? '$.a ? (@ like_regex "(.)\\1")', '{"a": "xy"}'::jsonb @? '$.a ? (@ like_regex "x(?=y)")'
