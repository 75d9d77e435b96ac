#!/usr/bin/env bash
# psql: what people type.
url=$1
failed=0

# check NAME EXPECTED ARGUMENTS…: psql's output (errors included) equals EXPECTED.
check() {
    local name=$1 expected=$2 actual
    shift 2
    actual=$(psql -X "$url" "$@" 2>&1)
    if [ "$actual" = "$expected" ]; then
        echo "pass $name"
    else
        failed=1
        echo "FAIL $name: $(printf '%s' "$actual" | tr '\n' '~' | head -c 500)"
    fi
}

check aligned ' id | name 
----+------
  1 | x
  2 | 
(2 rows)' -c "SELECT * FROM (VALUES (1, 'x'), (2, NULL)) v (id, name) ORDER BY id"
check unaligned '1|x' -At -c "SELECT 1, 'x'"
check drops 'NOTICE:  table "compat_psql" does not exist, skipping
DROP TABLE' -c 'DROP TABLE IF EXISTS compat_psql'
check creates 'CREATE TABLE' -c 'CREATE TABLE compat_psql (id serial PRIMARY KEY, t text, f float8)'
check inserts 'INSERT 0 2' -c "INSERT INTO compat_psql (t, f) VALUES ('one', 1.5), ('it''s; two', NULL)"
check returning ' id |  t   
----+------
  1 | one!
(1 row)

UPDATE 1' -c "UPDATE compat_psql SET t = t || '!' WHERE id = 1 RETURNING id, t"
check two_commands '1
2' -At -c 'SELECT 1' -c 'SELECT 2'
check one_string_of_two '1
2' -At -c 'SELECT 1; SELECT 2'
check script $'CREATE TABLE\nINSERT 0 1\n7\nDROP TABLE' -At -f - <<'SQL'
CREATE TABLE compat_psql2 (a int); -- a comment; with a semicolon
INSERT INTO compat_psql2
  VALUES (7);
SELECT a FROM compat_psql2;
DROP TABLE compat_psql2;
SQL
check variables "it's 5" -At -v "word=it's" -v n=5 -f - <<'SQL'
SELECT :'word' || ' ' || :n;
SQL
check gexec 'built' -At -f - <<'SQL'
SELECT 'SELECT ''built''' \gexec
SQL
check gset 'got 3' -At -f - <<'SQL'
SELECT 1 + 2 AS sum \gset
\echo got :sum
SQL
check gdesc 'id|integer
t|text
?column?|double precision' -At -f - <<'SQL'
SELECT id, t, f + 1 FROM compat_psql \gdesc
SQL
check error_position 'ERROR:  column "nosuch" does not exist
LINE 1: SELECT id, nosuch FROM compat_psql
                   ^' -c 'SELECT id, nosuch FROM compat_psql'
check sqlstate 'ERROR:  42703' -v VERBOSITY=sqlstate -c 'SELECT nosuch'
check constraint_error 'ERROR:  duplicate key value violates unique constraint "compat_psql_pkey"
DETAIL:  Key (id)=(1) already exists.' -c 'INSERT INTO compat_psql (id) VALUES (1)'
check stops_on_error '1' -At -v ON_ERROR_STOP=1 -f <(echo 'SELECT 1; \q')
check conninfo_works 'postgres' -At -c 'SELECT current_database()'
check expanded '-[ RECORD 1 ]
a | 1
b | x' -x -c "SELECT 1 AS a, 'x' AS b"
check csv 'a,b
1,x' --csv -c "SELECT 1 AS a, 'x' AS b"
check crosstabview ' k | x | y 
---+---+---
 a | 1 | 2
(1 row)' -f <(echo "SELECT * FROM (VALUES ('a', 'x', 1), ('a', 'y', 2)) v (k, h, n) \crosstabview")
check encoding 'größe – 日本' -At -c "SELECT 'größe – 日本'"
check timing_and_set 'SET' -c "SET application_name = 'psql'"
check show_all_has_lines 't' -At -c "SELECT current_setting('server_version') LIKE '15%'"
check describe_table 'id|integer
t|text
f|double precision' -At -F '|' -c "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'compat_psql'::regclass AND attnum > 0 ORDER BY attnum"
check lists_tables 'public|compat_psql|table|postgres' -At -c '\dt compat_psql'
check transaction 'BEGIN
INSERT 0 1
ROLLBACK' -f - <<'SQL'
BEGIN;
INSERT INTO compat_psql (t) VALUES ('gone');
ROLLBACK;
SQL
check copy_in 'COPY 2' -f - <<'SQL'
\copy compat_psql (t) FROM stdin
one
two
\.
SQL
check copy_out 'one!' -At -c "COPY (SELECT t FROM compat_psql WHERE id = 1) TO STDOUT"
check fetch_count '1
2
3' -At -v FETCH_COUNT=2 -c 'SELECT x FROM (VALUES (1), (2), (3)) v (x) ORDER BY x'
check drops_again 'DROP TABLE' -c 'DROP TABLE compat_psql'
exit $failed
