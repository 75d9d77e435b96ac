# schema: information_schema: usage, and what the catalogs' functions tell
! CREATE TABLE t (id serial PRIMARY KEY, a text, b numeric(8,2), c int[], d varchar(10)[])
! CREATE TYPE pair AS (x int, y varchar(10), z text[], w numeric(5,2), at timestamp(3))
! CREATE DOMAIN positive AS int CHECK (VALUE > 0)
! CREATE TABLE u (p pair, n positive, k int REFERENCES t)
! CREATE VIEW v AS SELECT t.id, a FROM t JOIN u ON t.id = u.k WHERE b > 1
! CREATE VIEW v2 AS SELECT id FROM v
! CREATE MATERIALIZED VIEW mv AS SELECT a FROM t
SELECT * FROM information_schema.view_table_usage WHERE view_schema = 'public' ORDER BY view_name, table_name
SELECT * FROM information_schema.view_column_usage WHERE view_schema = 'public' ORDER BY view_name, table_name, column_name
SELECT * FROM information_schema.column_udt_usage WHERE table_schema = 'public' ORDER BY table_name, column_name
SELECT * FROM information_schema.user_defined_types
SELECT * FROM information_schema.attributes ORDER BY udt_name, ordinal_position
SELECT * FROM information_schema.udt_privileges WHERE udt_schema = 'public' AND udt_name IN ('pair', 't', 'v') ORDER BY udt_name, grantee
SELECT * FROM information_schema.usage_privileges WHERE object_schema = 'public' ORDER BY object_name, grantee
SELECT * FROM information_schema.usage_privileges WHERE object_name IN ('C', 'POSIX') ORDER BY object_name
SELECT * FROM information_schema.column_privileges WHERE table_name IN ('t', 'v', 'pg_namespace') ORDER BY table_name, column_name, grantee, privilege_type
SELECT count(*) FROM information_schema.role_column_grants WHERE table_name IN ('t', 'pg_namespace')
SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name IN ('t', 'pg_namespace') ORDER BY 1, 2, 3
SELECT * FROM information_schema.routine_privileges WHERE routine_name IN ('now', 'btrim') ORDER BY specific_name, grantee
SELECT * FROM information_schema.parameters WHERE specific_name IN (SELECT specific_name FROM information_schema.routines WHERE routine_name IN ('jsonb_set', 'left', 'array_append', 'string_to_array')) ORDER BY specific_name, ordinal_position
SELECT * FROM information_schema.enabled_roles ORDER BY 1
SELECT * FROM information_schema.applicable_roles ORDER BY 1, 2
SELECT * FROM information_schema.administrable_role_authorizations
SELECT * FROM information_schema.collations WHERE collation_name IN ('C', 'POSIX', 'default') ORDER BY 3
SELECT * FROM information_schema.collation_character_set_applicability WHERE collation_name IN ('C', 'default') ORDER BY 3
SELECT character_set_name, character_repertoire, form_of_use, default_collate_catalog, default_collate_schema FROM information_schema.character_sets
SELECT * FROM information_schema.sql_features ORDER BY feature_id, sub_feature_id LIMIT 5
SELECT count(*) FROM information_schema.sql_features
SELECT * FROM information_schema.sql_implementation_info ORDER BY 1
SELECT * FROM information_schema.sql_sizing ORDER BY 1
SELECT * FROM information_schema.sql_parts ORDER BY 1
SELECT count(*) FROM information_schema.column_options, information_schema.routine_table_usage
SELECT datname, confl_lock FROM pg_stat_database_conflicts WHERE datname = 'postgres'
SELECT stats_reset IS NULL OR true, failed_count FROM pg_stat_archiver
SELECT checkpoints_timed >= 0 FROM pg_stat_bgwriter
SELECT pid = pg_backend_pid(), ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()
SELECT name, abbrev, utc_offset, is_dst FROM pg_timezone_names WHERE name IN ('UTC', 'Etc/UTC', 'Asia/Tokyo', 'America/Phoenix', 'Africa/Lagos') ORDER BY 1
SELECT abbrev, utc_offset, is_dst FROM pg_timezone_abbrevs WHERE abbrev IN ('CEST', 'MSK', 'UTC', 'EST', 'Z', 'ALMT', 'NFT', 'IRT') ORDER BY 1
SELECT count(*) FROM pg_timezone_abbrevs
SELECT name FROM pg_timezone_names() WHERE name = 'Europe/Paris'
SELECT * FROM pg_timezone_abbrevs() WHERE abbrev = 'JST'
SELECT * FROM pg_sequence_parameters('t_id_seq'::regclass)
SELECT (pg_sequence_parameters('t_id_seq'::regclass)).increment
SELECT * FROM pg_partition_tree('t'), pg_listening_channels()
SELECT pg_partition_root('t'), pg_relation_filenode('v'), pg_relation_filenode('t') IS NOT NULL, pg_relation_filenode('pg_attribute') IS NOT NULL
SELECT pg_get_functiondef('lower(text)'::regprocedure)
SELECT pg_get_functiondef('generate_series(int,int)'::regprocedure), pg_get_functiondef('now()'::regprocedure)
SELECT pg_get_functiondef('row_number()'::regprocedure)
SELECT pg_get_functiondef('jsonb_set(jsonb,text[],jsonb,boolean)'::regprocedure)
SELECT pg_get_functiondef('int4eq(int,int)'::regprocedure), pg_get_functiondef(99999)
SELECT pg_get_functiondef('count("any")'::regprocedure)
SELECT pg_get_function_arg_default('jsonb_set(jsonb,text[],jsonb,boolean)'::regprocedure, 4), pg_get_function_arg_default('jsonb_set(jsonb,text[],jsonb,boolean)'::regprocedure, 1), pg_get_function_arg_default('now()'::regprocedure, 0)
SELECT oidvectortypes(proargtypes) FROM pg_proc WHERE proname IN ('substr', 'now') ORDER BY 1
SELECT pg_encoding_max_length(6), pg_encoding_max_length(0), pg_encoding_max_length(39), pg_encoding_max_length(99), pg_encoding_max_length(-1)
SELECT getpgusername(), pg_notification_queue_usage(), pg_last_wal_replay_lsn(), pg_last_xact_replay_timestamp()
SELECT pg_get_wal_replay_pause_state()
SELECT pg_stat_get_vacuum_count('t'::regclass), pg_stat_get_last_vacuum_time('t'::regclass), pg_stat_get_live_tuples(99999)
SELECT pg_tablespace_size('pg_default') > 0, pg_tablespace_size(1664) > 0
SELECT pg_tablespace_size('nosuch')
SELECT pg_tablespace_size(99999)
