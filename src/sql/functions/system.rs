//! Sequences, UUIDs, and what a session asks about itself (sections 9.14, 9.17 and 9.26).

use super::Function;
use crate::sql::SessionFunction;
use crate::sql::emission::Emission::*;
use crate::sql::type_names::{ANY, ANYARRAY};
use crate::types::Type;

pub(super) static FUNCTIONS: &[Function] = functions! {
    // Bound to values and calls of their own, by the enum they are about.
    "enum_first" (ANYENUM) ANYENUM Same, Stable OfNulls;
    "enum_last" (ANYENUM) ANYENUM Same, Stable OfNulls;
    "enum_range" (ANYENUM) ANYARRAY Same, Stable OfNulls;
    "enum_range" (ANYENUM ANYENUM) ANYARRAY Same, Stable OfNulls;
    "gen_random_uuid" () UUID Own("pg_gen_random_uuid"), Volatile Plain;
    "nextval" (REGCLASS) INT8 Own("pg_nextval"), Writes Plain;
    "currval" (REGCLASS) INT8 Own("pg_currval"), Writes Plain;
    "setval" (REGCLASS INT8) INT8 Own("pg_setval"), Writes Plain;
    "setval" (REGCLASS INT8 BOOL) INT8 Own("pg_setval"), Writes Plain;
    "lastval" () INT8 Own("pg_lastval"), Writes Plain;
    "pg_sequence_last_value" (REGCLASS) INT8 Own("pg_sequence_oid"), Volatile Plain;
    "version" () TEXT Own("pg_version"), Stable Plain;
    "current_database" () NAME Own("pg_current_database"), Stable Plain;
    "current_schema" () NAME Text("current_schema"), Stable Plain;
    "current_user" () NAME Own("pg_current_user"), Stable Plain;
    "getpgusername" () NAME Own("pg_current_user"), Stable Plain;
    "session_user" () NAME Own("pg_session_user"), Stable Plain;
    "current_setting" (TEXT) TEXT Own("pg_current_setting"), Stable Plain;
    "current_setting" (TEXT BOOL) TEXT Own("pg_current_setting"), Stable Plain;
    "set_config" (TEXT TEXT BOOL) TEXT Session(SessionFunction::SetConfig), Volatile OfNulls;
    "pg_backend_pid" () INT4 Own("pg_backend_pid"), Stable Plain;
    "inet_server_port" () INT4 Own("pg_server_port"), Stable Plain;
    "pg_postmaster_start_time" () TIMESTAMPTZ Own("pg_started"), Stable Plain;
    // The configuration is read at the start, and not again.
    "pg_conf_load_time" () TIMESTAMPTZ Own("pg_started"), Stable Plain;
    "pg_sleep" (FLOAT8) VOID Session(SessionFunction::Sleep), Volatile Plain;
    "pg_advisory_lock" (INT8) VOID Session(SessionFunction::lock(false, false, false)), Volatile Plain;
    "pg_advisory_lock" (INT4 INT4) VOID Session(SessionFunction::lock(false, false, false)), Volatile Plain;
    "pg_try_advisory_lock" (INT8) BOOL Session(SessionFunction::lock(false, false, true)), Volatile Plain;
    "pg_try_advisory_lock" (INT4 INT4) BOOL Session(SessionFunction::lock(false, false, true)), Volatile Plain;
    "pg_advisory_lock_shared" (INT8) VOID Session(SessionFunction::lock(true, false, false)), Volatile Plain;
    "pg_advisory_lock_shared" (INT4 INT4) VOID Session(SessionFunction::lock(true, false, false)), Volatile Plain;
    "pg_try_advisory_lock_shared" (INT8) BOOL Session(SessionFunction::lock(true, false, true)), Volatile Plain;
    "pg_try_advisory_lock_shared" (INT4 INT4) BOOL Session(SessionFunction::lock(true, false, true)), Volatile Plain;
    "pg_advisory_xact_lock" (INT8) VOID Session(SessionFunction::lock(false, true, false)), Volatile Plain;
    "pg_advisory_xact_lock" (INT4 INT4) VOID Session(SessionFunction::lock(false, true, false)), Volatile Plain;
    "pg_try_advisory_xact_lock" (INT8) BOOL Session(SessionFunction::lock(false, true, true)), Volatile Plain;
    "pg_try_advisory_xact_lock" (INT4 INT4) BOOL Session(SessionFunction::lock(false, true, true)), Volatile Plain;
    "pg_advisory_xact_lock_shared" (INT8) VOID Session(SessionFunction::lock(true, true, false)), Volatile Plain;
    "pg_advisory_xact_lock_shared" (INT4 INT4) VOID Session(SessionFunction::lock(true, true, false)), Volatile Plain;
    "pg_try_advisory_xact_lock_shared" (INT8) BOOL Session(SessionFunction::lock(true, true, true)), Volatile Plain;
    "pg_try_advisory_xact_lock_shared" (INT4 INT4) BOOL Session(SessionFunction::lock(true, true, true)), Volatile Plain;
    "pg_advisory_unlock" (INT8) BOOL Session(SessionFunction::Unlock { shared: false }), Volatile Plain;
    "pg_advisory_unlock" (INT4 INT4) BOOL Session(SessionFunction::Unlock { shared: false }), Volatile Plain;
    "pg_advisory_unlock_shared" (INT8) BOOL Session(SessionFunction::Unlock { shared: true }), Volatile Plain;
    "pg_advisory_unlock_shared" (INT4 INT4) BOOL Session(SessionFunction::Unlock { shared: true }), Volatile Plain;
    "pg_advisory_unlock_all" () VOID Session(SessionFunction::UnlockAll), Volatile Plain;
    "pg_cancel_backend" (INT4) BOOL Session(SessionFunction::CancelBackend), Volatile Plain;
    "pg_terminate_backend" (INT4) BOOL Session(SessionFunction::TerminateBackend), Volatile Plain;
    "pg_terminate_backend" (INT4 INT8) BOOL Session(SessionFunction::TerminateBackend), Volatile Plain;
    "pg_export_snapshot" () TEXT Missing("function pg_export_snapshot()"), Volatile Plain;
    "pg_is_in_recovery" () BOOL Text("0"), Stable Plain;
    "pg_typeof" (ANY) REGTYPE Same, Stable Plain;
    "pg_collation_for" (ANY) TEXT Same, Stable Plain;
    "txid_current" () INT8 Own("pg_transaction_id"), Writes Plain;
    "txid_current_if_assigned" () INT8 Own("pg_transaction_id_if_assigned"), Stable Plain;
    "inet_client_addr" () INET Own("pg_client_addr"), Stable Plain;
    "inet_client_port" () INT4 Own("pg_client_port"), Stable Plain;
};
