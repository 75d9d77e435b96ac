//! What sessions begin with where the server was told so: for all, for those of a database, for those of a role.
//!
//! The same as PostgreSQL's configuration file, and as what `ALTER DATABASE … SET` and `ALTER ROLE … SET` keep, in that
//! order: the last counts, and what the client asks for when it connects counts before all of them. RESET goes back to
//! them. What is kept ([`super::kept`]) counts before what the file says of the same sessions.

use super::check;

/// Settings by name, in the order in which they apply.
type List = Vec<(String, String)>;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    all: List,
    databases: Vec<(String, List)>,
    roles: Vec<(String, List)>,
}

impl Defaults {
    /// Errors: what SET would say.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        put(&mut self.all, name, value)
    }

    pub fn set_for_database(&mut self, database: &str, name: &str, value: &str) -> Result<(), String> {
        put(list_of(&mut self.databases, database), name, value)
    }

    pub fn set_for_role(&mut self, role: &str, name: &str, value: &str) -> Result<(), String> {
        put(list_of(&mut self.roles, role), name, value)
    }

    /// What every session begins with, what those of a database do, and what those of a role: of several of a name the
    /// last counts.
    pub fn of(&self, user: &str, database: &str) -> [&[(String, String)]; 3] {
        let find = |lists: &'_ [(String, List)], name: &str| lists.iter().position(|(other, _)| other == name);
        let database = find(&self.databases, database).map(|index| &self.databases[index].1[..]);
        let role = find(&self.roles, user).map(|index| &self.roles[index].1[..]);
        [&self.all, database.unwrap_or_default(), role.unwrap_or_default()]
    }
}

fn put(list: &mut List, name: &str, value: &str) -> Result<(), String> {
    match check(name, value) {
        Ok(_) => {
            list.push((name.to_owned(), value.to_owned()));
            Ok(())
        }
        Err(error) => Err(error.message),
    }
}

fn list_of<'l>(lists: &'l mut Vec<(String, List)>, name: &str) -> &'l mut List {
    let index = lists.iter().position(|(other, _)| other == name).unwrap_or_else(|| {
        lists.push((name.to_owned(), List::new()));
        lists.len() - 1
    });
    &mut lists[index].1
}
