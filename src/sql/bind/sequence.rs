//! A sequence in FROM: one row of its state, which the file keeps with those of all sequences.

use sqlparser::ast::TableAlias;

use super::Binder;
use super::from::{Entry, query_columns};
use crate::catalog::{Object, Sequence};
use crate::sql::bound::{Expr, ExprKind, From, Output, Query, Relation, RelationColumn, Select, Source};
use crate::sql::emission::Emission;
use crate::types::{PgError, Type, Value};

/// Where storage keeps the state, and the columns of it.
const STATE: &str = "_quorlite_sequences";
const STORED: &[(&str, Type)] = &[("oid", Type::OID), ("last_value", Type::INT8), ("is_called", Type::BOOL)];

impl Binder<'_> {
    /// The sequence of this OID as an entry of FROM.
    pub fn sequence_entry(&mut self, oid: u32, alias: Option<&TableAlias>) -> Result<Entry, PgError> {
        let Some(Object::Sequence(sequence)) = self.catalog.get(oid) else {
            return Err(PgError::unsupported("a sequence that is being made"));
        };
        let (name, mut schema) = (sequence.name.clone(), Some(sequence.schema.clone()));
        let query = self.sequence_state(sequence);
        let mut columns = query_columns(&query);
        for (index, column) in columns.iter_mut().enumerate() {
            column.origin = Some((oid, index as i16 + 1));
        }
        let depth = self.query_depth();
        let mut relation = Relation { name, source: Source::Query, columns, depth, nullable: false };
        if let Some(alias) = alias {
            self.rename(&mut relation, alias)?;
            schema = None;
        }
        self.note_relation(oid, 3);
        let id = self.relations.len();
        self.relations.push(relation);
        let from = From::Query { relation: id, query: Box::new(query) };
        Ok(Entry { from, items: vec![self.item(id, schema)] })
    }

    fn sequence_state(&mut self, sequence: &Sequence) -> Query {
        let column = |(name, ty): &(&str, Type)| RelationColumn {
            name: (*name).to_owned(),
            stored_name: (*name).to_owned(),
            ty: *ty,
            typmod: -1,
            not_null: true,
            origin: None,
        };
        let relation = self.relations.len();
        self.relations.push(Relation {
            name: String::new(),
            source: Source::Table { oid: 0, stored_name: STATE.to_owned() },
            columns: STORED.iter().map(column).collect(),
            depth: self.query_depth() + 1,
            nullable: false,
        });
        let stored = |column: usize| Expr::new(ExprKind::Column { relation, column }, STORED[column].1);
        let oid = || Expr::constant(Value::Oid(sequence.oid), Type::OID);
        // The writer's sequences are ahead of the file until their transaction ends.
        let now = |function, column: usize| {
            Expr::call(Emission::Own(function), vec![oid(), stored(column)], STORED[column].1)
        };
        let select = Select {
            targets: vec![
                now("pg_sequence_last", 1),
                Expr::constant(Value::Int8(0), Type::INT8),
                now("pg_sequence_is_called", 2),
            ],
            from: Some(From::Relation(relation)),
            filter: Some(Expr::call(Emission::Infix("="), vec![stored(0), oid()], Type::BOOL)),
            ..Select::default()
        };
        let output = |(name, ty): (&str, Type)| Output { name: name.to_owned(), ty, typmod: -1, origin: None };
        let outputs = [("last_value", Type::INT8), ("log_cnt", Type::INT8), ("is_called", Type::BOOL)];
        Query::of_select(select, outputs.map(output).to_vec())
    }
}
