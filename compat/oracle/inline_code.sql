# schema: DO
DO $$ BEGIN CREATE TYPE ic_mood AS ENUM ('a','b'); EXCEPTION WHEN duplicate_object THEN null; END $$
DO $$ BEGIN CREATE TYPE ic_mood AS ENUM ('a','b'); EXCEPTION WHEN duplicate_object THEN null; END $$
DO $$ BEGIN
   CREATE TYPE ic_mood AS ENUM ('a','b');
  END $$
DO $$ BEGIN
   CREATE TABLE IF NOT EXISTS ic_t (a int); CREATE TABLE IF NOT EXISTS ic_t (a int);
   INSERT INTO nosuch VALUES (1);
  END $$
DO $$ BEGIN
   IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'ic_mood') THEN CREATE TYPE ic_mood AS ENUM ('a'); END IF;
   RAISE NOTICE 'hello % %', 1+1, 'x';
   RAISE WARNING 'w';
   RAISE INFO 'i';
   RAISE LOG 'l';
   RAISE DEBUG 'd';
  END $$
DO $$ BEGIN RAISE EXCEPTION 'boom %', 5; END $$
DO $$ BEGIN RAISE EXCEPTION 'boom' USING ERRCODE = '22012', HINT = 'h', DETAIL = 'd'; END $$
DO $$ BEGIN RAISE unique_violation; END $$
DO $$ BEGIN RAISE SQLSTATE '22012'; END $$
DO $$ BEGIN RAISE 'x'; END $$
DO $$ BEGIN RAISE; END $$
DO $$ BEGIN SELECT 1; END $$
DO $$ BEGIN PERFORM 1; PERFORM 1/0; END $$
DO $$ BEGIN EXECUTE 'SELECT 1/0'; END $$
DO $$ BEGIN EXECUTE 'SELECT 1'; EXECUTE NULL; END $$
DO $$ BEGIN EXECUTE 'CREATE TABLE ' || quote_ident('My T') || ' (a int)'; END $$
DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'My T'); EXECUTE format('DROP TABLE %I', 'My T'); END $$
DO $$ BEGIN IF 1 THEN NULL; END IF; END $$
DO $$ BEGIN IF NULL THEN RAISE NOTICE 'a'; ELSIF 1=1 THEN RAISE NOTICE 'b'; ELSE RAISE NOTICE 'c'; END IF; END $$
DO $$ BEGIN IF 1/0=1 THEN NULL; END IF; END $$
DO $$ BEGIN COMMIT; END $$
DO $$ BEGIN SAVEPOINT x; END $$
BEGIN
DO $$ BEGIN COMMIT; END $$
ROLLBACK
DO $$ BEGIN SELCT 1; END $$
DO $$
  BEGIN
    CREATE TABL x (a int);
  END $$
DO $$ BEGIN CREATE TABLE ic_x2 (a int) END $$
DO $$ BEGIN NULL END $$
DO $$ BEGIN NULL; $$
DO $$ BEGIN END $$ LANGUAGE nosuch
DO LANGUAGE plpgsql $$ BEGIN END $$
DO 'BEGIN NULL; END'
DO LANGUAGE sql 'SELECT 1'
DO
DO $$ $$
DO $$ BEGIN EXCEPTION WHEN nosuch_cond THEN null; END $$
DO $$ BEGIN PERFORM 1/0; EXCEPTION WHEN division_by_zero OR unique_violation THEN RAISE NOTICE 'got % %', SQLERRM, SQLSTATE; END $$
DO $$ BEGIN PERFORM 1/0; EXCEPTION WHEN unique_violation THEN NULL; WHEN OTHERS THEN RAISE NOTICE 'others %', SQLERRM; RAISE; END $$
DO $$ BEGIN PERFORM 1/0; EXCEPTION WHEN SQLSTATE '22012' THEN RAISE NOTICE '%', 'in ' || SQLERRM; END $$
DO $$ DECLARE BEGIN BEGIN RAISE NOTICE 'nested'; END; END $$
DO $$ <<foo>> BEGIN NULL; END foo $$
DO $$ BEGIN RAISE NOTICE 'pct %% %', 'a'; RAISE NOTICE '%'; END $$
DO $$ BEGIN RAISE NOTICE 'a', 1; END $$
DO $$ BEGIN ASSERT 1=2; END $$
DO $$ BEGIN ASSERT 1=2, 'msg'; END $$
DO $$ DECLARE i int := 1; BEGIN i := i + 1; RAISE NOTICE '%', i; END $$
DO $$ BEGIN SET LOCAL search_path = public; SET work_mem = '8MB'; END $$
DO $$ BEGIN INSERT INTO ic_t VALUES (1), (2) RETURNING a; END $$
DO $$ BEGIN INSERT INTO ic_t VALUES (1), (2); DELETE FROM ic_t WHERE a = 1/0; END $$
DO $$ BEGIN DO 'BEGIN RAISE NOTICE ''inner''; PERFORM 1/0; END'; END $$
DO $$ BEGIN ALTER TABLE ic_t ADD COLUMN a int; EXCEPTION WHEN duplicate_column THEN RAISE NOTICE 'column a already exists in t.'; END $$
DO $$ BEGIN RETURN; END $$
DO $$ BEGIN RETURN 1; END $$
DO $$ BEGIN LOOP EXIT; END LOOP; END $$
DO $$ BEGIN PERFORM * FROM nosuch; END $$
DO $$ BEGIN IF (SELECT nosuch FROM ic_t) THEN NULL; END IF; END $$
DO $$
  BEGIN
   RAISE NOTICE 'x';
  END $$
DO $$

  BEGIN
   PERFORM
     1/0;
  END $$
DO $$ BEGIN COPY ic_t FROM STDIN; END $$
DO $$ BEGIN EXECUTE 'COMMIT'; END $$
DO $$ BEGIN EXECUTE 'SELECT 1; SELECT 1/0'; END $$
DO $$ BEGIN EXECUTE 'SELCT 1'; END $$
DO $$ BEGIN EXECUTE 'SELECT nosuch'; END $$
DO $$ BEGIN RAISE NOTICE '%', 1/0; END $$
DO $$ BEGIN RAISE NOTICE '%', nosuch; END $$
DO $$ BEGIN RAISE NOTICE '%', NULL; RAISE NOTICE '%', true; RAISE NOTICE '%', now()::date > '2000-01-01'; END $$
DO $$ BEGIN EXECUTE 'SELECT ' || 1/0; END $$
DO $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'm', ERRCODE = 'unique_violation'; END $$
DO $$ BEGIN RAISE NOTICE USING MESSAGE = 'm' || 1; END $$
DO $$ BEGIN RAISE division_by_zero USING MESSAGE = 'm'; END $$
DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'nosuch'; END $$
DO $$ BEGIN RAISE EXCEPTION 'x' USING CONSTRAINT = 'c', TABLE = 't', COLUMN='cc', DATATYPE='d', SCHEMA='s'; END $$
DO $$ BEGIN RAISE nosuchcond; END $$
DO $$ BEGIN SELECT 1 INTO x; END $$
DO $$ BEGIN x := 1; END $$
DO $$ BEGIN IF true THEN NULL; END; END $$
DO $$ BEGIN IF true NULL; END IF; END $$
DO $$ BEGIN IF THEN NULL; END IF; END $$
DO $$ BEGIN IF true THEN NULL; ELSE END IF; END $$
DO $$ BEGIN IF true THEN END IF; END $$
DO $$ BEGIN PERFORM 1; EXCEPTION WHEN OTHERS THEN END $$
DO $$ BEGIN BEGIN CREATE TABLE ic_z1 (a int); RAISE EXCEPTION 'no'; EXCEPTION WHEN raise_exception THEN CREATE TABLE ic_z2 (a int); END; RAISE NOTICE '% %', to_regclass('ic_z1'), to_regclass('ic_z2'); END $$
DO $$ BEGIN NULL; END; $$
DO $$ begin null; end; -- comment
  $$
DO $$ BEGIN NULL; END x $$
DO $$ BEGIN NULL; END $$ $$ BEGIN END $$
DO LANGUAGE plpgsql
DO LANGUAGE plpgsql $$ BEGIN END $$ LANGUAGE plpgsql
DO LANGUAGE 'plpgsql' $$ BEGIN END $$
DO LANGUAGE "PLPGSQL" $$ BEGIN END $$
DO LANGUAGE PLPGSQL $$ BEGIN END $$
SELECT 1; DO $$ BEGIN RAISE EXCEPTION 'late'; END $$
DO $$ BEGIN EXPLAIN SELECT 1; END $$
DO $$ BEGIN SHOW work_mem; END $$
DO $$ BEGIN VALUES (1); END $$
DO $$ BEGIN INSERT INTO ic_z2 VALUES (1) RETURNING a; END $$
DO $$ BEGIN UPDATE ic_z2 SET a = 'x'; END $$
DO $$ BEGIN INSERT INTO ic_z2 VALUES ('x'); END $$
DO $$ BEGIN INSERT INTO ic_z2 VALUES (3000000000); END $$
DO $$ BEGIN INSERT INTO ic_z2 SELECT 1/(a-1) FROM generate_series(1,1) a; END $$
DO $$ BEGIN IF EXISTS (SELECT 1 FROM ic_z2 WHERE 1/(a-a) = 1) THEN NULL; END IF; INSERT INTO ic_z2 VALUES (1); IF EXISTS (SELECT 1 FROM ic_z2 WHERE 1/(a-a) = 1) THEN NULL; END IF; END $$
DO $$ BEGIN IF 'maybe' THEN NULL; END IF; END $$
DO $$ BEGIN IF (SELECT 1, 2) THEN NULL; END IF; END $$
DO $$ BEGIN IF 1, 2 THEN NULL; END IF; END $$
DO $$ BEGIN IF a FROM ic_z2 THEN NULL; END IF; END $$
DO $$ BEGIN BEGIN PERFORM 1/0; EXCEPTION WHEN data_exception THEN RAISE NOTICE 'class'; END; END $$
DO $$ BEGIN RAISE EXCEPTION 'x' USING NOSUCH = 'c'; END $$
DO $$ BEGIN RAISE EXCEPTION 'x' USING MESSAGE = 'c'; END $$
DO $$ BEGIN RAISE NOTICE 'x', ; END $$
DO $$ BEGIN RAISE NOTICE; END $$
DO $$ BEGIN RAISE NOTICE 'x' 'y'; END $$
DO $$ BEGIN PERFORM pg_sleep(10); EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'caught'; END $$
# What migrations send.
! CREATE TABLE ic_users (id int PRIMARY KEY, name text)
! CREATE TABLE ic_posts (id int PRIMARY KEY, user_id int)
DO $$ BEGIN
   ALTER TABLE "ic_posts" ADD CONSTRAINT "ic_posts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."ic_users"("id") ON DELETE no action ON UPDATE no action;
  EXCEPTION
   WHEN duplicate_object THEN null;
  END $$
DO $$ BEGIN
   ALTER TABLE "ic_posts" ADD CONSTRAINT "ic_posts_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."ic_users"("id") ON DELETE no action ON UPDATE no action;
  EXCEPTION
   WHEN duplicate_object THEN null;
  END $$
INSERT INTO ic_posts VALUES (1, 1)
DO $body$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'ic_users' AND column_name = 'age') THEN
      ALTER TABLE ic_users ADD COLUMN age int NOT NULL DEFAULT 0;
      CREATE INDEX ic_users_age ON ic_users (age);
    END IF;
  END $body$
DO $body$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'ic_users' AND column_name = 'age') THEN
      ALTER TABLE ic_users ADD COLUMN age int NOT NULL DEFAULT 0;
    ELSE
      RAISE NOTICE 'column % is there', 'age';
    END IF;
  END $body$
DO $$ BEGIN ALTER TABLE ic_users ADD COLUMN age int; EXCEPTION WHEN duplicate_column THEN RAISE NOTICE 'column age already exists in ic_users.'; END $$
DO $$ BEGIN CREATE INDEX CONCURRENTLY ic_conc ON ic_users (name); END $$
DO $$ BEGIN VACUUM ic_users; END $$
DO $$ BEGIN INSERT INTO ic_users VALUES (1, 'a', 1), (2, 'b', 2); INSERT INTO ic_users VALUES (1, 'c', 3); END $$
SELECT count(*) FROM ic_users
DO $$ BEGIN INSERT INTO ic_users VALUES (1, 'a', 1); BEGIN INSERT INTO ic_users VALUES (2, 'b', 2), (1, 'c', 3); EXCEPTION WHEN unique_violation THEN RAISE NOTICE '% (%)', SQLERRM, SQLSTATE; END; UPDATE ic_users SET name = 'kept'; END $$
SELECT * FROM ic_users ORDER BY id
DO $$ BEGIN INSERT INTO ic_posts VALUES (5, 99); EXCEPTION WHEN foreign_key_violation THEN INSERT INTO ic_posts VALUES (5, 1); END $$
SELECT * FROM ic_posts ORDER BY id
BEGIN
INSERT INTO ic_users VALUES (7, 'in block', 7)
SAVEPOINT s
DO $$ BEGIN DELETE FROM ic_posts; PERFORM 1/0; EXCEPTION WHEN unique_violation THEN NULL; END $$
SELECT 1
ROLLBACK TO s
DO $$ BEGIN INSERT INTO ic_users VALUES (8, 'done', 8); BEGIN DELETE FROM ic_posts; RAISE EXCEPTION 'undo'; EXCEPTION WHEN OTHERS THEN NULL; END; END $$
COMMIT
SELECT (SELECT array_agg(id ORDER BY id) FROM ic_users), (SELECT count(*) FROM ic_posts)
DO $$ BEGIN SET LOCAL search_path = nowhere; CREATE TABLE public.ic_path (a int); END $$
SHOW search_path
DO $$ BEGIN PERFORM set_config('search_path', 'pg_temp', false); END $$
SHOW search_path
RESET search_path
DO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 THEN EXECUTE 'CREATE TABLE ic_new (a int UNIQUE NULLS NOT DISTINCT)'; ELSE EXECUTE 'CREATE TABLE ic_old (a int)'; END IF; RETURN; RAISE EXCEPTION 'never'; END $$
SELECT relname FROM pg_class WHERE relname IN ('ic_new', 'ic_old')
DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pgcrypto; EXCEPTION WHEN OTHERS THEN NULL; END $$
DROP EXTENSION pgcrypto
DO $$ BEGIN PERFORM nextval('ic_nosuch'); EXCEPTION WHEN undefined_table THEN RAISE INFO 'none'; END $$
DO $$ BEGIN CREATE TABLE ic_users (a int); EXCEPTION WHEN duplicate_table THEN RAISE WARNING 'there'; END $$
