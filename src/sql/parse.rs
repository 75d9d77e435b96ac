//! Text → [`Statement`]s.
//!
//! Utility statements (transactions, settings) are read by [`super::utility`] from the tokens, the others by
//! sqlparser; what neither knows, but PostgreSQL does, becomes [`Kind::Unsupported`] so that binding can say so.

use std::sync::Arc;

use sqlparser::ast;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Word};

use super::amend::{self, Overriding};
use super::assigned_parts::take_assigned_parts;
use super::bind::{MAX_NAME, fold};
use super::conflict_target;
use super::constraints::ConstraintsStatement;
use super::copy::CopyStatement;
use super::current_of::{CurrentOf, is_within, take_current_of};
use super::cursor::DeclareStatement;
use super::ddl::Ddl;
use super::dialect::Postgres;
use super::explain::ExplainStatement;
use super::fetch_first;
use super::like::{LikeClause, take_likes};
use super::lock_lists;
use super::plan::{Fetch, SessionStatement, TransactionStatement};
use super::plpgsql::InlineCode;
use super::prepare::{self, ExecuteStatement, PrepareStatement};
use super::refusals;
use super::room::with_room;
use super::temporary::{self, TemporaryClauses};
use super::text::At;
use super::tokens::{self, Piece, beyond_us, syntax_error, too_complex};
use super::utility;
use super::view::{ViewClauses, take_view_clauses};
use crate::types::{PgError, Severity, SqlState};

/// Nesting that sqlparser takes; an opening parenthesis costs about three levels.
pub(super) const PARSER_RECURSION: usize = 300;

/// One parsed statement; cheap to clone.
#[derive(Clone, Debug)]
pub struct Statement {
    /// This statement's own text, without the terminating semicolon: parses alone to the same
    /// statement, which is how it is forwarded to another node.
    pub text: String,
    /// Characters before `text` in the client's query string: added to error positions.
    pub offset: u32,
    pub(super) kind: Arc<Kind>,
    /// How deep it nests, as [`with_room`] wants to know.
    pub(super) nesting: usize,
    /// What its client is told before it runs: names that are too long.
    pub notices: Vec<PgError>,
    /// It is a cursor's, whose rows tell which rows of tables they are.
    pub of_cursor: bool,
}

impl Statement {
    /// Whether it looks at the database, and so at a snapshot of it; others concern the session alone.
    pub fn is_query(&self) -> bool {
        matches!(
            *self.kind,
            Kind::Sql { .. }
                | Kind::Ddl(_)
                | Kind::Copy(_)
                | Kind::Prepare(_)
                | Kind::Execute(_)
                | Kind::Declare(_)
                | Kind::Explain(_)
        )
    }

    /// Whether it is SET CONSTRAINTS.
    pub fn sets_constraints(&self) -> bool {
        matches!(*self.kind, Kind::Constraints(_))
    }

    /// Whether it is LOCK TABLE.
    pub fn locks_tables(&self) -> bool {
        matches!(&*self.kind, Kind::Ddl(ddl) if matches!(**ddl, Ddl::Lock(_)))
    }

    /// Whether PREPARE takes it, as far as the grammar says.
    pub(super) fn is_preparable(&self) -> bool {
        self.is_data() || matches!(&*self.kind, Kind::Sql { tree, .. } if matches!(**tree, ast::Statement::Merge(_)))
    }

    /// Whether it reads or writes data, and may stand in COPY's parentheses.
    pub fn is_data(&self) -> bool {
        matches!(&*self.kind, Kind::Sql { tree, .. } if matches!(
            **tree,
            ast::Statement::Query(_) | ast::Statement::Insert(_) | ast::Statement::Update(_) | ast::Statement::Delete(_)
        ))
    }

    /// Whether it is a query that a cursor may be of.
    pub(super) fn is_select(&self) -> bool {
        let writes = |body: &ast::SetExpr| {
            matches!(body, ast::SetExpr::Insert(_) | ast::SetExpr::Update(_) | ast::SetExpr::Delete(_))
        };
        matches!(&*self.kind, Kind::Sql { tree, .. }
            if matches!(&**tree, ast::Statement::Query(query) if !writes(&query.body)))
    }

    /// Whether it is taken in a failed transaction block.
    pub fn is_exit(&self) -> bool {
        matches!(&*self.kind, Kind::Transaction(transaction) if transaction.is_exit())
    }

    /// Refuses parameters, which have no place in the simple protocol: 42P02 with a position.
    pub fn without_parameters(&self) -> Result<(), PgError> {
        if !self.text.contains('$') || matches!(*self.kind, Kind::Prepare(_)) {
            return Ok(());
        }
        match tokens::first_parameter(&self.text) {
            None => Ok(()),
            Some((name, at)) => {
                let message = format!("there is no parameter {name}");
                Err(at.mark(PgError::new(SqlState::UNDEFINED_PARAMETER, message), &self.text))
            }
        }
    }
}

#[derive(Debug)]
pub(super) enum Kind {
    Sql {
        tree: Box<ast::Statement>,
        overriding: Option<Overriding>,
        subscripts: Vec<AssignedPart>,
        likes: Vec<LikeClause>,
        view: Option<Box<ViewClauses>>,
        temporary: TemporaryClauses,
        current_of: Option<CurrentOf>,
    },
    /// A schema statement that we read ourselves.
    Ddl(Box<Ddl>),
    Transaction(TransactionStatement),
    Session(SessionStatement),
    Copy(CopyStatement),
    Prepare(Box<PrepareStatement>),
    Execute(Arc<ExecuteStatement>),
    Constraints(ConstraintsStatement),
    Declare(Box<DeclareStatement>),
    Explain(Box<ExplainStatement>),
    Fetch(Fetch),
    /// DO.
    Inline(InlineCode),
    /// A statement that PostgreSQL has and we don't, by its name.
    Unsupported(String),
}

/// What stands behind the name of a column that is written to, and names a part of it: sqlparser has no tree for subscripts
/// there.
#[derive(Debug)]
pub(super) struct AssignedPart {
    /// Where the column's name stands.
    pub column: Location,
    pub path: Vec<Step>,
}

/// One step from a value to a part of it.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Field(ast::Ident),
    Subscript(Box<ast::Subscript>),
}

impl Step {
    pub fn subscript(&self) -> Option<&ast::Subscript> {
        match self {
            Step::Subscript(subscript) => Some(subscript),
            Step::Field(_) => None,
        }
    }
}

/// Splits and parses a query string. Empty text gives no statements.
/// Errors: 42601 with a position, 54001 past the limits on tokens and depth.
pub fn parse(text: &str) -> Result<Vec<Statement>, PgError> {
    tokens::split(text)?
        .into_iter()
        .map(|piece| {
            let Piece { offset, text, tokens, nesting, whole } = piece;
            let mut notices: Vec<PgError> = tokens.iter().filter_map(truncation).collect();
            let moved = |error: PgError| PgError { position: error.position.map(|place| place + offset), ..error };
            let mut tokens = tokens;
            let parsed = temporary::take(&text, &mut tokens).and_then(|clauses| {
                notices.extend(clauses.warning(&text).map(moved));
                with_room(nesting, || parse_one(&text, tokens, clauses))
            });
            match parsed {
                Ok(kind) => Ok(Statement { text, offset, kind: Arc::new(kind), nesting, notices, of_cursor: false }),
                Err(error) => Err(moved(if whole { beyond_us(error) } else { error })),
            }
        })
        .collect()
}

/// What PostgreSQL says of an identifier that it cuts.
fn truncation(token: &TokenWithSpan) -> Option<PgError> {
    let Token::Word(word) = &token.token else { return None };
    if word.value.len() <= MAX_NAME {
        return None;
    }
    let ident = word.to_ident(token.span);
    let whole = if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_ascii_lowercase() };
    let message = format!("identifier \"{whole}\" will be truncated to \"{}\"", fold(&ident));
    Some(PgError { severity: Severity::Notice, ..PgError::new(SqlState::NAME_TOO_LONG, message) })
}

fn parse_one(text: &str, mut tokens: Vec<TokenWithSpan>, temporary: TemporaryClauses) -> Result<Kind, PgError> {
    if let Some(title) = refusals::part_of_key(&tokens) {
        return Ok(Kind::Unsupported(title.to_owned()));
    }
    if let Some(mut kind) = utility::parse(text, &tokens)? {
        if let Kind::Ddl(ddl) = &mut kind
            && let Ddl::CreateSequence(create) = &mut **ddl
        {
            create.temporary = temporary.temporary;
        }
        return Ok(kind);
    }
    if let Some(kind) = prepare::table_as_execute(text, &tokens)? {
        return Ok(kind);
    }
    if is_within(&tokens) {
        return Ok(Kind::Unsupported("WHERE CURRENT OF in WITH".to_owned()));
    }
    let current_of = take_current_of(text, &mut tokens)?;
    let likes = take_likes(text, &mut tokens)?;
    let view = take_view_clauses(text, &mut tokens)?;
    let overriding = amend::take_overriding(&mut tokens);
    let subscripts = take_assigned_parts(&mut tokens);
    let subscripts = subscripts.into_iter().map(|tokens| assigned_part(text, tokens)).collect::<Result<_, _>>()?;
    conflict_target::take(&mut tokens);
    amend::take_exclusions(&mut tokens);
    amend::take_search_cycle(&mut tokens);
    amend::embrace_values(&mut tokens);
    amend::take_table_as(&mut tokens);
    amend::refuse_generated_by_default(&tokens, text)?;
    amend::respell_default_values(&mut tokens);
    fetch_first::limit_for_fetch(&mut tokens);
    lock_lists::locks_last(&mut tokens);
    lock_lists::repeat_locks(&mut tokens);
    amend::respell_similar_substring(&mut tokens);
    amend::embrace_variadic(&mut tokens);
    let dialect = Postgres::new();
    let mut parser =
        Parser::new(&dialect).with_recursion_limit(PARSER_RECURSION).with_tokens_with_locations(tokens.clone());
    let parsed = parser.parse_statement().map_err(|error| refused(&error, text, &tokens))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        return Err(syntax_error(text, Some(&next)));
    }
    Ok(Kind::Sql { tree: Box::new(parsed), overriding, subscripts, likes, view, temporary, current_of })
}

/// `name[…].field[…]`.
fn assigned_part(text: &str, mut tokens: Vec<TokenWithSpan>) -> Result<AssignedPart, PgError> {
    let column = tokens.first().map_or(Location::empty(), |token| token.span.start);
    // Whatever the column is called, it is a name here.
    if let Some(TokenWithSpan { token: Token::Word(word), .. }) = tokens.first_mut() {
        *word = Word { value: "column".to_owned(), quote_style: Some('"'), keyword: Keyword::NoKeyword };
    }
    let dialect = Postgres::new();
    let mut parser =
        Parser::new(&dialect).with_recursion_limit(PARSER_RECURSION).with_tokens_with_locations(tokens.clone());
    let parsed = parser.parse_expr().map_err(|error| refused(&error, text, &tokens))?;
    let next = parser.peek_token();
    let (ast::Expr::CompoundFieldAccess { access_chain, .. }, Token::EOF) = (parsed, &next.token) else {
        return Err(syntax_error(text, tokens.get(1)));
    };
    let step = |access| match access {
        ast::AccessExpr::Subscript(subscript) => Ok(Step::Subscript(Box::new(subscript))),
        ast::AccessExpr::Dot(ast::Expr::Identifier(field)) => Ok(Step::Field(field)),
        ast::AccessExpr::Dot(_) => Err(syntax_error(text, tokens.get(1))),
    };
    Ok(AssignedPart { column, path: access_chain.into_iter().map(step).collect::<Result<_, _>>()? })
}

/// Parses text that is one expression, such as a stored DEFAULT. Tells also how deep it nests.
pub(super) fn parse_expression(text: &str) -> Result<(ast::Expr, usize), PgError> {
    let pieces = tokens::split_expression(text)?;
    let [piece] = &pieces[..] else { return Err(syntax_error(text, None)) };
    Ok((with_room(piece.nesting, || parse_whole_expression(text, piece))?, piece.nesting))
}

fn parse_whole_expression(text: &str, piece: &Piece) -> Result<ast::Expr, PgError> {
    let dialect = Postgres::new();
    let mut parser =
        Parser::new(&dialect).with_recursion_limit(PARSER_RECURSION).with_tokens_with_locations(piece.tokens.clone());
    let expression = parser.parse_expr().map_err(|error| refused(&error, text, &piece.tokens))?;
    let next = parser.peek_token();
    if next.token != Token::EOF { Err(syntax_error(text, Some(&next))) } else { Ok(expression) }
}

/// sqlparser's refusal in PostgreSQL's words.
pub(super) fn refused(error: &ParserError, text: &str, tokens: &[TokenWithSpan]) -> PgError {
    let message = match error {
        ParserError::RecursionLimitExceeded => return too_complex(),
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
    };
    let Some(location) = location_in(message) else { return syntax_error(text, None) };
    let token = tokens.iter().find(|token| token.span.start == location);
    match token {
        Some(token) => syntax_error(text, Some(token)),
        None => At::from(location).mark(syntax_error(text, None), text),
    }
}

/// The `at Line: 1, Column: 2` that ends sqlparser's messages.
fn location_in(message: &str) -> Option<Location> {
    let (_, tail) = message.rsplit_once(" at Line: ")?;
    let (line, column) = tail.split_once(", Column: ")?;
    Some(Location { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? })
}

/// The keyword a token is, if it is one and not quoted.
pub(super) fn keyword(token: &TokenWithSpan) -> Option<Keyword> {
    match &token.token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    }
}
