//! What a command line that cannot be parsed is told: one line, exit code 1.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use super::args::Arguments;

/// Prints help and versions to stdout, mistakes to stderr.
pub fn answer(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Nobody is left to tell when stdout is closed.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            ExitCode::FAILURE
        }
        _ => {
            eprintln!("quorlite: {}", line(error));
            ExitCode::FAILURE
        }
    }
}

/// clap's report in one line: what is wrong, what was perhaps meant, where to read on.
pub fn line(error: &clap::Error) -> String {
    let report = error.to_string();
    let mut lines = report.lines();
    let first = lines.next().unwrap_or_default();
    let mut text = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    for line in lines.map(str::trim).take_while(|line| !line.starts_with("Usage:")) {
        if let Some(tip) = line.strip_prefix("tip: ") {
            text += &format!("; {tip}");
        } else if !line.is_empty() && !line.starts_with("For more information") {
            // The missing arguments, or the values that would do.
            text += &format!(" {line}");
        }
    }
    if let Some(tip) = belongs_to(error) {
        text += &format!("; {tip}");
    }
    text + "; see quorlite help"
}

/// For a flag given to the wrong command, the commands that know it.
fn belongs_to(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(flag)) = error.get(ContextKind::InvalidArg) else { return None };
    let name = flag.strip_prefix("--")?.split('=').next()?;
    let root = Arguments::command();
    let knows = |command: &&Command| command.get_arguments().any(|argument| argument.get_long() == Some(name));
    let commands: Vec<&str> = root.get_subcommands().filter(knows).map(Command::get_name).collect();
    if commands.is_empty() {
        return None;
    }
    Some(format!("--{name} belongs to, and stands behind: quorlite {}", commands.join(" | ")))
}

/// A misspelt variable would otherwise be ignored in silence. Only a warning: Kubernetes and Docker links set
/// variables such as `QUORLITE_SERVICE_HOST` for a service of this name.
pub fn warn_of_unknown_variables() {
    let root = Arguments::command();
    let known: Vec<_> = root.get_subcommands().flat_map(Command::get_arguments).filter_map(|a| a.get_env()).collect();
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("QUORLITE_") && !known.contains(&name.as_os_str()) {
            eprintln!("quorlite: warning: no flag has the variable {}: it is ignored", name.to_string_lossy());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[track_caller]
    fn says(words: &str, hints: &[&str]) {
        let error = Arguments::try_parse_from(words.split_whitespace()).unwrap_err();
        let line = line(&error);
        assert!(!line.contains('\n'), "{line}");
        for hint in hints {
            assert!(line.contains(hint), "{words}: {line}");
        }
    }

    #[test]
    fn mistakes_are_told_in_one_line() {
        says("quorlite start --dat x", &["--dat", "--data"]);
        says("quorlite --data x start", &["--data", "quorlite start"]);
        says("quorlite status --join x:1", &["--join", "quorlite start"]);
        says("quorlite begin", &["begin"]);
        says("quorlite start x", &["x"]);
        says("quorlite remove-node", &["<ID>"]);
        says("quorlite start --listen 5432", &["--listen", "HOST:PORT"]);
        says("quorlite start --bootstrap-expect three", &["--bootstrap-expect"]);
        says("quorlite start --data a --data b", &["--data"]);
    }

    #[test]
    fn the_command_line_is_well_formed_and_every_flag_has_a_variable() {
        Arguments::command().debug_assert();
        let root = Arguments::command();
        for argument in root.get_subcommands().flat_map(Command::get_arguments) {
            let Some(long) = argument.get_long() else { continue };
            let variable = format!("QUORLITE_{}", long.replace('-', "_").to_uppercase());
            assert_eq!(argument.get_env().and_then(|name| name.to_str()), Some(variable.as_str()));
        }
    }
}
