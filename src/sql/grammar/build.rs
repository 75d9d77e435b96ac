//! Run by cargo before the crate is built: makes the tables of `src/sql/grammar.rs` from the two files beside it, an
//! LALR(1) automaton, as bison would.
//!
//! A grammar in words can be read beside PostgreSQL's documentation, and what it takes is what PostgreSQL takes: precedences
//! included, and the token at which a text stops being SQL.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::path::Path;

const GRAMMAR: &str = "src/sql/grammar/statements.grammar";
const KEYWORDS: &str = "src/sql/grammar/keywords.txt";

fn main() {
    println!("cargo::rerun-if-changed=src/sql/grammar/build.rs");
    println!("cargo::rerun-if-changed={GRAMMAR}");
    println!("cargo::rerun-if-changed={KEYWORDS}");
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let grammar = Grammar::read(&read(GRAMMAR), &read(KEYWORDS));
    let automaton = Automaton::new(&grammar);
    let tables = Tables::new(&grammar, &automaton);
    let directory = std::env::var_os("OUT_DIR").expect("cargo says where");
    std::fs::write(Path::new(&directory).join("grammar.rs"), tables.source(&grammar)).expect("written");
}

type Symbol = u16;
type Item = u32;

/// What ends a text.
const END: Symbol = 0;

#[derive(Clone, Copy, PartialEq)]
enum Associativity {
    Left,
    Right,
    None,
}

struct Rule {
    left: Symbol,
    right: Vec<Symbol>,
    /// Which error it is, from 1.
    error: usize,
    precedence: Option<(usize, Associativity)>,
}

struct Grammar {
    /// Terminals first.
    names: Vec<String>,
    terminals: usize,
    /// The first is the text's: `statements END`.
    rules: Vec<Rule>,
    of_symbol: Vec<Vec<usize>>,
    precedence: HashMap<Symbol, (usize, Associativity)>,
    /// Words and their symbols, sorted.
    keywords: Vec<(String, Symbol)>,
    nullable: Vec<bool>,
    errors: Vec<String>,
}

/// Signs of the grammar's own language, and what it is about.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = match first {
            '\'' => rest[1..].find('\'').expect("a closed quote") + 2,
            '/' | '!' => 1,
            ',' => 2,
            c if name(c) => rest.find(|c| !name(c)).unwrap_or(rest.len()),
            _ => 1,
        };
        words.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    words
}

impl Grammar {
    fn read(text: &str, keywords: &str) -> Grammar {
        let mut declared = Vec::new();
        let mut written: Vec<(String, String)> = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            if let Some(precedence) = line.strip_prefix('%') {
                declared.push(precedence.to_owned());
            } else if line.starts_with(' ') {
                let (_, body) = written.last_mut().expect("a rule that goes on");
                let _ = write!(body, " {line}");
            } else {
                let (name, body) = line.split_once(':').expect("a rule");
                written.push((name.to_owned(), body.to_owned()));
            }
        }
        let categories = [
            "unreserved_keyword",
            "col_name_keyword",
            "type_func_name_keyword",
            "reserved_keyword",
            "bare_label_keyword",
        ];
        let mut members = vec![Vec::new(); categories.len()];
        for line in keywords.lines() {
            let fields: Vec<&str> = line.split(' ').collect();
            let category = ["U", "C", "T", "R"].iter().position(|category| *category == fields[1]).expect("a category");
            members[category].push(fields[0].to_ascii_uppercase());
            if fields.get(2) != Some(&"as") {
                members[4].push(fields[0].to_ascii_uppercase());
            }
        }
        written.extend(categories.iter().zip(&members).map(|(name, words)| ((*name).to_owned(), words.join(" | "))));

        let is_terminal = |word: &str| word.starts_with(|c: char| c.is_ascii_uppercase() || c == '\'');
        let mut names = vec!["$end".to_owned()];
        let mut known: HashMap<String, Symbol> = HashMap::from([(names[0].clone(), END)]);
        let mut add = |name: &str| {
            *known.entry(name.to_owned()).or_insert_with(|| {
                names.push(name.to_owned());
                (names.len() - 1) as Symbol
            })
        };
        let mut all_keywords: Vec<(String, Symbol)> = Vec::new();
        for word in members[..4].iter().flatten() {
            all_keywords.push((word.to_ascii_lowercase(), add(word)));
        }
        all_keywords.sort();
        for declaration in &declared {
            words(declaration).iter().filter(|word| is_terminal(word)).for_each(|word| _ = add(word));
        }
        for (_, body) in &written {
            words(body).iter().filter(|word| is_terminal(word)).for_each(|word| _ = add(word));
        }
        // Of what no text has anywhere.
        let terminals = add("INVALID") as usize + 1;

        let start = add("$text");
        let defined: Vec<String> = written.iter().map(|(name, _)| name.clone()).collect();
        let mut rules: Vec<(Symbol, Vec<Symbol>, Option<Symbol>)> = Vec::new();
        let (mut errors, mut of_rules) = (Vec::new(), HashMap::new());
        let mut known_lists: HashSet<Symbol> = HashSet::new();
        for (name, body) in &written {
            let left = add(name);
            let words = words(body);
            for alternative in words.split(|word| word == "|") {
                // With what stands before a question mark, and without.
                if let Some(at) = alternative.iter().position(|word| word == "?") {
                    assert!(
                        !alternative[at + 1..].contains(&"?".to_owned()),
                        "one question mark an alternative: {name}"
                    );
                }
                let (mut right, mut precedence) = (Vec::new(), None);
                let mut without = None;
                let mut rest = alternative.iter();
                while let Some(word) = rest.next() {
                    match word.as_str() {
                        "?" => without = Some(right.len() - 1),
                        "!" => {
                            errors.push(rest.next().expect("an error's name").clone());
                            // It ends its alternative.
                            of_rules.insert(rules.len() + 1, errors.len());
                        }
                        "/" => precedence = Some(add(rest.next().expect("a symbol"))),
                        "*" | "+" | ",+" => {
                            let item: Symbol = right.pop().expect("something repeated");
                            let comma = (word == ",+").then(|| add("','"));
                            let list = add(&format!("{item}{}", if word == "*" { "+" } else { word }));
                            if known_lists.insert(list) {
                                rules.push((list, vec![item], None));
                                rules.push((list, std::iter::once(list).chain(comma).chain([item]).collect(), None));
                            }
                            if word != "*" {
                                right.push(list);
                                continue;
                            }
                            let list_or_nothing = add(&format!("{item}*"));
                            if known_lists.insert(list_or_nothing) {
                                rules.push((list_or_nothing, vec![], None));
                                rules.push((list_or_nothing, vec![list], None));
                            }
                            right.push(list_or_nothing);
                        }
                        word => {
                            assert!(is_terminal(word) || defined.iter().any(|name| name == word), "{word} is no rule");
                            right.push(add(word));
                        }
                    }
                }
                if let Some(at) = without {
                    let mut right = right.clone();
                    right.remove(at);
                    rules.push((left, right, precedence));
                }
                rules.push((left, right, precedence));
            }
        }
        rules.insert(0, (start, vec![add(&written[0].0), END], None));

        let mut precedence = HashMap::new();
        for (level, declaration) in declared.iter().enumerate() {
            let associativity = match declaration.split(' ').next() {
                Some("left") => Associativity::Left,
                Some("right") => Associativity::Right,
                _ => Associativity::None,
            };
            for word in words(declaration).iter().filter(|word| is_terminal(word)) {
                precedence.insert(add(word), (level, associativity));
            }
        }
        let rules: Vec<Rule> = rules
            .into_iter()
            .enumerate()
            .map(|(index, (left, right, given))| {
                let last = right.iter().rev().find(|symbol| (**symbol as usize) < terminals).copied();
                let precedence = given.or(last).and_then(|symbol| precedence.get(&symbol).copied());
                Rule { left, right, error: of_rules.get(&index).copied().unwrap_or(0), precedence }
            })
            .collect();
        let mut of_symbol = vec![Vec::new(); names.len()];
        for (index, rule) in rules.iter().enumerate() {
            of_symbol[rule.left as usize].push(index);
        }
        let mut nullable = vec![false; names.len()];
        loop {
            let found = rules.iter().find(|rule| {
                !nullable[rule.left as usize] && rule.right.iter().all(|symbol| nullable[*symbol as usize])
            });
            let Some(rule) = found else { break };
            nullable[rule.left as usize] = true;
        }
        Grammar { names, terminals, rules, of_symbol, precedence, keywords: all_keywords, nullable, errors }
    }

    fn is_terminal(&self, symbol: Symbol) -> bool {
        (symbol as usize) < self.terminals
    }

    fn shown(&self, rule: usize, dot: usize) -> String {
        let Rule { left, right, .. } = &self.rules[rule];
        let mut text = format!("{}:", self.names[*left as usize]);
        for (at, symbol) in right.iter().enumerate() {
            let _ = write!(text, "{} {}", if at == dot { " ." } else { "" }, self.names[*symbol as usize]);
        }
        text
    }
}

/// A set of terminals.
type Set = Vec<u64>;

fn put(set: &mut Set, symbol: Symbol) {
    set[symbol as usize / 64] |= 1 << (symbol % 64);
}

fn unite(set: &mut Set, other: &Set) -> bool {
    let mut changed = false;
    for (word, other) in set.iter_mut().zip(other) {
        changed |= *other & !*word != 0;
        *word |= *other;
    }
    changed
}

/// The states that a text can lead to, and at which tokens which rule has been read to its end.
struct Automaton {
    kernels: Vec<Vec<Item>>,
    moves: Vec<BTreeMap<Symbol, usize>>,
    /// By state: rules read to their end, and the tokens behind them.
    reductions: Vec<BTreeMap<usize, Set>>,
}

/// An item is a rule and a place in it.
fn item(rule: usize, dot: usize) -> Item {
    (rule as Item) << 8 | dot as Item
}

fn parts(item: Item) -> (usize, usize) {
    ((item >> 8) as usize, (item & 0xff) as usize)
}

impl Automaton {
    fn new(grammar: &Grammar) -> Automaton {
        let mut automaton = Automaton { kernels: vec![vec![item(0, 0)]], moves: Vec::new(), reductions: Vec::new() };
        let mut known = HashMap::from([(automaton.kernels[0].clone(), 0)]);
        while automaton.moves.len() < automaton.kernels.len() {
            let mut next: BTreeMap<Symbol, Vec<Item>> = BTreeMap::new();
            for found in closure(grammar, &automaton.kernels[automaton.moves.len()]) {
                let (rule, dot) = parts(found);
                if let Some(symbol) = grammar.rules[rule].right.get(dot) {
                    next.entry(*symbol).or_default().push(item(rule, dot + 1));
                }
            }
            let mut moves = BTreeMap::new();
            for (symbol, mut kernel) in next {
                kernel.sort_unstable();
                let target = *known.entry(kernel.clone()).or_insert_with(|| {
                    automaton.kernels.push(kernel);
                    automaton.kernels.len() - 1
                });
                moves.insert(symbol, target);
            }
            automaton.moves.push(moves);
        }
        automaton.look_ahead(grammar);
        automaton
    }

    /// What DeRemer and Pennello say of it: the tokens that may follow each move over a nonterminal, and so each rule's end.
    fn look_ahead(&mut self, grammar: &Grammar) {
        let mut index = HashMap::new();
        let mut follow: Vec<Set> = Vec::new();
        for (state, moves) in self.moves.iter().enumerate() {
            for (symbol, target) in moves.iter().filter(|(symbol, _)| !grammar.is_terminal(**symbol)) {
                let mut set = vec![0; grammar.terminals.div_ceil(64)];
                let tokens = self.moves[*target].keys().filter(|symbol| grammar.is_terminal(**symbol));
                tokens.for_each(|token| put(&mut set, *token));
                index.insert((state, *symbol), follow.len());
                follow.push(set);
            }
        }
        // The sets that each contains: those of what may be nothing behind it, and then, those of what it ends.
        let mut reads: Vec<Vec<usize>> = vec![Vec::new(); follow.len()];
        let mut includes: Vec<Vec<usize>> = vec![Vec::new(); follow.len()];
        let mut ends: Vec<(usize, usize, usize)> = Vec::new();
        for (&(state, symbol), &of) in &index {
            let target = self.moves[state][&symbol];
            let behind = self.moves[target].keys().filter(|next| grammar.nullable[**next as usize]);
            reads[of].extend(behind.map(|next| index[&(target, *next)]));
            for &rule in &grammar.of_symbol[symbol as usize] {
                let right = &grammar.rules[rule].right;
                let mut at = state;
                for (dot, next) in right.iter().enumerate() {
                    let rest = &right[dot + 1..];
                    if !grammar.is_terminal(*next) && rest.iter().all(|symbol| grammar.nullable[*symbol as usize]) {
                        includes[index[&(at, *next)]].push(of);
                    }
                    at = self.moves[at][next];
                }
                ends.push((at, rule, of));
            }
        }
        close(&mut follow, &reads);
        close(&mut follow, &includes);
        self.reductions = vec![BTreeMap::new(); self.kernels.len()];
        for (state, rule, of) in ends {
            let set = self.reductions[state].entry(rule).or_insert_with(|| vec![0; follow[of].len()]);
            unite(set, &follow[of]);
        }
    }
}

/// Puts into each set what those have that it contains.
fn close(sets: &mut [Set], contains: &[Vec<usize>]) {
    let mut changed = true;
    while changed {
        changed = false;
        for of in (0..sets.len()).rev() {
            let mut set = std::mem::take(&mut sets[of]);
            for other in contains[of].iter().filter(|other| **other != of) {
                changed |= unite(&mut set, &sets[*other]);
            }
            sets[of] = set;
        }
    }
}

fn closure(grammar: &Grammar, kernel: &[Item]) -> Vec<Item> {
    let mut items = kernel.to_vec();
    let mut seen = vec![false; grammar.names.len()];
    let mut at = 0;
    while let Some(found) = items.get(at) {
        let (rule, dot) = parts(*found);
        at += 1;
        if let Some(symbol) = grammar.rules[rule].right.get(dot).map(|symbol| *symbol as usize)
            && !std::mem::replace(&mut seen[symbol], true)
        {
            items.extend(grammar.of_symbol[symbol].iter().map(|rule| item(*rule, 0)));
        }
    }
    items
}

/// What to do at a token: 0 is an error.
type Action = u16;

fn shift(state: usize) -> Action {
    (state << 1) as Action
}

fn reduce(rule: usize) -> Action {
    (rule << 1 | 1) as Action
}

struct Tables {
    /// By state: what to do at tokens other than those of its row, and which row that is.
    states: Vec<(Action, usize)>,
    rows: Vec<Vec<(Symbol, Action)>>,
    /// By nonterminal: where most states go, and where the others do.
    gotos: Vec<(usize, Vec<(usize, usize)>)>,
}

impl Tables {
    fn new(grammar: &Grammar, automaton: &Automaton) -> Tables {
        let mut tables = Tables { states: Vec::new(), rows: Vec::new(), gotos: Vec::new() };
        let mut known = HashMap::new();
        let mut conflicts = String::new();
        for state in 0..automaton.kernels.len() {
            let actions = actions(grammar, automaton, state, &mut conflicts);
            let mut counts: BTreeMap<Action, usize> = BTreeMap::new();
            actions
                .values()
                .filter(|action| *action & 1 == 1)
                .for_each(|action| *counts.entry(*action).or_default() += 1);
            let most = counts.iter().max_by_key(|(_, count)| **count).map_or(0, |(action, _)| *action);
            let row: Vec<(Symbol, Action)> = actions.into_iter().filter(|(_, action)| *action != most).collect();
            let row = *known.entry(row.clone()).or_insert_with(|| {
                tables.rows.push(row);
                tables.rows.len() - 1
            });
            tables.states.push((most, row));
        }
        assert!(conflicts.is_empty(), "the grammar has conflicts:\n{conflicts}");
        for symbol in grammar.terminals..grammar.names.len() {
            let all: Vec<(usize, usize)> = (automaton.moves.iter().enumerate())
                .filter_map(|(state, moves)| Some((state, *moves.get(&(symbol as Symbol))?)))
                .collect();
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            all.iter().for_each(|(_, target)| *counts.entry(*target).or_default() += 1);
            let most = counts.iter().max_by_key(|(_, count)| **count).map_or(0, |(target, _)| *target);
            tables.gotos.push((most, all.into_iter().filter(|(_, target)| *target != most).collect()));
        }
        tables
    }

    fn source(&self, grammar: &Grammar) -> String {
        let mut source = String::new();
        let _ = writeln!(source, "const TERMINALS: u16 = {};", grammar.terminals);
        let known = [
            ("END", "$end"),
            ("IDENT", "IDENT"),
            ("ICONST", "ICONST"),
            ("FCONST", "FCONST"),
            ("SCONST", "SCONST"),
            ("BCONST", "BCONST"),
            ("XCONST", "XCONST"),
            ("PARAM", "PARAM"),
            ("OP", "OP"),
            ("UNCHECKED", "UNCHECKED"),
            ("INVALID", "INVALID"),
            ("NOT_LA", "NOT_LA"),
            ("NULLS_LA", "NULLS_LA"),
            ("WITH_LA", "WITH_LA"),
            ("NOT", "NOT"),
            ("NULLS", "NULLS"),
            ("WITH", "WITH"),
            ("BETWEEN", "BETWEEN"),
            ("IN", "IN"),
            ("LIKE", "LIKE"),
            ("ILIKE", "ILIKE"),
            ("SIMILAR", "SIMILAR"),
            ("FIRST", "FIRST"),
            ("LAST", "LAST"),
            ("TIME", "TIME"),
            ("ORDINALITY", "ORDINALITY"),
            ("NCHAR", "NCHAR"),
            ("COMMA", "','"),
            ("OPEN", "'('"),
            ("CLOSE", "')'"),
            ("OPEN_BRACKET", "'['"),
            ("CLOSE_BRACKET", "']'"),
            ("DOT", "'.'"),
            ("SEMICOLON", "';'"),
            ("COLON", "':'"),
            ("TYPECAST", "'::'"),
            ("COLON_EQUALS", "':='"),
            ("EQUALS_GREATER", "'=>'"),
            ("PLUS", "'+'"),
            ("MINUS", "'-'"),
            ("STAR", "'*'"),
            ("SLASH", "'/'"),
            ("PERCENT", "'%'"),
            ("CARET", "'^'"),
            ("LESS", "'<'"),
            ("GREATER", "'>'"),
            ("EQUAL", "'='"),
            ("LESS_EQUAL", "'<='"),
            ("GREATER_EQUAL", "'>='"),
            ("NOT_EQUAL", "'<>'"),
        ];
        for (constant, name) in known {
            let symbol = grammar.names.iter().position(|known| known == name).unwrap_or_else(|| panic!("no {name}"));
            let _ = writeln!(source, "pub const {constant}: u16 = {symbol};");
        }
        let list = |name: &str, ty: &str, items: Vec<String>| {
            format!("static {name}: [{ty}; {}] = [{}];\n", items.len(), items.join(","))
        };
        source += &list(
            "KEYWORDS",
            "(&str, u16)",
            grammar.keywords.iter().map(|(word, symbol)| format!("({word:?},{symbol})")).collect(),
        );
        // What is a rule of single words.
        let words_of = |names: &[&str]| {
            let mut words: Vec<Symbol> = (grammar.rules.iter())
                .filter(|rule| names.contains(&grammar.names[rule.left as usize].as_str()))
                .map(|rule| rule.right[0])
                .collect();
            words.sort_unstable();
            words.iter().map(Symbol::to_string).collect::<Vec<_>>()
        };
        source += &list("TYPE_NAMES", "u16", words_of(&["unreserved_keyword", "type_func_name_keyword"]));
        source += &list("BARE_LABELS", "u16", words_of(&["bare_label_keyword"]));
        for (number, name) in (1..).zip(&grammar.errors) {
            let _ = writeln!(source, "const {name}: u8 = {number};");
        }
        let rule = |rule: &Rule| format!("({},{},{})", rule.left, rule.right.len(), rule.error);
        source += &list("RULES", "(u16, u8, u8)", grammar.rules.iter().map(rule).collect());
        source +=
            &list("STATES", "(u16, u16)", self.states.iter().map(|(most, row)| format!("({most},{row})")).collect());
        let rows: Vec<Vec<(usize, usize)>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|(token, action)| ((*token).into(), (*action).into())).collect())
            .collect();
        let (bases, comb) = combed(&rows, grammar.terminals);
        source += &list("ROWS", "u32", bases.iter().map(usize::to_string).collect());
        source += &list("ACTIONS", "(u16, u16)", comb);
        let exceptions: Vec<Vec<(usize, usize)>> = self.gotos.iter().map(|(_, others)| others.clone()).collect();
        let (bases, comb) = combed(&exceptions, self.states.len());
        let gotos = self.gotos.iter().zip(bases).map(|((most, _), base)| format!("({most},{base})"));
        source += &list("GOTOS", "(u16, u32)", gotos.collect());
        source += &list("EXCEPTIONS", "(u16, u16)", comb);
        source
    }
}

/// Puts rows with gaps into one another: where each begins, and whose each place is (from 1) with what is there. A row's n-th
/// item is n places behind its beginning, of `width` at most.
fn combed(rows: &[Vec<(usize, usize)>], width: usize) -> (Vec<usize>, Vec<String>) {
    let (mut comb, mut bases): (Vec<(usize, usize)>, Vec<usize>) = (vec![(0, 0); width], vec![0; rows.len()]);
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|row| std::cmp::Reverse(rows[*row].len()));
    let mut free = 0;
    for row in order {
        let Some((first, _)) = rows[row].first() else { continue };
        while comb.get(free).is_some_and(|(of, _)| *of != 0) {
            free += 1;
        }
        let taken = |base: usize| rows[row].iter().any(|(at, _)| comb.get(base + at).is_some_and(|(of, _)| *of != 0));
        let base = (free.saturating_sub(*first)..).find(|base| !taken(*base)).expect("behind all others it's free");
        comb.resize(comb.len().max(base + width), (0, 0));
        rows[row].iter().for_each(|(at, value)| comb[base + at] = (row + 1, *value));
        bases[row] = base;
    }
    (bases, comb.iter().map(|(of, value)| format!("({of},{value})")).collect())
}

/// What to do at each token, with bison's rules where there is a choice.
fn actions(grammar: &Grammar, automaton: &Automaton, state: usize, conflicts: &mut String) -> BTreeMap<Symbol, Action> {
    let moves = automaton.moves[state].iter().filter(|(symbol, _)| grammar.is_terminal(**symbol));
    let mut actions: BTreeMap<Symbol, Action> = moves.map(|(symbol, target)| (*symbol, shift(*target))).collect();
    for (&rule, tokens) in &automaton.reductions[state] {
        let mut open = Vec::new();
        for token in
            (0..grammar.terminals as Symbol).filter(|token| tokens[*token as usize / 64] >> (token % 64) & 1 == 1)
        {
            let Some(other) = actions.get(&token).copied() else {
                actions.insert(token, reduce(rule));
                continue;
            };
            match (grammar.rules[rule].precedence, grammar.precedence.get(&token)) {
                (Some((own, _)), Some((its, _))) if other & 1 == 0 && own < *its => {}
                (Some((own, _)), Some((its, _))) if other & 1 == 0 && own > *its => {
                    _ = actions.insert(token, reduce(rule))
                }
                (Some(_), Some((_, Associativity::Left))) if other & 1 == 0 => _ = actions.insert(token, reduce(rule)),
                (Some(_), Some((_, Associativity::Right))) if other & 1 == 0 => {}
                (Some(_), Some((_, Associativity::None))) if other & 1 == 0 => _ = actions.insert(token, 0),
                _ => open.push(grammar.names[token as usize].as_str()),
            }
        }
        if !open.is_empty() {
            let _ = writeln!(conflicts, "{} at {}, in", grammar.shown(rule, usize::MAX), open.join(" "));
            for (rule, dot) in automaton.kernels[state].iter().map(|found| parts(*found)) {
                let _ = writeln!(conflicts, "    {}", grammar.shown(rule, dot));
            }
        }
    }
    actions
}
