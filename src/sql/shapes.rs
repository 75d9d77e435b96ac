//! What the rows of a statement are made of.
//!
//! The type `record` says nothing of a row's fields, so expressions of it have in place of a typmod the number of a [`Shape`]
//! here, as the planner of PostgreSQL has one for registered row types. It goes wherever typmods go, and is lost where several
//! values meet that don't share it: then nothing is known of the fields but at run time. Clients never see it.

use crate::types::Type;
use crate::types::record::Shape;

#[derive(Clone, Debug, Default)]
pub struct Shapes(Vec<Shape>);

impl Shapes {
    /// The typmod of expressions that yield such rows.
    pub fn typmod(&mut self, shape: Shape) -> i32 {
        let place = match self.0.iter().position(|other| *other == shape) {
            Some(place) => place,
            None => {
                self.0.push(shape);
                self.0.len() - 1
            }
        };
        let comparable = self.0[place].fields.iter().all(|field| is_comparable(field.ty, field.typmod));
        i32::try_from(place).map_or(-1, |place| place.saturating_mul(2).saturating_add(i32::from(comparable)))
    }

    pub fn get(&self, typmod: i32) -> Option<&Shape> {
        self.0.get(usize::try_from(typmod).ok()? / 2)
    }

    /// Whether rows of that typmod can be told apart and sorted without an error, whatever is in them.
    pub fn are_comparable(typmod: i32) -> bool {
        typmod >= 0 && typmod % 2 == 1
    }
}

fn is_comparable(ty: Type, typmod: i32) -> bool {
    match ty {
        ty if ty.is_row() => Shapes::are_comparable(typmod),
        Type::UNKNOWN | Type::PG_NODE_TREE | Type::XID | Type::ACLITEM => false,
        ty => ty.is_comparable(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::record::Field;

    #[test]
    fn equal_shapes_have_one_number() {
        let shape = |ty, typmod| Shape {
            ty: Type::RECORD,
            fields: vec![Field { name: "f1".to_owned(), ty, typmod, domain: 0 }],
        };
        let mut shapes = Shapes::default();
        let (int, json) = (shapes.typmod(shape(Type::INT4, -1)), shapes.typmod(shape(Type::JSON, -1)));
        assert!(Shapes::are_comparable(int) && !Shapes::are_comparable(json) && !Shapes::are_comparable(-1));
        assert_eq!(shapes.typmod(shape(Type::INT4, -1)), int);
        assert_eq!(shapes.get(json), Some(&shape(Type::JSON, -1)));
        let of_rows = shapes.typmod(shape(Type::RECORD, int));
        assert!(Shapes::are_comparable(of_rows));
        assert!(!Shapes::are_comparable(shapes.typmod(shape(Type::RECORD, json))));
        assert_eq!(shapes.get(-1), None);
    }
}
