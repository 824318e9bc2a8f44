//! A migration that has been released is never changed: it has run on somebody's data.

use crate::tree::{files, none, read, root, short};
use std::collections::BTreeMap;

#[test]
fn migrations_are_frozen() {
    let list = read(&root().join("migrations/FROZEN"));
    let frozen: BTreeMap<&str, &str> =
        list.lines().filter_map(|line| line.split_once("  ")).map(|(hash, file)| (file.trim(), hash)).collect();
    let mut offences = Vec::new();
    let mut seen = Vec::new();
    for path in files("migrations", &[".sql"]) {
        let name = short(&path).trim_start_matches("migrations/").to_owned();
        // By content, however git writes line ends on this system.
        let hash = sha256(read(&path).replace("\r\n", "\n").as_bytes());
        match frozen.get(name.as_str()) {
            None => offences.push(format!("{name} is not listed; add: {hash}  {name}")),
            Some(wanted) if **wanted != hash => {
                offences.push(format!("{name} was changed; put it back and write a new migration"));
            }
            Some(_) => {}
        }
        seen.push(name);
    }
    let gone = frozen.keys().filter(|name| !seen.iter().any(|s| s == *name));
    offences.extend(gone.map(|name| format!("{name} is listed in FROZEN but gone")));
    none(&offences, "migrations/FROZEN");
    assert!(!seen.is_empty(), "an app without a migration has no tables");
}

#[test]
fn sha256_is_right() {
    for (text, hash) in [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
    ] {
        assert_eq!(sha256(text.as_bytes()), hash);
    }
}

/// FIPS 180-4, so that this test needs no dependency of its own. The constants are the first 32 bits of the fractional
/// parts of the cube (and square) roots of the first primes, computed rather than copied.
fn sha256(bytes: &[u8]) -> String {
    let constants = fractions(64, 3);
    let mut state: Vec<u32> = fractions(8, 2);
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    padded.resize((bytes.len() + 9).next_multiple_of(64) - 8, 0);
    padded.extend((bytes.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut w: Vec<u32> =
            block.chunks_exact(4).map(|c| u32::from_be_bytes(c.try_into().expect("four bytes"))).collect();
        for i in 16..64 {
            let (a, b) = (w[i - 15], w[i - 2]);
            let s0 = a.rotate_right(7) ^ a.rotate_right(18) ^ (a >> 3);
            let s1 = b.rotate_right(17) ^ b.rotate_right(19) ^ (b >> 10);
            w.push(w[i - 16].wrapping_add(s0).wrapping_add(w[i - 7]).wrapping_add(s1));
        }
        let mut v = state.clone();
        for i in 0..64 {
            let s1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let choice = (v[4] & v[5]) ^ (!v[4] & v[6]);
            let t1 = v[7].wrapping_add(s1).wrapping_add(choice).wrapping_add(constants[i]).wrapping_add(w[i]);
            let s0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
            v.rotate_right(1);
            v[4] = v[4].wrapping_add(t1);
            v[0] = t1.wrapping_add(s0).wrapping_add(majority);
        }
        state.iter_mut().zip(v).for_each(|(s, v)| *s = s.wrapping_add(v));
    }
    state.iter().fold(String::new(), |hex, word| hex + &format!("{word:08x}"))
}

/// The first 32 fractional bits of the `degree`-th roots of the first primes: floor(root(p) · 2³²) mod 2³².
fn fractions(count: usize, degree: u32) -> Vec<u32> {
    let primes = (2_u128..).filter(|n| (2..*n).all(|d| n % d != 0)).take(count);
    let root = |p: u128| {
        // The largest r with r^degree ≤ p · 2^(32·degree), by bisection.
        let (mut low, mut high) = (0_u128, 1 << 37);
        while low + 1 < high {
            let middle = low.midpoint(high);
            if middle.pow(degree) <= p << (32 * degree) { low = middle } else { high = middle }
        }
        low
    };
    primes.map(|p| u32::try_from(root(p) & 0xffff_ffff).expect("masked")).collect()
}
