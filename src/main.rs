//! The `cutover` command. All of it is in the library's `cli` room.

fn main() -> std::process::ExitCode {
    cutover::cli::main()
}
