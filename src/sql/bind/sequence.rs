//! A sequence in FROM: one row of its state, which the file keeps with those of all sequences. And all of them:
//! `pg_sequences`.

use sqlparser::ast::TableAlias;

use super::Binder;
use super::from::{Entry, catalog_relation, query_columns};
use crate::catalog::{Object, Sequence, system};
use crate::sql::bound::{Expr, ExprKind, From, Output, Query, Relation, RelationColumn, RelationId, Select, Source};
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
        let mut relation = Relation { name, source: Source::Query, columns, depth, nullable: false, keys: Vec::new() };
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

    /// `pg_sequences`, in which the file's state takes the place of the OID that the catalog has there.
    pub fn sequences_entry(
        &mut self,
        system: &'static system::Relation,
        alias: Option<&TableAlias>,
    ) -> Result<Entry, PgError> {
        let depth = self.query_depth();
        let listed = self.relations.len();
        self.relations.push(Relation { depth: depth + 1, ..catalog_relation(system) });
        let listed_column = |(column, of): (usize, &system::Column)| Expr {
            typmod: of.typmod,
            ..Expr::new(ExprKind::Column { relation: listed, column }, of.ty)
        };
        let mut targets: Vec<Expr> = system.columns.iter().enumerate().map(listed_column).collect();
        let output = |column: &system::Column| Output {
            name: column.name.to_owned(),
            ty: column.ty,
            typmod: column.typmod,
            domain: 0,
            origin: None,
            collation: 0,
        };
        let outputs: Vec<Output> = system.columns.iter().map(output).collect();
        if let Some(last) = targets.last_mut() {
            let oid = std::mem::replace(last, Expr::null(Type::INT8));
            *last = self.last_value(oid, depth + 2);
        }
        let query =
            Query::of_select(Select { targets, from: Some(From::Relation(listed)), ..Select::default() }, outputs);
        let mut columns = query_columns(&query);
        for (column, number) in columns.iter_mut().zip(1..) {
            column.origin = Some((system.oid, number));
        }
        let mut relation = Relation { columns, depth, source: Source::Query, ..catalog_relation(system) };
        let mut schema = Some(system.schema.to_owned());
        if let Some(alias) = alias {
            self.rename(&mut relation, alias)?;
            schema = None;
        }
        let id = self.relations.len();
        self.relations.push(relation);
        let from = From::Query { relation: id, query: Box::new(query) };
        Ok(Entry { from, items: vec![self.item(id, schema)] })
    }

    /// `pg_sequence_last_value()`.
    pub fn sequence_last_value(&mut self, oid: Expr) -> Expr {
        let oid = Expr::call(Emission::Own("pg_sequence_oid"), vec![oid], Type::OID);
        let depth = self.query_depth() + 1;
        self.last_value(oid, depth)
    }

    /// What a sequence has given last; NULL if nothing yet.
    fn last_value(&mut self, oid: Expr, depth: usize) -> Expr {
        let state = self.state_relation(depth);
        let is_called = now(state, "pg_sequence_is_called", 2);
        let case = ExprKind::Case {
            operand: None,
            whens: vec![(is_called, now(state, "pg_sequence_last", 1))],
            otherwise: None,
        };
        let select = Select {
            targets: vec![Expr::new(case, Type::INT8)],
            from: Some(From::Relation(state)),
            filter: Some(Expr::call(Emission::Infix("="), vec![stored(state, 0), oid], Type::BOOL)),
            ..Select::default()
        };
        let output = Output::new("last_value", Type::INT8);
        Expr::new(ExprKind::Scalar(Box::new(Query::of_select(select, vec![output]))), Type::INT8)
    }

    fn state_relation(&mut self, depth: usize) -> RelationId {
        let column = |(name, ty): &(&str, Type)| RelationColumn {
            name: (*name).to_owned(),
            stored_name: (*name).to_owned(),
            ty: *ty,
            typmod: -1,
            domain: 0,
            not_null: true,
            origin: None,
            collation: 0,
        };
        let relation = self.relations.len();
        self.relations.push(Relation {
            name: String::new(),
            source: Source::Table { oid: 0, stored_name: STATE.to_owned() },
            columns: STORED.iter().map(column).collect(),
            depth,
            nullable: false,
            keys: Vec::new(),
        });
        relation
    }

    fn sequence_state(&mut self, sequence: &Sequence) -> Query {
        let relation = self.state_relation(self.query_depth() + 1);
        let oid = Expr::constant(Value::Oid(sequence.oid), Type::OID);
        let select = Select {
            targets: vec![
                now(relation, "pg_sequence_last", 1),
                Expr::constant(Value::Int8(0), Type::INT8),
                now(relation, "pg_sequence_is_called", 2),
            ],
            from: Some(From::Relation(relation)),
            filter: Some(Expr::call(Emission::Infix("="), vec![stored(relation, 0), oid], Type::BOOL)),
            ..Select::default()
        };
        let outputs = [("last_value", Type::INT8), ("log_cnt", Type::INT8), ("is_called", Type::BOOL)];
        Query::of_select(select, outputs.map(|(name, ty)| Output::new(name, ty)).to_vec())
    }
}

/// A column of the state.
fn stored(state: RelationId, column: usize) -> Expr {
    Expr::new(ExprKind::Column { relation: state, column }, STORED[column].1)
}

/// As it is now: the writer's sequences are ahead of the file until their transaction ends.
fn now(state: RelationId, function: &'static str, column: usize) -> Expr {
    Expr::call(Emission::Own(function), vec![stored(state, 0), stored(state, column)], STORED[column].1)
}
