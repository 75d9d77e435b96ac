# language: How operators and strings with escapes are read
! CREATE TABLE ct (id int PRIMARY KEY, a int, j json, jp jsonpath, v text)
! INSERT INTO ct VALUES (1, 10, '{}', '$', 'x'), (2, 20, '[]', '$.a', 'y')
SELECT 5!=-1
SELECT 'x'!=-1
SELECT 1 !=-1 AND true
SELECT a!=-1 FROM ct
SELECT a<>-1, a=-1, a<-1, a>=-1, a*-1, a/-1, a+-1, a-+1 FROM ct ORDER BY id
SELECT ~-1
SELECT @ -5, ~ -1, |/ 4, ||/ 8
SELECT |/-4
SELECT -@-5
SELECT 2^-1
SELECT 2 ^ -1
SELECT 10.0^-5
SELECT (-2.0)^-3
SELECT 1**2
SELECT 'a'||-1
SELECT 1%-1
SELECT 1#-1
SELECT 1&-1
SELECT 2|-1
SELECT 1 <=>2
SELECT 1?2
SELECT '[1,2]'::json->-1, '[1,2]'::json->>-1, '{"a":[1]}'::jsonb#>>'{a,-1}', '[1,2]'::jsonb-1, '[1,2]'::jsonb - -1
SELECT ARRAY[1]@>ARRAY[1], ARRAY[1]<@ARRAY[1], ARRAY[1]&&ARRAY[1], ARRAY[1]||2, 1||ARRAY[2]
SELECT 'a'~~'a', 'a'!~~'a', 'a'~*'A', 'a'!~*'A', 'a'^@'a'
SELECT '{"a":1}'::jsonb?'a', '{"a":1}'::jsonb?|'{a}', '{"a":1}'::jsonb?&'{a}', '{"a":1}'::jsonb@?'$.a', '{"a":1}'::jsonb@@'$.a == 1', '{"a":1}'::jsonb#-'{a}'
SELECT 1<<2, 8>>1, 5&4, 5|2, 5#1, 7%4
SELECT count(*)*-1, sum(a)/-2 FROM ct
SELECT 1*/* a comment */2
SELECT 1 +-- a comment
  2
SELECT t.* FROM ct t WHERE t.a>=-1 ORDER BY id
SELECT E'\uD83D\uDE00', E'a\uD83D\uDE00b', length(E'\U0000D83D\uDE00')
SELECT E'\uD83D'
SELECT E'\uDE00'
SELECT E'\uD83Dx'
SELECT E'\uD83D\n'
SELECT E'\uD83D\u0041'
SELECT 1, E'\uD83D\uD83D'
SELECT E'\uD83D'''
SELECT E'\uD83'
SELECT E'\U00110000'
SELECT 'é', E'\u0000'
SELECT E'\xc3\xa9', E'\303\251', E'\xF0\x9F\x98\x80'
SELECT E'\xc3'
SELECT E'\xc3x'
SELECT E'é\xc3\xa9', 'behind'
SELECT E'\377'
SELECT E'\000'
SELECT E'\uD83D\uDE00' AS a, nosuch
SELECT E'\x', E'\xz', E'\8', E'\q', E'\t', E'\n' = chr(10)
SELECT E'\uD83D\uDE00',
  E'\xc3\xa9', 'x', E'\xc3\xa9'
  , nosuch
SELECT E'\uD83D\uDE00' = U&'\D83D\DE00'
