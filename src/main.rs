fn main() -> std::process::ExitCode {
    quorlite::cli::run()
}
