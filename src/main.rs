/// For SQLite and the rest of the C code too. glibc's allocator keeps an arena for each thread and gives little back: the
/// resident memory of a node that serves large statements grew with every round of them, without anything being held.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    quorlite::cli::run()
}
