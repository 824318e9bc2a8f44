//! Hostile input: what strangers may write into a paste, a file or an archive. Nothing panics, hangs or takes all memory,
//! and what is shown stays fit to be shown.

mod archives;
mod dice;
mod files;
mod pastes;
mod sources;

use crate::fuzzing;
use dice::Dice;
use std::time::{Duration, Instant};

/// Longest time that one input may take, in a build without optimisation on a busy computer.
const LONGEST: Duration = Duration::from_secs(15);

fn timed(what: &str, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    let took = start.elapsed();
    assert!(took < LONGEST, "{what} took {took:?}");
}

/// On a stack as small as a worker's, so that what is nested deeply shows.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(work).expect("a thread");
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[test]
fn two_hundred_made_by_hand() {
    on_a_small_stack(|| {
        let mut count = 0;
        for text in pastes::all() {
            timed(&text.chars().take(80).collect::<String>(), || fuzzing::paste(text.as_bytes()));
            count += 1;
        }
        for (name, path, bytes) in files::all() {
            timed(name, || drop(fuzzing::project(&files::around(path, &bytes))));
            count += 1;
        }
        for (name, tongue, text) in sources::all() {
            let data = [&[tongue], text.as_bytes()].concat();
            timed(name, || fuzzing::code(&data));
            count += 1;
        }
        for (name, bytes) in archives::all() {
            timed(name, || fuzzing::archive(&bytes));
            count += 1;
        }
        assert!(count >= 200, "{count} inputs");
    });
}

#[test]
fn ten_thousand_made_by_dice() {
    on_a_small_stack(|| {
        let seeds = dice::seeds();
        for seed in 1..=10_000_u64 {
            let mut dice = Dice::new(seed);
            let data = dice.input(&seeds);
            timed(&format!("seed {seed}"), || match seed % 4 {
                0 => fuzzing::paste(&data),
                1 => fuzzing::code(&data),
                2 => fuzzing::archive(&data),
                _ => fuzzing::file(&data),
            });
        }
    });
}
