//! Whether a text is SQL as PostgreSQL has it, and at which token it stops being that.
//!
//! sqlparser reads much that PostgreSQL doesn't, and stops elsewhere than PostgreSQL would at what neither reads. So before
//! it reads anything, the tokens go through an automaton of PostgreSQL's own grammar (`grammar/statements.grammar`, of which
//! `grammar/build.rs` makes tables as bison would). What that takes, and we then can't read, is no syntax error but something that we
//! lack.

use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan, Whitespace};

use super::amend::junk;
use super::operator_tokens::is_operator;
use super::text::At;
use super::tokens::syntax_error;
use super::unicode;
use crate::types::{PgError, SqlState};

include!(concat!(env!("OUT_DIR"), "/grammar.rs"));

/// How far the grammar knows a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// To its end.
    Whole,
    /// By its first words: a parser of its own must say what is wrong with the rest.
    Begin,
}

/// Reads the tokens of a text, white space among them and operators joined. Tells of each statement, empty ones
/// too, how far it's known. `cut`: more would follow, which can't be read.
///
/// Errors: 42601 at the first token that can't be where it is.
pub fn check(tokens: &[TokenWithSpan], cut: bool, text: &str) -> Result<Vec<Known>, PgError> {
    let mut known = Vec::new();
    let mut parser = Parser::new();
    let mut terminals = Terminals { tokens, at: 0, text, ahead: None, half: None };
    let mut unchecked = false;
    loop {
        let Some((terminal, place)) = terminals.next()? else {
            if !cut && !unchecked {
                parser.take(END, At::NOWHERE).map_err(|refused| refused.error(None, text))?;
            }
            known.push(if unchecked { Known::Begin } else { Known::Whole });
            return Ok(known);
        };
        if terminal == SEMICOLON && std::mem::take(&mut unchecked) {
            parser = Parser::new();
            known.push(Known::Begin);
            continue;
        }
        if unchecked {
            continue;
        }
        match parser.take(terminal, place.into()) {
            Ok(Taken::Token) if terminal == SEMICOLON => known.push(Known::Whole),
            Ok(Taken::Token) => {}
            Ok(Taken::All) => unchecked = true,
            Err(refused) => return Err(refused.error(Some(place), text)),
        }
    }
}

enum Taken {
    Token,
    /// This token, and whatever follows.
    All,
}

enum Refused {
    Token,
    /// A rule that is there for its error, and where what it's about begins.
    Rule(u8, At),
}

impl Refused {
    fn error(self, place: Option<Span>, text: &str) -> PgError {
        match (self, place) {
            (Refused::Rule(LIMIT_WITH_COMMA, begin), _) => {
                let error = PgError::new(SqlState::SYNTAX_ERROR, "LIMIT #,# syntax is not supported");
                begin.mark(error.hint("Use separate LIMIT and OFFSET clauses."), text)
            }
            (_, place) => syntax_error(text, place.map(|span| TokenWithSpan { token: Token::Comma, span }).as_ref()),
        }
    }
}

/// An LALR(1) parser without a tree.
struct Parser {
    /// Each with where what led there begins.
    states: Vec<(u16, At)>,
}

impl Parser {
    fn new() -> Parser {
        Parser { states: vec![(0, At::NOWHERE)] }
    }

    fn take(&mut self, terminal: u16, place: At) -> Result<Taken, Refused> {
        loop {
            let action = self.action(terminal);
            match (action >> 1, action & 1) {
                (0, 0) => {
                    let anything = self.action(UNCHECKED);
                    return if anything != 0 && anything & 1 == 0 { Ok(Taken::All) } else { Err(Refused::Token) };
                }
                (state, 0) => {
                    self.states.push((state, place));
                    return Ok(Taken::Token);
                }
                (rule, _) => self.reduce(rule, place)?,
            }
        }
    }

    /// What to do at a token: twice the next state, or twice a rule and one.
    fn action(&self, terminal: u16) -> u16 {
        let (most, row) = STATES[usize::from(self.state())];
        match ACTIONS[ROWS[usize::from(row)] as usize + usize::from(terminal)] {
            (of, action) if of == row + 1 => action,
            _ => most,
        }
    }

    fn state(&self) -> u16 {
        self.states.last().map_or(0, |(state, _)| *state)
    }

    /// `place`: of what follows.
    fn reduce(&mut self, rule: u16, place: At) -> Result<(), Refused> {
        let (symbol, length, error) = RULES[usize::from(rule)];
        let rest = self.states.len() - usize::from(length);
        let begin = self.states.get(rest).map_or(place, |(_, begin)| *begin);
        if error > 0 {
            return Err(Refused::Rule(error, begin));
        }
        self.states.truncate(rest);
        let symbol = symbol - TERMINALS;
        let (most, base) = GOTOS[usize::from(symbol)];
        let next = match EXCEPTIONS[base as usize + usize::from(self.state())] {
            (of, next) if of == symbol + 1 => next,
            _ => most,
        };
        self.states.push((next, begin));
        Ok(())
    }
}

/// A token as the grammar has it, and where it stands.
type Terminal = (u16, Span);

/// A text's tokens as the grammar has them.
struct Terminals<'t> {
    tokens: &'t [TokenWithSpan],
    /// How many have been read.
    at: usize,
    text: &'t str,
    /// Read already.
    ahead: Option<Terminal>,
    /// The second half of the token that was read last.
    half: Option<Terminal>,
}

impl Terminals<'_> {
    fn next(&mut self) -> Result<Option<Terminal>, PgError> {
        let next = match self.ahead.take() {
            Some(next) => Some(next),
            None => self.read()?,
        };
        let Some((terminal, place)) = next else { return Ok(None) };
        // What three words are depends on the one behind them.
        let (followers, special): (&[u16], u16) = match terminal {
            NOT => (&[BETWEEN, IN, LIKE, ILIKE, SIMILAR], NOT_LA),
            NULLS => (&[FIRST, LAST], NULLS_LA),
            WITH => (&[TIME, ORDINALITY], WITH_LA),
            _ => return Ok(next),
        };
        self.ahead = self.read()?;
        let special_follows = self.ahead.is_some_and(|(follower, _)| followers.contains(&follower));
        Ok(Some((if special_follows { special } else { terminal }, place)))
    }

    fn read(&mut self) -> Result<Option<Terminal>, PgError> {
        if let Some(half) = self.half.take() {
            return Ok(Some(half));
        }
        while let Some(TokenWithSpan { token: Token::Whitespace(_), .. }) = self.tokens.get(self.at) {
            self.at += 1;
        }
        let first = self.at;
        let Some(token) = self.tokens.get(first) else { return Ok(None) };
        if let Some(message) = junk(token, self.tokens.get(first + 1), self.text) {
            return Err(At::from(token.span).mark(PgError::new(SqlState::SYNTAX_ERROR, message), self.text));
        }
        self.at += 1;
        let next = self.tokens.get(self.at).filter(|next| next.span.start == token.span.end);
        // `1..2` is no `1.` and `.2`.
        if let (Token::Number(digits, _), Some(next)) = (&token.token, next)
            && let Some(whole) = digits.strip_suffix('.')
            && (next.token == Token::Period || matches!(&next.token, Token::Number(more, _) if more.starts_with('.')))
        {
            let at = |column: u64| Location { column, ..token.span.end };
            let dot = at(token.span.end.column - 1);
            self.half = Some((INVALID, Span::new(dot, at(token.span.end.column + 1))));
            return Ok(Some((number(whole), Span::new(token.span.start, dot))));
        }
        // Two dots are a token of their own, which is nowhere in SQL.
        if let Some(TokenWithSpan { token: Token::Period, span }) = next
            && token.token == Token::Period
        {
            self.at += 1;
            return Ok(Some((INVALID, Span::new(token.span.start, span.end))));
        }
        if self.tokens.get(first..first + 3).is_some_and(unicode::begins) {
            self.at += 2;
            self.skip_uescape();
            let name = matches!(self.tokens[first + 2].token, Token::Word(_));
            if !name {
                self.skip_continuations();
            }
            let place = Span::new(token.span.start, self.tokens[first + 2].span.end);
            return Ok(Some((if name { IDENT } else { SCONST }, place)));
        }
        let terminal = match &token.token {
            Token::NationalStringLiteral(_) => {
                // `N'x'` is NCHAR and a string.
                self.skip_continuations();
                let Span { start, end } = token.span;
                let between = Location { column: start.column + 1, ..start };
                self.half = Some((SCONST, Span::new(between, end)));
                return Ok(Some((NCHAR, Span::new(start, between))));
            }
            token => terminal(token),
        };
        let mut place = token.span;
        // A sign that begins nothing.
        if terminal == INVALID {
            place.end = Location { column: place.start.column + 1, ..place.start };
        }
        if matches!(terminal, SCONST | BCONST | XCONST) && !matches!(token.token, Token::DollarQuotedString(_)) {
            self.skip_continuations();
            place.end = self.tokens[self.at - 1].span.end;
        }
        Ok(Some((terminal, place)))
    }

    /// Strings that go on with the next line.
    fn skip_continuations(&mut self) {
        loop {
            let rest = &self.tokens[self.at..];
            let mut newline = false;
            let space = rest.iter().take_while(|token| match &token.token {
                Token::Whitespace(space) => {
                    newline |= matches!(space, Whitespace::Newline | Whitespace::SingleLineComment { .. });
                    // A comment that is no line's does not count as the space between them.
                    !matches!(space, Whitespace::MultiLineComment(_))
                }
                _ => false,
            });
            let space = space.count();
            match rest.get(space) {
                Some(TokenWithSpan { token: Token::SingleQuotedString(_), .. }) if newline => self.at += space + 1,
                _ => return,
            }
        }
    }

    fn skip_uescape(&mut self) {
        let is_space = |token: &TokenWithSpan| matches!(token.token, Token::Whitespace(_));
        let solid: Vec<usize> =
            (self.at..self.tokens.len()).filter(|at| !is_space(&self.tokens[*at])).take(2).collect();
        if let [word, escape] = solid[..]
            && super::amend::is(&self.tokens[word], "uescape")
        {
            self.at = escape + 1;
        }
    }
}

fn terminal(token: &Token) -> u16 {
    match token {
        Token::Word(word) if word.quote_style.is_none() => keyword(&word.value).unwrap_or(IDENT),
        Token::Word(_) => IDENT,
        Token::Number(digits, _) => number(digits),
        Token::SingleQuotedString(_) | Token::EscapedStringLiteral(_) | Token::DollarQuotedString(_) => SCONST,
        Token::SingleQuotedByteStringLiteral(_) => BCONST,
        Token::HexStringLiteral(_) => XCONST,
        Token::Placeholder(name) if name.len() > 1 && name[1..].bytes().all(|byte| byte.is_ascii_digit()) => PARAM,
        Token::Comma => COMMA,
        Token::LParen => OPEN,
        Token::RParen => CLOSE,
        Token::LBracket => OPEN_BRACKET,
        Token::RBracket => CLOSE_BRACKET,
        Token::Period => DOT,
        Token::SemiColon => SEMICOLON,
        Token::Colon => COLON,
        Token::DoubleColon => TYPECAST,
        Token::Assignment => COLON_EQUALS,
        Token::RArrow => EQUALS_GREATER,
        token if is_operator(token) => operator(&token.to_string()),
        _ => INVALID,
    }
}

fn number(digits: &str) -> u16 {
    if digits.parse::<i32>().is_ok() { ICONST } else { FCONST }
}

fn operator(written: &str) -> u16 {
    match written {
        "+" => PLUS,
        "-" => MINUS,
        "*" => STAR,
        "/" => SLASH,
        "%" => PERCENT,
        "^" => CARET,
        "<" => LESS,
        ">" => GREATER,
        "=" => EQUAL,
        "<=" => LESS_EQUAL,
        ">=" => GREATER_EQUAL,
        "<>" | "!=" => NOT_EQUAL,
        "=>" => EQUALS_GREATER,
        _ => OP,
    }
}

/// Whether an unquoted word may name a type or a function: it's no keyword, or such a one.
pub fn may_name_type(word: &str) -> bool {
    keyword(word).is_none_or(|keyword| TYPE_NAMES.binary_search(&keyword).is_ok())
}

/// Whether a word names a column of a result only behind AS.
pub fn needs_as(word: &str) -> bool {
    keyword(word).is_some_and(|keyword| BARE_LABELS.binary_search(&keyword).is_err())
}

/// The longest keyword's length, and a little more.
const LONGEST: usize = 20;

fn keyword(word: &str) -> Option<u16> {
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..word.len())?;
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    let at = KEYWORDS.binary_search_by(|(keyword, _)| keyword.as_bytes().cmp(lower)).ok()?;
    Some(KEYWORDS[at].1)
}

#[cfg(test)]
mod tests {
    use crate::sql::tokens::split;

    /// The message, without what all have.
    fn refused(text: &str) -> String {
        split(text).map_or_else(|error| error.message.replace("syntax error at or near ", ""), |_| "taken".to_owned())
    }

    #[test]
    fn texts_end_where_postgresql_says() {
        for (text, expected) in [
            ("", "taken"),
            (";; SELECT 1;", "taken"),
            ("SELECT 1; SELEC 2", "\"SELEC\""),
            ("SELECT a < b < c", "\"<\""),
            ("SELECT (a < b) < c", "taken"),
            ("SELECT a NOT IN (1) FROM t WITH TIES", "\"WITH\""),
            ("SELECT * FROM f() WITH ORDINALITY", "taken"),
            ("SELECT ((SELECT 1) UNION SELECT 2), ((SELECT 1)) + 1", "taken"),
            ("SELECT 1 year", "\"year\""),
            ("SELECT 1 value", "taken"),
            ("SELECT a..b", "\"..\""),
            ("SELECT 1..2", "\"..\""),
            ("SELECT N'x' N'y'", "\"'y'\""),
            ("SELECT 'a'\n'b' 'c'", "\"'c'\""),
            ("SELECT U&'a' U&\"b\" UESCAPE '!'", "taken"),
            ("SELECT $x", "\"$\""),
            ("SELECT ) 'open", "\")\""),
            ("SELECT 'open", "unterminated quoted string at or near \"'open\""),
            ("CREATE FUNCTION f() RETURNS whatever )", "taken"),
            ("CREATE FUNCTION f(); SELEC 1", "\"SELEC\""),
            ("CREATE NONSENSE", "\"NONSENSE\""),
            ("SELECT 1 LIMIT 1, 2", "LIMIT #,# syntax is not supported"),
        ] {
            assert_eq!(refused(text), expected, "{text}");
        }
    }
}
