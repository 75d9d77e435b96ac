//! How much of the database file a relation takes (`pg_table_size` and its kin): SQLite's `dbstat` tells.

use super::Binder;
use crate::sql::bound::{Expr, ExprKind, From, JoinKind, Output, Query, Relation, RelationColumn, Select, Source};
use crate::sql::emission::Emission;
use crate::types::{Type, Value};

/// What a size function counts: the name of its parts for `pg_stored_parts`. `None`: it is no such function.
fn counted(name: &str) -> Option<&'static str> {
    Some(match name {
        "pg_relation_size" | "pg_table_size" => "own",
        "pg_indexes_size" => "indexes",
        "pg_total_relation_size" => "all",
        _ => return None,
    })
}

impl Binder<'_> {
    /// The size functions, as sub-queries: `None` for other functions.
    pub fn size_function(&mut self, name: &str, args: &[Expr]) -> Option<Expr> {
        let parts = counted(name)?;
        let relation = args.first()?.clone();
        // What one may ask the size of beside the data itself there is not.
        let data = match args.get(1).map(|fork| &fork.kind) {
            None => true,
            Some(ExprKind::Constant(Value::Text(fork))) => fork == "main",
            Some(_) => return None,
        };
        let parts = if data { parts } else { "none" };
        let names = self.source("parts", Source::Function, &[("c1", Type::TEXT)]);
        let pages = self.source(
            "pages",
            Source::Table { oid: 0, stored_name: "dbstat".to_owned() },
            &[("name", Type::TEXT), ("pgsize", Type::INT8), ("aggregate", Type::BOOL)],
        );
        let column = |relation, column, ty| Expr::new(ExprKind::Column { relation, column }, ty);
        let equal = |left, right| Expr::call(Emission::Infix("="), vec![left, right], Type::BOOL);
        let on = Expr::new(
            ExprKind::And(vec![
                equal(column(pages, 0, Type::TEXT), column(names, 0, Type::TEXT)),
                equal(column(pages, 2, Type::BOOL), Expr::constant(Value::Bool(true), Type::BOOL)),
            ]),
            Type::BOOL,
        );
        let parts = Expr::constant(Value::Text(parts.to_owned()), Type::TEXT);
        let from = From::Join {
            kind: JoinKind::Left,
            left: Box::new(From::Function { relation: names, module: "pg_stored_parts", args: vec![relation, parts] }),
            right: Box::new(From::Relation(pages)),
            on: Some(on),
        };
        let zero = Expr::constant(Value::Int8(0), Type::INT8);
        let size = Expr::call(Emission::Builtin("coalesce"), vec![column(pages, 1, Type::INT8), zero], Type::INT8);
        let sum = crate::sql::bound::Aggregate {
            emission: Emission::Builtin("sum"),
            args: vec![size],
            distinct: false,
            order_by: Vec::new(),
            filter: None,
        };
        let sum = Expr::new(ExprKind::Aggregate(Box::new(sum)), Type::INT8);
        Some(scalar(Select { targets: vec![sum], from: Some(from), grouped: true, ..Select::default() }))
    }

    /// A relation of SQLite's within a sub-query here.
    fn source(&mut self, name: &str, source: Source, columns: &[(&str, Type)]) -> usize {
        let column = |(name, ty): &(&str, Type)| RelationColumn {
            name: (*name).to_owned(),
            stored_name: (*name).to_owned(),
            ty: *ty,
            typmod: -1,
            domain: 0,
            not_null: false,
            origin: None,
            collation: 0,
        };
        self.relations.push(Relation {
            name: name.to_owned(),
            source,
            columns: columns.iter().map(column).collect(),
            depth: self.query_depth() + 1,
            nullable: false,
            keys: Vec::new(),
        });
        self.relations.len() - 1
    }
}

fn scalar(select: Select) -> Expr {
    let query = Query::of_select(select, vec![Output::new("size", Type::INT8)]);
    Expr::new(ExprKind::Scalar(Box::new(query)), Type::INT8)
}
