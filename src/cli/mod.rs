//! Commands and flags: as typed ([`args`]) → as meant ([`Config`](crate::server::Config)).
//!
//! Every way to fail here is the operator's to mend, so each ends in one line on stderr that says
//! what to do, and in exit code 1 (clap's own 2 would make "unknown flag" differ from "flag that
//! means nothing", which nobody wants to tell apart).
//!
//! This module is the only door to clap and toml_edit.

mod address;
mod admin;
mod args;
mod file;
mod ready;
mod size;
mod start;
mod table;
mod usage;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use args::{Arguments, Command};

/// Runs the process from its command line to its exit code.
pub fn run() -> ExitCode {
    // Not text: no flag's value is, either.
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage::answer(&error),
    };
    usage::warn_of_unknown_variables();
    let result = match arguments.command {
        Command::Start(start) => file::complete(start, &words).and_then(|(start, defaults)| {
            let config = start::configure(&start)?;
            crate::server::run(crate::server::Config { defaults: Arc::new(defaults), ..config })
        }),
        Command::Status(admin) => admin::status(&admin.connect),
        Command::RemoveNode(remove) => admin::remove_node(&remove.admin.connect, remove.id, remove.force),
        Command::TransferLeader(transfer) => admin::transfer_leader(&transfer.admin.connect, transfer.id),
        Command::Check(admin) => admin::check(&admin.connect),
        Command::Ready(ready) => ready::ask(&ready.http_connect),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("quorlite: {message}");
            ExitCode::FAILURE
        }
    }
}
