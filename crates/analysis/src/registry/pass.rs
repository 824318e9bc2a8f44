//! How far the reading of the registry has come: what to ask next, and what the next pass may leave out.

use catwalk_domain::Millis;
use serde::{Deserialize, Serialize};

/// A pass over everything is due after this long: it finds what no change ever told of.
const FULL_EVERY: Millis = 7 * 24 * 3600 * 1000;
/// Changes this much older than the newest one are asked for again. Writes of the same moment need not appear in order.
const OVERLAP: Millis = 60 * 1000;
/// More pages than a registry of this kind has: a cursor that goes in circles must end.
const MOST_PAGES: u32 = 3000;

/// Where reading stands. Kept beside the entries, in the same transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Bookmark {
    /// The pass that is under way.
    pub(super) under_way: Option<Pass>,
    /// Changes since then are not known yet, by the registry's clock.
    pub(super) since: Option<Millis>,
    /// `ETag` of the last first page that was asked with `since`.
    pub(super) etag: Option<String>,
    /// Counts passes over everything; an entry that the last one did not see is gone.
    pub number: i64,
    /// When the last pass over everything ended, by our clock.
    pub full_at: Option<Millis>,
    /// When the last pass of either kind ended: so old is the copy.
    pub synced_at: Option<Millis>,
}

/// One reading from the first page to the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pass {
    /// Over everything, not only changes.
    pub(super) full: bool,
    /// What the last page gave to go on with.
    pub(super) cursor: Option<String>,
    /// The registry's clock at the first page: what changes later belongs to the next pass.
    pub(super) began: Option<Millis>,
    /// The newest change seen.
    pub(super) newest: Option<Millis>,
    /// Pages read.
    pub(super) pages: u32,
    /// Entries read.
    pub(super) entries: u32,
    /// `ETag` of its first page.
    pub(super) etag: Option<String>,
}

impl Bookmark {
    /// Whether a pass was begun and has not ended.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Whether everything was read at least once.
    pub fn is_complete(&self) -> bool {
        self.full_at.is_some()
    }

    /// Begins a pass, unless one is under way.
    pub(super) fn begin(&mut self, now: Millis) -> &mut Pass {
        let full = self.since.is_none() || self.full_at.is_none_or(|at| !(0..FULL_EVERY).contains(&(now - at)));
        if self.under_way.is_none() && full {
            self.number += 1;
        }
        self.under_way.get_or_insert_with(|| Pass { full, ..Pass::default() })
    }

    /// Forgets the pass under way: its cursor is not good any more.
    pub(super) fn drop_pass(&mut self) {
        self.under_way = None;
    }

    /// Notes a page. `true` when it was the last.
    pub(super) fn turn(&mut self, next: Option<String>, newest: Option<Millis>, entries: u32, now: Millis) -> bool {
        let Some(pass) = self.under_way.as_mut() else { return true };
        pass.newest = pass.newest.max(newest);
        pass.pages += 1;
        pass.entries += entries;
        let next = next.filter(|n| !n.is_empty() && pass.cursor.as_ref() != Some(n) && pass.pages < MOST_PAGES);
        if next.is_some() {
            pass.cursor = next;
            return false;
        }
        self.end(now);
        true
    }

    /// The pass has read its last page.
    pub(super) fn end(&mut self, now: Millis) {
        let Some(pass) = self.under_way.take() else { return };
        let newest = pass.newest.map(|newest| pass.began.map_or(newest, |began| newest.min(began)) - OVERLAP);
        if newest > self.since {
            self.since = newest;
            self.etag = None;
        } else if !pass.full && pass.pages == 1 {
            self.etag = pass.etag;
        }
        // A registry that has lost everything is an accident, not news.
        if pass.full && pass.entries > 0 {
            self.full_at = Some(now);
        }
        self.synced_at = Some(now);
    }

    /// A first page that has not changed ends the pass at once.
    pub(super) fn unchanged(&mut self, now: Millis) {
        self.under_way = None;
        self.synced_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::{Bookmark, FULL_EVERY, MOST_PAGES, OVERLAP};

    #[test]
    fn the_next_pass_asks_for_what_changed_since_and_now_and_then_for_everything() {
        let mut mark = Bookmark::default();
        assert!(mark.begin(1000).full);
        mark.begin(1000).began = Some(500_000);
        assert!(!mark.turn(Some("b".into()), Some(400_000), 100, 1000));
        // Changed while we read: what else changed then may have been on a page that was already read.
        assert!(mark.turn(None, Some(900_000), 7, 2000));
        assert_eq!((mark.since, mark.full_at, mark.synced_at), (Some(500_000 - OVERLAP), Some(2000), Some(2000)));
        assert!(!mark.begin(3000).full);
        mark.turn(None, None, 0, 3000);
        assert_eq!(mark.number, 1);
        assert!(mark.begin(2000 + FULL_EVERY).full);
        assert_eq!(mark.number, 2);
    }

    #[test]
    fn a_cursor_that_goes_in_circles_ends() {
        let mut mark = Bookmark::default();
        mark.begin(0);
        assert!(!mark.turn(Some("a".into()), None, 1, 0));
        assert!(mark.turn(Some("a".into()), None, 1, 0), "the same cursor again");
        mark.begin(0);
        let ends = (0..=MOST_PAGES).any(|n| mark.turn(Some(n.to_string()), None, 1, 0));
        assert!(ends);
    }

    #[test]
    fn an_empty_registry_does_not_count_as_everything() {
        let mut mark = Bookmark::default();
        mark.begin(0);
        mark.turn(None, None, 0, 5);
        assert!(!mark.is_complete());
    }
}
