# schema: What indexes and their access methods can do
! create table ip (a int primary key, b text, c int)
! create index ip1 on ip (b desc, c nulls first) include (a)
! create index ip2 on ip using hash (b)
select a.amname, p, pg_indexam_has_property(a.oid, p) from pg_am a, unnest(array['can_order', 'can_unique', 'can_multi_col', 'can_exclude', 'can_include', 'CAN_ORDER', 'bogus', 'asc', 'clusterable']) p where amtype = 'i' order by amname, p
select pg_indexam_has_property(2, 'can_order'), pg_indexam_has_property(0, 'can_order'), pg_indexam_has_property(null, 'can_order')
select i, p, pg_index_has_property(i::regclass, p) from unnest(array['ip1', 'ip2', 'ip_pkey', 'ip']) i, unnest(array['clusterable', 'index_scan', 'bitmap_scan', 'backward_scan', 'asc', 'can_order', 'x']) p order by 1, 2
select i, n, p, pg_index_column_has_property(i::regclass, n, p) from unnest(array['ip1', 'ip2', 'ip']) i, generate_series(0, 4) n, unnest(array['asc', 'desc', 'nulls_first', 'nulls_last', 'orderable', 'distance_orderable', 'returnable', 'search_array', 'search_nulls', 'x']) p order by 1, 2, 3
select pg_index_has_property('nosuch', 'clusterable')
