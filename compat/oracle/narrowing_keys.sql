# schema: Foreign keys of narrower types
! create table nk_p (a int primary key, b bigint unique)
! insert into nk_p values (1, 1), (2, 2), (3, 3)
create table nk_c (a smallint references nk_p on update cascade, b int references nk_p (b) on update cascade, c smallint references nk_p (b) on update cascade deferrable initially deferred)
insert into nk_c values (1, 1, 1), (2, 2, 2)
update nk_p set a = 100 where a = 1
update nk_p set a = 32767 where a = 2
update nk_p set b = 30000 where b = 2
select * from nk_c order by a
update nk_p set b = 2147483647 where b = 30000
update nk_p set a = 40000 where a = 100
update nk_p set a = a - 200000 where a < 200
begin
update nk_p set a = 100003 where a = 3
rollback
select * from nk_c order by a
select * from nk_p order by a
update nk_p set b = 3000000000 where b = 1
create table nk_d (t varchar(3))
alter table nk_d add u text unique
create table nk_e (v varchar(3) references nk_d (u) on update cascade)
