//! A block's text → its steps (`pl_gram.y`), with each statement and expression read once to see that it can be.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::conditions::named;
use super::raise::raise;
use super::scanner::{Piece, Scanner};
use super::{Block, Condition, Handler, InlineCode, Step, StepKind};
use crate::sql::amend::is;
use crate::sql::parse::parse;
use crate::types::{PgError, SqlState};

/// Blocks and branches within each other.
const MAX_DEPTH: usize = 50;

/// Statements of PL/pgSQL that are not there.
const MISSING: &[&str] = &[
    "assert", "call", "case", "close", "commit", "continue", "do", "exit", "fetch", "for", "foreach", "get", "loop",
    "move", "open", "rollback", "while",
];

/// Reads a block. Errors: 42601 and such with their places in the statement that it is of, 42704 for another language, 0A000 for
/// what there is in PL/pgSQL and not here.
pub fn compile(code: &InlineCode) -> Result<Block, PgError> {
    match code.language.as_deref() {
        None | Some("plpgsql") => {}
        Some(language @ ("sql" | "c" | "internal")) => {
            let message = format!("language \"{language}\" does not support inline code execution");
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        Some(language) => {
            let message = format!("language \"{language}\" does not exist");
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        }
    }
    let mut scanner = Scanner::new(&code.body, code.offset)?;
    let block = block(&mut scanner, 0)?;
    scanner.accept_sign(&Token::SemiColon);
    match scanner.peek() {
        None => Ok(block),
        Some(_) => Err(scanner.syntax_error()),
    }
}

/// `[DECLARE] BEGIN … [EXCEPTION …] END`.
fn block(scanner: &mut Scanner<'_>, depth: usize) -> Result<Block, PgError> {
    if depth > MAX_DEPTH {
        return Err(PgError::new(SqlState::STATEMENT_TOO_COMPLEX, "the blocks of a DO nest too deeply"));
    }
    if scanner.peek().is_some_and(|token| token.token == Token::ShiftLeft) {
        return Err(PgError::unsupported("a label in DO"));
    }
    while scanner.accept("declare") {
        if !scanner.is_at("begin") && !scanner.is_at("declare") && scanner.peek().is_some() {
            return Err(PgError::unsupported("a variable in DO"));
        }
    }
    scanner.expect("begin")?;
    let steps = steps(scanner, depth)?;
    let mut handlers = Vec::new();
    if scanner.accept("exception") {
        while scanner.accept("when") {
            let conditions = conditions(scanner)?;
            let steps = self::steps(scanner, depth)?;
            handlers.push(Handler { conditions, steps });
        }
        if handlers.is_empty() {
            return Err(scanner.syntax_error());
        }
    }
    scanner.expect("end")?;
    let label = scanner.next;
    if let Some(TokenWithSpan { token: Token::Word(_), .. }) = scanner.peek() {
        let message = format!("end label \"{}\" specified for unlabeled block", scanner.written(label..label + 1));
        return Err(scanner.at(label, PgError::new(SqlState::SYNTAX_ERROR, message)));
    }
    Ok(Block { steps, handlers })
}

/// `condition [OR condition] THEN`.
fn conditions(scanner: &mut Scanner<'_>) -> Result<Vec<Condition>, PgError> {
    let mut conditions = Vec::new();
    loop {
        match state_or_name(scanner)? {
            Named::State(state) => conditions.push(Condition::State(state)),
            Named::Name(name) if name == "others" => conditions.push(Condition::Others),
            Named::Name(name) => match &named(&name)[..] {
                [] => return Err(scanner.compiling(unrecognized(&name))),
                states => conditions.extend(states.iter().copied().map(Condition::State)),
            },
        }
        if !scanner.accept("or") {
            scanner.expect("then")?;
            return Ok(conditions);
        }
    }
}

pub(super) enum Named {
    State(SqlState),
    Name(String),
}

/// `SQLSTATE '23505'`, or a condition's name.
pub(super) fn state_or_name(scanner: &mut Scanner<'_>) -> Result<Named, PgError> {
    if scanner.accept("sqlstate") {
        let Some(Token::SingleQuotedString(text)) = scanner.peek().map(|token| token.token.clone()) else {
            return Err(scanner.syntax_error());
        };
        let Some(state) = SqlState::of(&text) else { return Err(scanner.near("invalid SQLSTATE code")) };
        scanner.next += 1;
        return Ok(Named::State(state));
    }
    match scanner.peek().map(|token| &token.token) {
        Some(Token::Word(word)) => {
            let name = match word.quote_style {
                None => word.value.to_ascii_lowercase(),
                Some(_) => word.value.clone(),
            };
            scanner.next += 1;
            Ok(Named::Name(name))
        }
        _ => Err(scanner.syntax_error()),
    }
}

/// 42704.
pub(super) fn unrecognized(name: &str) -> PgError {
    PgError::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized exception condition \"{name}\""))
}

/// Statements up to a word that ends them.
fn steps(scanner: &mut Scanner<'_>, depth: usize) -> Result<Vec<Step>, PgError> {
    const ENDS: &[&str] = &["end", "exception", "when", "else", "elsif", "elseif"];
    let mut steps = Vec::new();
    while !ENDS.iter().any(|word| scanner.is_at(word)) {
        let line = scanner.line();
        let kind = step(scanner, depth)?;
        steps.push(Step { line, kind });
    }
    Ok(steps)
}

fn step(scanner: &mut Scanner<'_>, depth: usize) -> Result<StepKind, PgError> {
    let Some(first) = scanner.peek().cloned() else { return Err(scanner.syntax_error()) };
    if is(&first, "begin") || is(&first, "declare") || first.token == Token::ShiftLeft {
        let block = block(scanner, depth + 1)?;
        scanner.expect_semicolon()?;
        return Ok(StepKind::Block(block));
    }
    if let Some(missing) = MISSING.iter().find(|word| is(&first, word)) {
        return Err(PgError::unsupported(format!("{} in DO", missing.to_ascii_uppercase())));
    }
    let Token::Word(_) = first.token else { return Err(scanner.syntax_error()) };
    if let Some(next) = scanner.token(scanner.next + 1)
        && matches!(next.token, Token::Assignment | Token::Eq)
    {
        return Err(unknown_variable(scanner, scanner.next));
    }
    for (word, read) in STATEMENTS {
        if scanner.accept(word) {
            return read(scanner, depth);
        }
    }
    sql(scanner)
}

type Read = fn(&mut Scanner<'_>, usize) -> Result<StepKind, PgError>;

/// Statements of PL/pgSQL by their first words.
const STATEMENTS: &[(&str, Read)] = &[
    ("null", |scanner, _| scanner.expect_semicolon().map(|()| StepKind::Null)),
    ("if", branches),
    ("return", |scanner, _| returns(scanner)),
    ("raise", |scanner, _| raise(scanner).map(StepKind::Raise)),
    ("perform", |scanner, _| perform(scanner)),
    ("execute", |scanner, _| execute(scanner)),
];

/// `"x" is not a known variable`: there are none.
fn unknown_variable(scanner: &Scanner<'_>, token: usize) -> PgError {
    let message = format!("\"{}\" is not a known variable", scanner.written(token..token + 1));
    scanner.at(token, PgError::new(SqlState::SYNTAX_ERROR, message))
}

fn branches(scanner: &mut Scanner<'_>, depth: usize) -> Result<StepKind, PgError> {
    if depth > MAX_DEPTH {
        return Err(PgError::new(SqlState::STATEMENT_TOO_COMPLEX, "the branches of a DO nest too deeply"));
    }
    let (mut branches, mut otherwise) = (Vec::new(), Vec::new());
    loop {
        let condition = scanner.until(|token| is(token, "then") || token.token == Token::SemiColon)?;
        if !scanner.is_at("then") {
            return Err(missing(scanner, "THEN"));
        }
        let condition = expression(scanner, &condition)?;
        scanner.next += 1;
        branches.push((condition, steps(scanner, depth + 1)?));
        if !scanner.accept("elsif") && !scanner.accept("elseif") {
            break;
        }
    }
    if scanner.accept("else") {
        otherwise = steps(scanner, depth + 1)?;
    }
    scanner.expect("end")?;
    scanner.expect("if")?;
    scanner.expect_semicolon()?;
    Ok(StepKind::If { branches, otherwise })
}

/// `missing "THEN" at end of SQL expression`.
fn missing(scanner: &Scanner<'_>, what: &str) -> PgError {
    let message = format!("missing \"{what}\" at end of SQL expression");
    match scanner.peek() {
        Some(_) => scanner.at(scanner.next, PgError::new(SqlState::SYNTAX_ERROR, message)),
        None => scanner.at_end(&message),
    }
}

fn returns(scanner: &mut Scanner<'_>) -> Result<StepKind, PgError> {
    if scanner.accept_sign(&Token::SemiColon) {
        return Ok(StepKind::Return);
    }
    let error = PgError::new(SqlState::DATATYPE_MISMATCH, "RETURN cannot have a parameter in function returning void");
    match scanner.peek() {
        Some(_) => Err(scanner.at(scanner.next, error)),
        None => Err(scanner.syntax_error()),
    }
}

fn perform(scanner: &mut Scanner<'_>) -> Result<StepKind, PgError> {
    let word = scanner.next.saturating_sub(1);
    let query = scanner.until(|token| token.token == Token::SemiColon)?;
    if query.range.is_empty() {
        return Err(scanner.near("missing expression"));
    }
    refuse_caught(scanner, &query)?;
    // With the space that stands between.
    let whole = scanner.written(word..query.range.end);
    let text = format!("SELECT{}", whole.get("PERFORM".len()..).unwrap_or_default());
    let added = text.chars().count().saturating_sub(query.text.chars().count());
    check(scanner, &query, &text, added as u32)?;
    scanner.expect_semicolon()?;
    Ok(StepKind::Perform(text))
}

fn execute(scanner: &mut Scanner<'_>) -> Result<StepKind, PgError> {
    let ends = |token: &TokenWithSpan| token.token == Token::SemiColon || is(token, "into") || is(token, "using");
    let text = scanner.until(ends)?;
    if scanner.is_at("into") || scanner.is_at("using") {
        return Err(PgError::unsupported("EXECUTE with INTO or USING in DO"));
    }
    let text = expression(scanner, &text)?;
    scanner.expect_semicolon()?;
    Ok(StepKind::Execute(text))
}

/// An expression, which must be one.
pub(super) fn expression(scanner: &Scanner<'_>, piece: &Piece<'_>) -> Result<String, PgError> {
    if piece.range.is_empty() {
        return Err(scanner.near("missing expression"));
    }
    check(scanner, piece, &format!("SELECT {}", piece.text), 7)?;
    Ok(piece.text.to_owned())
}

/// A statement of SQL.
fn sql(scanner: &mut Scanner<'_>) -> Result<StepKind, PgError> {
    let statement = scanner.until(|token| token.token == Token::SemiColon)?;
    if scanner.peek().is_none() {
        return Err(scanner.at_end("unexpected end of function definition at end of input"));
    }
    refuse_caught(scanner, &statement)?;
    if let Some(variable) = into(scanner, &statement) {
        return Err(unknown_variable(scanner, variable));
    }
    check(scanner, &statement, statement.text, 0)?;
    scanner.expect_semicolon()?;
    Ok(StepKind::Sql(statement.text.to_owned()))
}

/// What stands behind an INTO of PL/pgSQL.
fn into(scanner: &Scanner<'_>, statement: &Piece<'_>) -> Option<usize> {
    let mut range = statement.range.clone();
    let place = range.find(|place| {
        let before = place.checked_sub(1).and_then(|before| scanner.token(before));
        let of_sql = before.is_some_and(|before| is(before, "insert") || is(before, "merge"));
        scanner.token(*place).is_some_and(|token| is(token, "into")) && !of_sql
    })?;
    let strict = scanner.token(place + 1).is_some_and(|token| is(token, "strict"));
    Some(place + 1 + usize::from(strict))
}

/// SQLERRM and SQLSTATE are variables, which are known in expressions alone.
fn refuse_caught(scanner: &Scanner<'_>, piece: &Piece<'_>) -> Result<(), PgError> {
    let mut tokens = piece.range.clone().filter_map(|place| scanner.token(place));
    match tokens.any(|token| is(token, "sqlerrm") || is(token, "sqlstate")) {
        true => Err(PgError::unsupported("SQLERRM or SQLSTATE in a statement of DO")),
        false => Ok(()),
    }
}

/// Reads what is to be run, whose text has so many characters before the piece's.
fn check(scanner: &Scanner<'_>, piece: &Piece<'_>, text: &str, added: u32) -> Result<(), PgError> {
    let parsed = parse(text).map_err(|error| {
        let position = error.position.map(|place| place.saturating_sub(added).max(1));
        scanner.moved(PgError { position, ..error }, piece.before)
    })?;
    match &parsed[..] {
        [_] => Ok(()),
        _ => Err(scanner.syntax_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(body: &str) -> Result<Block, PgError> {
        compile(&InlineCode { body: body.to_owned(), offset: Some(5), language: None })
    }

    #[test]
    fn blocks_are_lists_of_steps() {
        let body = "BEGIN\n CREATE TYPE t AS ENUM ('a;b');\n IF x > 1 THEN NULL; ELSE PERFORM f(1); END IF;\n\
                    EXCEPTION WHEN duplicate_object OR others THEN null; END;";
        let block = compiled(body).unwrap();
        assert_eq!(block.steps.len(), 2);
        assert_eq!(block.steps[0], Step { line: 2, kind: StepKind::Sql("CREATE TYPE t AS ENUM ('a;b')".to_owned()) });
        let StepKind::If { branches, otherwise } = &block.steps[1].kind else { panic!("{block:?}") };
        assert_eq!(branches[0].0, "x > 1");
        assert_eq!(otherwise[0].kind, StepKind::Perform("SELECT f(1)".to_owned()));
        let conditions = [Condition::State(SqlState::DUPLICATE_OBJECT), Condition::Others];
        assert_eq!(block.handlers[0].conditions, conditions);
    }

    #[test]
    fn errors_tell_their_places_in_the_statement() {
        let error = compiled("BEGIN SELCT 1; END").unwrap_err();
        assert_eq!((error.code, error.position), (SqlState::SYNTAX_ERROR, Some(12)));
        for body in
            ["BEGIN FOR i IN 1..2 LOOP NULL; END LOOP; END", "DECLARE x int; BEGIN NULL; END", "<<a>> BEGIN END"]
        {
            assert_eq!(compiled(body).unwrap_err().code, SqlState::FEATURE_NOT_SUPPORTED, "{body}");
        }
        let deep = format!("{}{}", "BEGIN ".repeat(1000), "END; ".repeat(1000));
        assert_eq!(compiled(&deep).unwrap_err().code, SqlState::STATEMENT_TOO_COMPLEX);
    }
}
