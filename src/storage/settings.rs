//! What sessions begin with, as ALTER ROLE and ALTER DATABASE have said: rows of `system.sqlite`.
//!
//! They change where a [`DatabaseChange::Setting`](super::DatabaseChange) is applied, so on every node at the same place in the
//! log; a dropped database's go with it.

use rusqlite::{Connection, params};

use crate::catalog::{RoleSettings, SessionsOf, SettingChange};

/// By database and role.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<Vec<RoleSettings>> {
    let mut all: Vec<RoleSettings> = Vec::new();
    let mut statement =
        connection.prepare("SELECT database, role, name, value FROM _quorlite_settings ORDER BY database, role, id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let of = SessionsOf { database: row.get(0)?, role: row.get(1)? };
        let value = (row.get(2)?, row.get(3)?);
        match all.last_mut() {
            Some(last) if last.of == of => last.values.push(value),
            _ => all.push(RoleSettings { of, values: vec![value] }),
        }
    }
    Ok(all)
}

/// In the running transaction. A name that is set again keeps its place.
pub(super) fn store(connection: &Connection, of: SessionsOf, change: &SettingChange) -> rusqlite::Result<()> {
    let SessionsOf { database, role } = of;
    match change {
        SettingChange::Set { name, value } => connection.execute(
            "INSERT INTO _quorlite_settings (database, role, name, value) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (database, role, name) DO UPDATE SET value = excluded.value",
            params![database, role, name, value],
        ),
        SettingChange::Reset { name } => connection.execute(
            "DELETE FROM _quorlite_settings WHERE database = ?1 AND role = ?2 AND name = ?3",
            params![database, role, name],
        ),
        SettingChange::ResetAll => connection
            .execute("DELETE FROM _quorlite_settings WHERE database = ?1 AND role = ?2", params![database, role]),
    }?;
    Ok(())
}

pub(super) fn forget_database(connection: &Connection, oid: u32) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM _quorlite_settings WHERE database = ?1", [oid])?;
    Ok(())
}
