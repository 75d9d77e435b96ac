//! COPY: the names of its table and columns, and the statements that it comes to (`DoCopy`).

use sqlparser::tokenizer::Token;

use super::Binder;
use super::names::Qualified;
use crate::catalog::{Column, Object, Table};
use crate::sql::copy::{Copy, CopyColumn, CopyFrom, CopyStatement, CopyTo, End, ForceQuote, Options, Source, options};
use crate::sql::text::At;
use crate::sql::tokens;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    pub fn copy_statement(&self, copy: &CopyStatement) -> Result<Copy, PgError> {
        self.refuse_files(copy)?;
        match &copy.source {
            Source::Query { text, offset } => {
                let options = options(&copy.options, false, self.text)?;
                Ok(Copy::To(CopyTo {
                    query: text.clone(),
                    offset: Some(*offset),
                    format: options.format,
                    header: options.header,
                    force_quote: options.force_quote,
                }))
            }
            Source::Table { name, at, columns } => {
                if copy.filter.is_some() && !copy.from {
                    let word = self.word("where");
                    let message = "WHERE clause not allowed with COPY TO";
                    return Err(self.error(word, SqlState::SYNTAX_ERROR, message));
                }
                let name = self.copied_name(name, *at)?;
                self.copy_table(copy, &name, columns)
            }
        }
    }

    fn refuse_files(&self, copy: &CopyStatement) -> Result<(), PgError> {
        let direction = if copy.from { "from" } else { "to" };
        let (role, what) = match (copy.end, copy.from) {
            (End::Client, _) => return Ok(()),
            (End::Program, _) => ("pg_execute_server_program", "an external program"),
            (End::File, true) => ("pg_read_server_files", "a file"),
            (End::File, false) => ("pg_write_server_files", "a file"),
        };
        let message = format!("must be superuser or have privileges of the {role} role to COPY {direction} {what}");
        Err(PgError::new(SqlState::INSUFFICIENT_PRIVILEGE, message)
            .hint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone."))
    }

    fn copied_name(&self, name: &[String], at: At) -> Result<Qualified, PgError> {
        match name {
            [name] => Ok(Qualified { schema: None, name: name.clone(), at: At::NOWHERE }),
            [schema, name] => Ok(Qualified { schema: Some(schema.clone()), name: name.clone(), at: At::NOWHERE }),
            _ => Err(self.unsupported(at, "a relation's name of more than two parts")),
        }
    }

    fn copy_table(&self, copy: &CopyStatement, name: &Qualified, columns: &[(String, At)]) -> Result<Copy, PgError> {
        let table = match self.find_relation(name) {
            Some(Object::Table(table)) if table.materialized.is_none() => {
                self.refuse_others(&table.schema)?;
                table
            }
            Some(other) => return Err(wrong_relation(other, copy.from)),
            None => return Err(self.no_relation(name)),
        };
        let options = options(&copy.options, copy.from, self.text)?;
        let columns = self.copied_columns(table, columns)?;
        for (given, title) in [(&options.force_not_null, "FORCE_NOT_NULL"), (&options.force_null, "FORCE_NULL")] {
            check_forced(given, title, table, &columns)?;
        }
        if let ForceQuote::Columns(given) = &options.force_quote {
            check_forced(given, "FORCE_QUOTE", table, &columns)?;
        }
        let relation = format!("{}.{}", quoted(&table.schema), quoted(&table.name));
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        if copy.from {
            return self.copy_from(copy, table, &columns, &relation, &names, options);
        }
        Ok(Copy::To(CopyTo {
            query: format!("SELECT {} FROM {relation}", names.join(", ")),
            offset: None,
            format: options.format,
            header: options.header,
            force_quote: options.force_quote,
        }))
    }

    fn copy_from(
        &self,
        copy: &CopyStatement,
        table: &Table,
        columns: &[&Column],
        relation: &str,
        names: &[String],
        options: Options,
    ) -> Result<Copy, PgError> {
        let _ = options.freeze;
        let places: Vec<String> = (1..=columns.len()).map(|place| format!("${place}")).collect();
        let list = names.join(", ");
        // Identity columns take what they are given.
        let insert = match &copy.filter {
            None if columns.is_empty() => format!("INSERT INTO {relation} DEFAULT VALUES"),
            Some(_) if columns.is_empty() => {
                return Err(PgError::unsupported("COPY FROM with WHERE into a table without columns"));
            }
            None => {
                format!("INSERT INTO {relation} ({list}) OVERRIDING SYSTEM VALUE VALUES ({})", places.join(", "))
            }
            Some(filter) => {
                refuse_generated(table, filter)?;
                if columns.len() < table.columns.len() - table.generated().count() {
                    return Err(PgError::unsupported("COPY FROM some of a table's columns with WHERE"));
                }
                format!(
                    "INSERT INTO {relation} ({list}) OVERRIDING SYSTEM VALUE SELECT * FROM (SELECT {}) AS {} \
                     WHERE ({filter}\n)",
                    places
                        .iter()
                        .zip(names)
                        .map(|(place, name)| format!("{place} AS {name}"))
                        .collect::<Vec<_>>()
                        .join(", "),
                    quoted(&table.name),
                )
            }
        };
        let column = |column: &&Column| CopyColumn {
            name: column.name.clone(),
            ty: column.ty,
            typmod: column.typmod,
            force_not_null: options.force_not_null.contains(&column.name),
            force_null: options.force_null.contains(&column.name),
        };
        Ok(Copy::From(CopyFrom {
            temporary: self.temporary() == Some(table.schema.as_str()),
            table: table.name.clone(),
            columns: columns.iter().map(column).collect(),
            insert,
            format: options.format.clone(),
            header: options.header,
            checked: table
                .columns
                .iter()
                .any(|column| column.not_null || column.generated.is_some() || column.domain != 0)
                || !table.checks().is_empty(),
        }))
    }

    /// `CopyGetAttnums`.
    fn copied_columns<'t>(&self, table: &'t Table, named: &[(String, At)]) -> Result<Vec<&'t Column>, PgError> {
        if named.is_empty() {
            return Ok(table.columns.iter().filter(|column| column.generated.is_none()).collect());
        }
        let mut columns: Vec<&Column> = Vec::with_capacity(named.len());
        for (name, _) in named {
            let column = table.column(name).ok_or_else(|| {
                let message = format!("column \"{name}\" of relation \"{}\" does not exist", table.name);
                PgError::new(SqlState::UNDEFINED_COLUMN, message)
            })?;
            if column.generated.is_some() {
                let message = format!("column \"{name}\" is a generated column");
                let error = PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message);
                return Err(error.detail("Generated columns cannot be used in COPY."));
            }
            if columns.iter().any(|other| other.attnum == column.attnum) {
                let message = format!("column \"{name}\" specified more than once");
                return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
            }
            columns.push(column);
        }
        Ok(columns)
    }
}

/// COPY FROM's WHERE looks at rows of which nothing is computed yet.
fn refuse_generated(table: &Table, filter: &str) -> Result<(), PgError> {
    let all = tokens::tokenize(filter)?;
    let all: Vec<&Token> =
        all.iter().map(|token| &token.token).filter(|token| !matches!(token, Token::Whitespace(_))).collect();
    for (index, token) in all.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let name = if word.quote_style.is_some() { word.value.clone() } else { word.value.to_lowercase() };
        let generated = table.generated().any(|(_, column, _)| column.name == name);
        if generated && !matches!(all.get(index + 1), Some(Token::LParen | Token::Period)) {
            let message = "generated columns are not supported in COPY FROM WHERE conditions";
            let error = PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message);
            return Err(error.detail(format!("Column \"{name}\" is a generated column.")));
        }
    }
    Ok(())
}

fn check_forced(given: &[String], title: &str, table: &Table, columns: &[&Column]) -> Result<(), PgError> {
    for name in given {
        if table.column(name).is_none() {
            let message = format!("column \"{name}\" of relation \"{}\" does not exist", table.name);
            return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
        }
        if !columns.iter().any(|column| column.name == *name) {
            let message = format!("{title} column \"{name}\" not referenced by COPY");
            return Err(PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message));
        }
    }
    Ok(())
}

fn wrong_relation(object: &Object, from: bool) -> PgError {
    let direction = if from { "to" } else { "from" };
    let message = match object.kind() {
        "index" => {
            let message = format!("cannot open relation \"{}\"", object.name());
            let detail = "This operation is not supported for indexes.";
            return PgError::new(SqlState::WRONG_OBJECT_TYPE, message).detail(detail);
        }
        kind => format!("cannot copy {direction} {kind} \"{}\"", object.name()),
    };
    let error = PgError::new(SqlState::WRONG_OBJECT_TYPE, message);
    match (object.kind(), from) {
        ("view" | "materialized view", false) => error.hint("Try the COPY (SELECT ...) TO variant."),
        ("view", true) => error.hint("To enable copying to a view, provide an INSTEAD OF INSERT trigger."),
        _ => error,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
