# language: Transactions' ids
! create table ti (a bigint primary key, b bigint)
select txid_current_if_assigned()
select txid_current() > 0
select txid_current() = txid_current()
begin
select txid_current_if_assigned()
insert into ti select txid_current(), 1
insert into ti select txid_current() + 1000000000000, 2
select txid_current() = (select a from ti where b = 1), txid_current_if_assigned() = txid_current()
savepoint s
select txid_current() = (select a from ti where b = 1)
rollback to s
select txid_current() = (select a from ti where b = 1)
commit
select txid_current() > (select a from ti where b = 1)
begin
insert into ti select txid_current() + 2000000000000, 3
rollback
select count(*) from ti
insert into ti values (txid_current() + 3000000000000, txid_current() + 3000000000000) returning a = b
begin read only
select txid_current() > 0
commit
begin isolation level serializable
select txid_current() = txid_current()
commit
SELECT '010'::xid, '42'::xid, '0xffffffff'::xid, '-1'::xid, ''::xid, 'asdf'::xid, '0x'::xid, '08'::xid, ' 12 x'::xid, '99999999999999999999999'::xid, '-99999999999999999999999'::xid, '4294967296'::xid, '-0x10'::xid, '+7'::xid
