//! How far two names are from each other.

/// Whether at most `most` letters must be added, taken away, changed or swapped with their neighbour.
pub(crate) fn within(a: &str, b: &str, most: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(256).collect(), b.chars().take(256).collect());
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let mut rows: [Vec<usize>; 3] = [Vec::new(), (0..=b.len()).collect(), Vec::new()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut cost = (rows[1][j] + 1).min(row[j - 1] + 1).min(rows[1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[0][j - 2] + 1);
            }
            row.push(cost);
        }
        rows.rotate_left(1);
        rows[1] = row;
    }
    rows[1][b.len()] <= most
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn counts_letters() {
        for (a, b, most, expect) in [
            ("github.com", "github.com", 0, true),
            ("githb.com", "github.com", 1, true),
            ("gihtub.com", "github.com", 1, true),
            ("gitlab.com", "github.com", 1, false),
            ("", "a", 1, true),
            ("", "", 0, true),
            ("abc", "cba", 1, false),
            ("abc", "cba", 2, true),
        ] {
            assert_eq!(within(a, b, most), expect, "{a} {b} {most}");
        }
    }
}
