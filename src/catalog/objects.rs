//! What a schema is made of. Each [`Object`] is stored as one row, its definition as JSON: fields
//! may be added (with `#[serde(default)]`), never changed in meaning.

use serde::{Deserialize, Serialize};

use super::index::{Index, KeyColumn};
use crate::types::Type;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    Table(Table),
    Index(Index),
    Sequence(Sequence),
    View(View),
    Enum(Enum),
    Schema(Schema),
    Comment(Comment),
    Domain(Domain),
    Extension(Extension),
    Composite(Composite),
}

impl Object {
    pub fn oid(&self) -> u32 {
        match self {
            Object::Table(table) => table.oid,
            Object::Index(index) => index.oid,
            Object::Sequence(sequence) => sequence.oid,
            Object::View(view) => view.oid,
            Object::Enum(of) => of.oid,
            Object::Schema(schema) => schema.oid,
            Object::Comment(comment) => comment.oid,
            Object::Domain(domain) => domain.oid,
            Object::Extension(extension) => extension.oid,
            Object::Composite(of) => of.oid,
        }
    }

    /// Whether its rows have a type: [`Type::of_relation`].
    pub fn has_row_type(&self) -> bool {
        matches!(self, Object::Table(_) | Object::View(_) | Object::Composite(_))
    }

    /// The schema that it is in; a schema itself is in none.
    pub fn schema(&self) -> &str {
        match self {
            Object::Table(table) => &table.schema,
            Object::Index(index) => &index.schema,
            Object::Sequence(sequence) => &sequence.schema,
            Object::View(view) => &view.schema,
            Object::Enum(of) => &of.schema,
            Object::Domain(domain) => &domain.schema,
            Object::Extension(extension) => &extension.schema,
            Object::Composite(of) => &of.schema,
            Object::Schema(_) | Object::Comment(_) => "",
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Object::Table(table) => &table.name,
            Object::Index(index) => &index.name,
            Object::Sequence(sequence) => &sequence.name,
            Object::View(view) => &view.name,
            Object::Enum(of) => &of.name,
            Object::Schema(schema) => &schema.name,
            Object::Comment(comment) => &comment.name,
            Object::Domain(domain) => &domain.name,
            Object::Extension(extension) => &extension.name,
            Object::Composite(of) => &of.name,
        }
    }

    /// Whether it is in the name space of tables: `pg_class`.
    pub fn is_relation(&self) -> bool {
        matches!(self, Object::Table(_) | Object::Index(_) | Object::Sequence(_) | Object::View(_))
    }

    /// The query that a view stands for, or that a materialized view is made of.
    pub fn query(&self) -> Option<&View> {
        match self {
            Object::View(view) => Some(view),
            Object::Table(table) => table.materialized.as_ref().map(|materialized| &materialized.view),
            _ => None,
        }
    }

    /// Itself, with another such query.
    pub fn with_query(&self, view: View) -> Object {
        match self {
            Object::Table(table) => {
                let mut table = table.clone();
                if let Some(materialized) = &mut table.materialized {
                    materialized.view = view;
                }
                Object::Table(table)
            }
            _ => Object::View(view),
        }
    }

    /// `table`, `index`, `sequence`, `view`, `materialized view`, `type`, `schema`, `comment` or `extension`, as
    /// PostgreSQL's messages say.
    pub fn kind(&self) -> &'static str {
        match self {
            Object::Table(table) if table.materialized.is_some() => "materialized view",
            Object::Table(_) => "table",
            Object::Index(_) => "index",
            Object::Sequence(_) => "sequence",
            Object::View(_) => "view",
            Object::Enum(_) | Object::Domain(_) | Object::Composite(_) => "type",
            Object::Schema(_) => "schema",
            Object::Comment(_) => "comment",
            Object::Extension(_) => "extension",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub oid: u32,
    pub schema: String,
    pub name: String,
    /// The table's name in the SQLite file: `name`, unless SQLite reserves that
    /// or (comparing without case) already has it.
    pub stored_name: String,
    /// In attnum order; dropped columns leave a gap in the attnums.
    pub columns: Vec<Column>,
    pub constraints: Vec<Constraint>,
    /// The column that is SQLite's rowid (declared `INTEGER PRIMARY KEY`): a single-column
    /// integer primary key. SQLite would give it a value where it is NULL, so the emitted
    /// statement must check it.
    pub rowid_column: Option<i16>,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
    /// The greatest attnum of a column that is no more: none gets it again.
    #[serde(default)]
    pub dropped: i16,
    /// UNLOGGED, which it is said to be: its rows are kept and replicated as any are.
    #[serde(default)]
    pub unlogged: bool,
    /// That it is a materialized view.
    #[serde(default)]
    pub materialized: Option<Box<Materialized>>,
    /// ON COMMIT of a temporary table; `None` is PRESERVE ROWS.
    #[serde(default)]
    pub on_commit: Option<OnCommit>,
    /// Whether its foreign keys are looked at, and those that reference it.
    #[serde(default)]
    pub triggers: Triggers,
    /// What the file's table has beside the columns.
    #[serde(default)]
    pub keys: Vec<KeyColumn>,
    /// `pg_class.reloptions`: `fillfactor=70`. A materialized view's are its query's.
    #[serde(default)]
    pub options: Vec<String>,
    /// What logical replication would tell of old rows: there is none here, so it is only shown.
    #[serde(default)]
    pub replica_identity: ReplicaIdentity,
}

/// `pg_class.relreplident`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplicaIdentity {
    #[default]
    Default,
    Nothing,
    Full,
    /// The columns of the index with this OID.
    Index(u32),
}

/// DISABLE TRIGGER ALL, and ENABLE TRIGGER ALL: the triggers that there are belong to foreign keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Triggers {
    #[default]
    On,
    Off,
}

/// What makes a table a materialized view: its rows are what a query has yielded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Materialized {
    /// The query, with the OID, the schema, the name and the columns' names of the table.
    pub view: View,
    /// Not WITH NO DATA: it may be read.
    pub populated: bool,
}

/// What becomes of a temporary table at the end of each transaction, or of the one that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnCommit {
    DeleteRows,
    Drop,
}

impl Table {
    /// A table of these columns and no more, called in the file as it is called.
    pub fn plain(oid: u32, schema: &str, name: &str, columns: Vec<Column>) -> Table {
        Table {
            oid,
            schema: schema.to_owned(),
            name: name.to_owned(),
            stored_name: name.to_owned(),
            columns,
            constraints: Vec::new(),
            rowid_column: None,
            comment: None,
            dropped: 0,
            unlogged: false,
            materialized: None,
            on_commit: None,
            triggers: Triggers::On,
            keys: Vec::new(),
            options: Vec::new(),
            replica_identity: ReplicaIdentity::Default,
        }
    }

    /// The query of a materialized view goes by the names that its table has.
    pub fn name_query(&mut self) {
        let Some(materialized) = &mut self.materialized else { return };
        materialized.view.schema.clone_from(&self.schema);
        materialized.view.name.clone_from(&self.name);
        for (column, table) in materialized.view.columns.iter_mut().zip(&self.columns) {
            column.name.clone_from(&table.name);
        }
    }

    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub fn attribute(&self, attnum: i16) -> Option<&Column> {
        self.columns.iter().find(|column| column.attnum == attnum)
    }

    /// The greatest attnum there has been.
    pub fn last_attnum(&self) -> i16 {
        self.columns.iter().map(|column| column.attnum).fold(self.dropped, i16::max)
    }

    /// Its CHECK constraints in the order in which PostgreSQL looks at them: by name.
    pub fn checks(&self) -> Vec<(&Constraint, &Check)> {
        let all = self.constraints.iter();
        let mut checks: Vec<_> = all.filter_map(|constraint| Some((constraint, constraint.check()?))).collect();
        checks.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name));
        checks
    }

    /// Its generated columns, each with its place.
    pub fn generated(&self) -> impl Iterator<Item = (usize, &Column, &Generated)> {
        let columns = self.columns.iter().enumerate();
        columns.filter_map(|(place, column)| Some((place, column, column.generated.as_ref()?)))
    }

    /// The texts over one of its rows that belong to it: of generated columns, CHECK constraints and keys.
    pub fn row_expressions(&self) -> impl Iterator<Item = &String> {
        let generated = self.columns.iter().filter_map(|column| Some(&column.generated.as_ref()?.expression));
        let checks = self.constraints.iter().filter_map(|constraint| Some(&constraint.check()?.expression));
        generated.chain(checks).chain(self.keys.iter().flat_map(KeyColumn::texts))
    }

    pub fn row_expressions_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let generated = self.columns.iter_mut().filter_map(|column| Some(&mut column.generated.as_mut()?.expression));
        let checks = self.constraints.iter_mut().filter_map(|constraint| match &mut constraint.kind {
            ConstraintKind::Check(check) => Some(&mut check.expression),
            _ => None,
        });
        generated.chain(checks).chain(self.keys.iter_mut().flat_map(KeyColumn::texts_mut))
    }

    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &ForeignKey)> {
        self.constraints.iter().filter_map(|constraint| Some((constraint, constraint.foreign_key()?)))
    }

    /// Its keys that rows may not reference with some columns and not with others.
    pub fn full_keys(&self) -> impl Iterator<Item = &Constraint> {
        self.foreign_keys().filter(|(constraint, key)| key.full && constraint.columns.len() > 1).map(|(key, _)| key)
    }

    /// Its foreign keys that are NOT VALID.
    pub fn unproven_keys(&self) -> impl Iterator<Item = &ForeignKey> {
        self.foreign_keys().filter(|(constraint, _)| constraint.not_valid).map(|(_, key)| key)
    }

    /// Its DEFERRABLE UNIQUE constraints and primary key.
    pub fn deferrable_keys(&self) -> impl Iterator<Item = &Constraint> {
        self.constraints.iter().filter(|constraint| constraint.deferral.is_deferrable())
    }

    /// A column's index by attnum.
    pub fn position(&self, attnum: i16) -> Option<usize> {
        self.columns.iter().position(|column| column.attnum == attnum)
    }

    pub fn primary_key(&self) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| constraint.kind == ConstraintKind::PrimaryKey)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// From 1.
    pub attnum: i16,
    pub name: String,
    /// The column's name in the SQLite file; see [`Table::stored_name`].
    pub stored_name: String,
    pub ty: Type,
    /// `atttypmod`: −1, or for varchar(n) n + 4. Of a column of a domain's type it is the domain's.
    pub typmod: i32,
    pub not_null: bool,
    #[serde(default)]
    pub default: Option<ColumnDefault>,
    #[serde(default)]
    pub identity: Option<Identity>,
    /// Then it has no default, and is no identity column.
    #[serde(default)]
    pub generated: Option<Generated>,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
    /// The domain that it is of, or 0: `ty` and `typmod` are what that is over.
    #[serde(default)]
    pub domain: u32,
    #[serde(default)]
    pub storage: ColumnStorage,
    /// COLLATE, where one was named; else it is its type's or domain's.
    #[serde(default)]
    pub collation: Option<String>,
}

/// What ALTER COLUMN says of how a column's values are kept and counted: to be shown, for SQLite has a way of its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnStorage {
    /// `attstattarget`; `None` is −1.
    pub statistics: Option<i16>,
    /// `attstorage`; `None` is the type's own.
    pub storage: Option<char>,
    /// `attcompression`.
    pub compression: Option<char>,
    /// `attoptions`: `n_distinct=5`.
    pub options: Vec<String>,
}

impl Column {
    /// Whether it is one of the file's alone: see [`Table::with_keys`].
    pub fn is_key(&self) -> bool {
        self.attnum < 0
    }
}

/// A column's DEFAULT: compiled into each INSERT, never into the file's schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ColumnDefault {
    /// A PostgreSQL expression, as text that parses and binds again by itself.
    Expression(String),
    /// `nextval` of the sequence with this OID (serial columns).
    NextValue(u32),
}

/// `GENERATED ALWAYS AS (expression) STORED`: compiled into each INSERT and UPDATE, never into the file's schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Generated {
    /// A PostgreSQL expression, as text that parses and binds again by itself.
    pub expression: String,
    /// Attnums of the columns it mentions: none of them generated.
    pub columns: Vec<i16>,
}

/// `GENERATED { ALWAYS | BY DEFAULT } AS IDENTITY`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    pub always: bool,
    pub sequence_oid: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    pub oid: u32,
    pub name: String,
    pub kind: ConstraintKind,
    /// Attnums, in the constraint's order.
    pub columns: Vec<i16>,
    /// The index behind a UNIQUE constraint or primary key, or behind the key that a foreign key references; 0 if none.
    #[serde(default)]
    pub index_oid: u32,
    /// NOT VALID: rows from before it was made may break it.
    #[serde(default)]
    pub not_valid: bool,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
    /// Of a UNIQUE constraint or primary key; a foreign key tells its own.
    #[serde(default)]
    pub deferral: Deferral,
}

/// When a constraint must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deferral {
    /// At every row.
    #[default]
    NotDeferrable,
    /// DEFERRABLE INITIALLY IMMEDIATE: at the end of each statement, unless SET CONSTRAINTS says otherwise.
    InitiallyImmediate,
    /// DEFERRABLE INITIALLY DEFERRED: at the COMMIT.
    InitiallyDeferred,
}

impl Deferral {
    pub fn is_deferrable(self) -> bool {
        self != Deferral::NotDeferrable
    }

    pub fn is_initially_deferred(self) -> bool {
        self == Deferral::InitiallyDeferred
    }
}

impl Constraint {
    /// DEFERRABLE.
    pub fn is_deferrable(&self) -> bool {
        self.deferral.is_deferrable() || self.foreign_key().is_some_and(|key| key.deferrable)
    }

    /// INITIALLY DEFERRED.
    pub fn is_initially_deferred(&self) -> bool {
        self.deferral.is_initially_deferred() || self.foreign_key().is_some_and(|key| key.initially_deferred)
    }

    /// Whether SQLite itself lets it be broken until the COMMIT.
    pub fn is_counted(&self) -> bool {
        self.deferral.is_deferrable() || self.foreign_key().is_some_and(ForeignKey::is_counted)
    }

    pub fn is_key(&self) -> bool {
        matches!(self.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique)
    }

    pub fn check(&self) -> Option<&Check> {
        match &self.kind {
            ConstraintKind::Check(check) => Some(check),
            _ => None,
        }
    }

    pub fn foreign_key(&self) -> Option<&ForeignKey> {
        match &self.kind {
            ConstraintKind::ForeignKey(key) => Some(key),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ConstraintKind {
    PrimaryKey,
    Unique,
    /// Compiled into each INSERT and UPDATE, never into the file's schema. Its columns are those it mentions.
    Check(Check),
    /// In the file's schema too, where SQLite enforces it.
    ForeignKey(ForeignKey),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// A PostgreSQL expression, as text that parses and binds again by itself.
    pub expression: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The table referenced.
    pub table_oid: u32,
    /// Attnums there, in the order of the constraint's columns.
    pub columns: Vec<i16>,
    pub on_update: Action,
    pub on_delete: Action,
    pub deferrable: bool,
    pub initially_deferred: bool,
    /// SQLite counts what violates it until the COMMIT, and whether that may be is looked at after each statement. Of
    /// keys that are initially immediate, those made before SET CONSTRAINTS was there are not.
    #[serde(default)]
    pub counted: bool,
    /// MATCH FULL: SQLite, which knows MATCH SIMPLE alone, lets rows pass of which only some columns are NULL; they are
    /// looked at when their statement is done.
    #[serde(default)]
    pub full: bool,
    /// Of `ON DELETE SET NULL (columns)` or `SET DEFAULT (columns)` the columns' attnums, else none: then all of the constraint's
    /// are set. SQLite has no such action; the file's schema says NO ACTION, and a trigger of whoever executes acts.
    #[serde(default)]
    pub set_columns: Vec<i16>,
}

impl ForeignKey {
    /// Whether an action of the key, which is the constraint's, gives a column of its table its default.
    pub fn sets_default(&self, constraint: &Constraint, attnum: i16) -> bool {
        let deleted = if self.set_columns.is_empty() { &constraint.columns } else { &self.set_columns };
        self.on_update == Action::SetDefault && constraint.columns.contains(&attnum)
            || self.on_delete == Action::SetDefault && deleted.contains(&attnum)
    }

    /// Whether it changes rows that reference what is changed.
    pub fn acts(&self) -> bool {
        let acts = |action| matches!(action, Action::Cascade | Action::SetNull | Action::SetDefault);
        acts(self.on_update) || acts(self.on_delete)
    }

    /// Whether SQLite knows it as a deferred one.
    pub fn is_counted(&self) -> bool {
        self.initially_deferred || self.counted
    }
}

/// What happens to referencing rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

impl Action {
    /// As a foreign key's clauses say it; `None` where none is needed.
    pub fn clause(self) -> Option<&'static str> {
        match self {
            Action::NoAction => None,
            Action::Restrict => Some("RESTRICT"),
            Action::Cascade => Some("CASCADE"),
            Action::SetNull => Some("SET NULL"),
            Action::SetDefault => Some("SET DEFAULT"),
        }
    }
}

/// A sequence's definition. Its current value is data, kept apart (`_quorlite_sequences`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    pub oid: u32,
    pub schema: String,
    pub name: String,
    pub ty: Type,
    pub start: i64,
    pub increment: i64,
    pub min: i64,
    pub max: i64,
    pub cycle: bool,
    /// The column that owns it (table OID, attnum): dropped with it.
    #[serde(default)]
    pub owned_by: Option<(u32, i16)>,
    /// What it begins with, where RESTART has made it anew with another value than its start.
    #[serde(default)]
    pub restart: Option<i64>,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
    /// CACHE: how many values a session would take at a time. Here it takes one, and nobody's are left over.
    #[serde(default = "one")]
    pub cache: i64,
}

fn one() -> i64 {
    1
}

/// A view: its query, which is bound anew by whoever selects from it, as it was meant when it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    pub oid: u32,
    pub schema: String,
    pub name: String,
    pub columns: Vec<ViewColumn>,
    /// PostgreSQL's text, which parses by itself.
    pub query: String,
    /// Where its names are looked up.
    pub search_path: Vec<String>,
    /// The settings that literals of its text are read by (name, value), and the transaction's time (`'today'`), in
    /// microseconds since 2000-01-01 UTC.
    pub settings: Vec<(String, String)>,
    pub made_at: i64,
    /// The tables and views it names itself, each with the last attnum there was: `*` means no later ones.
    pub sees: Vec<(u32, i16)>,
    /// The columns of these that it uses (OID, attnum).
    pub uses: Vec<(u32, i16)>,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
    /// `pg_class.reloptions`: `security_barrier=true`.
    #[serde(default)]
    pub options: Vec<String>,
}

impl View {
    /// The last attnum that it knows of a relation.
    pub fn sees(&self, oid: u32) -> Option<i16> {
        self.sees.iter().find(|(other, _)| *other == oid).map(|(_, last)| *last)
    }

    /// WITH CHECK OPTION: `local` or `cascaded`.
    pub fn check_option(&self) -> Option<&'static str> {
        let value = self.options.iter().find_map(|option| option.strip_prefix("check_option="))?;
        ["local", "cascaded"].into_iter().find(|known| value.eq_ignore_ascii_case(known))
    }
}

/// `CREATE SCHEMA`. `public` is there without being written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    pub oid: u32,
    pub name: String,
    /// That `public` is there no more.
    pub dropped: bool,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
    /// The session whose temporary objects are in it.
    #[serde(default)]
    pub session: Option<SessionKey>,
}

/// A session of the cluster, told from all others that there have ever been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionKey {
    /// The node that it is connected to, or 0: nobody's.
    pub node: u64,
    /// Which run of that node's process; drawn at its start.
    pub run: u64,
    /// Counts the sessions of the run.
    pub number: u64,
}

/// `CREATE TYPE … AS ENUM`. Columns hold the label itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enum {
    /// Even; the next OID is the array type's.
    pub oid: u32,
    pub schema: String,
    pub name: String,
    /// As they sort.
    pub labels: Vec<Label>,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    /// `pg_enum.oid`.
    pub oid: u32,
    pub label: String,
    /// `pg_enum.enumsortorder`.
    pub order: f32,
}

impl Enum {
    pub fn ty(&self) -> Type {
        Type(self.oid)
    }

    /// A label's place among the labels.
    pub fn position(&self, label: &str) -> Option<usize> {
        self.labels.iter().position(|other| other.label == label)
    }
}

/// `CREATE DOMAIN`. What is of it is stored as a value of the type that it is over, and behaves as one; its constraints
/// are compiled into the casts to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// Even; the next OID is the array type's.
    pub oid: u32,
    pub schema: String,
    pub name: String,
    /// The domain that it is made of, or 0.
    pub parent: u32,
    /// What it is over, domains looked through, with the typmod.
    pub ty: Type,
    pub typmod: i32,
    /// `typndims`: how many dimensions its definition gives an array.
    pub dimensions: i32,
    /// COLLATE, where one was named.
    pub collation: Option<String>,
    pub not_null: bool,
    /// Of columns that have none; what it is made of may have been its own when it was made.
    pub default: Option<ColumnDefault>,
    pub constraints: Vec<DomainConstraint>,
    /// COMMENT ON.
    pub comment: Option<String>,
}

impl Domain {
    /// As messages name it, and catalogs: values are of [`Domain::ty`].
    pub fn named(&self) -> Type {
        Type(self.oid)
    }

    /// The OID of its array type: arrays of its values are of the array type of [`Domain::ty`].
    pub fn array(&self) -> u32 {
        self.oid + 1
    }
}

/// A composite type: of rows that are in no table. What is of it, is of [`Type::of_relation`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Composite {
    pub oid: u32,
    pub schema: String,
    pub name: String,
    pub attributes: Vec<Attribute>,
    /// COMMENT ON.
    pub comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// From 1.
    pub attnum: i16,
    pub name: String,
    pub ty: Type,
    pub typmod: i32,
    /// As [`Column::collation`].
    #[serde(default)]
    pub collation: Option<String>,
}

/// A CHECK over VALUE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DomainConstraint {
    pub oid: u32,
    pub name: String,
    /// A PostgreSQL expression, as text that parses and binds again by itself.
    pub expression: String,
    /// NOT VALID: rows from before it was made may break it.
    pub not_valid: bool,
    /// COMMENT ON.
    pub comment: Option<String>,
}

/// `CREATE EXTENSION`. What there is to be had, and what it is made of, is [`Available`](super::extensions::Available)'s
/// to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// The OIDs behind it are those of its functions, in their order.
    pub oid: u32,
    pub name: String,
    /// Where its functions are.
    pub schema: String,
    pub version: String,
    /// COMMENT ON; it begins with what the extension says of itself.
    pub comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewColumn {
    pub name: String,
    pub ty: Type,
    pub typmod: i32,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
    /// A PostgreSQL expression, as text that parses and binds again by itself.
    #[serde(default)]
    pub default: Option<String>,
    /// As [`Column::domain`].
    #[serde(default)]
    pub domain: u32,
    /// As [`Column::collation`].
    #[serde(default)]
    pub collation: Option<String>,
}

impl ViewColumn {
    /// As a table's column of that name and type, and no more.
    pub fn as_column(&self) -> Column {
        Column {
            attnum: 0,
            name: self.name.clone(),
            stored_name: self.name.clone(),
            ty: self.ty,
            typmod: self.typmod,
            not_null: false,
            default: None,
            identity: None,
            generated: None,
            comment: None,
            domain: self.domain,
            storage: ColumnStorage::default(),
            collation: self.collation.clone(),
        }
    }
}

/// `COMMENT ON` something that is not written down here: one of PostgreSQL's own objects, or the database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    pub oid: u32,
    /// Made of what it is about: [`Comment::name_of`].
    pub name: String,
    /// `None` hides what PostgreSQL says of its object.
    pub text: Option<String>,
    /// `classoid`, `objoid` and `objsubid`, as in `pg_description`.
    pub class: u32,
    pub object: u32,
    pub column: i32,
}

impl Comment {
    pub fn name_of(class: u32, object: u32, column: i32) -> String {
        format!("{class}.{object}.{column}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_stored_as_ever() {
        let first = r#"{"attnum":1,"name":"a","stored_name":"a","ty":25,"typmod":-1,"not_null":false}"#;
        let column: Column = serde_json::from_str(first).unwrap();
        assert_eq!((column.domain, &column.collation, &column.storage), (0, &None, &ColumnStorage::default()));
        let collated = Column { collation: Some("C".to_owned()), ..column };
        let again = serde_json::to_string(&collated).unwrap();
        assert_eq!(serde_json::from_str::<Column>(&again).unwrap(), collated);
    }

    /// As files hold them: what was once written is read for ever.
    #[test]
    fn constraints_are_stored_as_ever() {
        let stored = [
            (r#"{"oid":1,"name":"k","kind":"PrimaryKey","columns":[1]}"#, ConstraintKind::PrimaryKey),
            (r#"{"oid":1,"name":"k","kind":"Unique","columns":[1],"index_oid":0}"#, ConstraintKind::Unique),
            (
                r#"{"oid":1,"name":"k","kind":{"Check":{"expression":"a > 0"}},"columns":[1],"index_oid":0}"#,
                ConstraintKind::Check(Check { expression: "a > 0".to_owned() }),
            ),
            (
                r#"{"oid":1,"name":"k","kind":{"ForeignKey":{"table_oid":7,"columns":[2],"on_update":"NoAction",
                   "on_delete":"SetNull","deferrable":true,"initially_deferred":false}},"columns":[1],"index_oid":0}"#,
                ConstraintKind::ForeignKey(ForeignKey {
                    table_oid: 7,
                    columns: vec![2],
                    on_update: Action::NoAction,
                    on_delete: Action::SetNull,
                    deferrable: true,
                    initially_deferred: false,
                    counted: false,
                    full: false,
                    set_columns: Vec::new(),
                }),
            ),
        ];
        for (json, kind) in stored {
            let constraint = Constraint {
                oid: 1,
                name: "k".to_owned(),
                kind,
                columns: vec![1],
                index_oid: 0,
                not_valid: false,
                comment: None,
                deferral: Deferral::NotDeferrable,
            };
            assert_eq!(serde_json::from_str::<Constraint>(json).unwrap(), constraint);
            let again = serde_json::to_string(&constraint).unwrap();
            assert_eq!(serde_json::from_str::<Constraint>(&again).unwrap(), constraint);
        }
    }
}
