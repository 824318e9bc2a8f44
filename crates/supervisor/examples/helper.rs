//! `catwalk run` for this crate's tests; the product's is the same call in the small binary.

fn main() -> std::process::ExitCode {
    catwalk_supervisor::run::main(std::env::args_os().skip(2))
}
