//! Random steps, seeded: a failure prints its seed. `CATWALK_SEEDS` sets how many (default 400, of 1 000 steps each).
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

use crate::world::World;

fn storm(steady: bool) -> [u64; 12] {
    let seeds = std::env::var("CATWALK_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(400);
    let mut seen = [0; 12];
    for seed in 1..=seeds {
        let run = std::panic::catch_unwind(|| {
            let mut world = World::new(seed, steady);
            for step in 0..1_000 {
                world.step();
                if step % 250 == 249 {
                    world.settle();
                }
            }
            world.seen
        });
        let counts = run.unwrap_or_else(|_| panic!("broken at seed {seed}, steady {steady}"));
        seen.iter_mut().zip(counts).for_each(|(all, one)| *all += one);
    }
    seen
}

#[test]
fn with_a_steady_clock() {
    let seen = storm(true);
    assert!(seen.iter().all(|count| *count > 0), "every state is visited: {seen:?}");
}

#[test]
fn with_a_clock_that_jumps() {
    let seen = storm(false);
    assert!(seen.iter().all(|count| *count > 0), "every state is visited: {seen:?}");
}
