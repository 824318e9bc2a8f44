//! The migrations are compiled in; a changed or added file must compile them again.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
