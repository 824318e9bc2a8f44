//! Protocol revisions: which we speak, and how one is agreed on.

/// A dated revision. All but the newest ("legacy") have sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Version {
    /// 2024-11-05: the one that HTTP+SSE belongs to.
    V2024_11_05,
    /// 2025-03-26: the only one with batches.
    V2025_03_26,
    /// 2025-06-18.
    V2025_06_18,
    /// 2025-11-25: streams open with an empty event to come back to.
    V2025_11_25,
    /// 2026-07-28 ("modern"): no handshake, no session; every request stands for itself.
    V2026_07_28,
}

impl Version {
    /// The newest with sessions; offered to servers, and to clients that ask for one we do not know.
    pub(crate) const LATEST: Self = Self::V2025_11_25;
    /// The one without.
    pub(crate) const MODERN: Self = Self::V2026_07_28;
    /// All, newest first.
    pub(crate) const SUPPORTED: [Self; 5] =
        [Self::V2026_07_28, Self::V2025_11_25, Self::V2025_06_18, Self::V2025_03_26, Self::V2024_11_05];

    /// As on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::V2024_11_05 => "2024-11-05",
            Self::V2025_03_26 => "2025-03-26",
            Self::V2025_06_18 => "2025-06-18",
            Self::V2025_11_25 => "2025-11-25",
            Self::V2026_07_28 => "2026-07-28",
        }
    }

    /// From the wire; none if we do not speak it.
    pub(crate) fn known(text: &str) -> Option<Self> {
        Self::SUPPORTED.into_iter().find(|version| version.as_str() == text)
    }

    /// What a client that asks for `text` in `initialize` gets: the same if we speak it, else our newest with sessions.
    pub(crate) fn negotiate(text: &str) -> Self {
        Self::known(text).filter(|version| !version.is_modern()).unwrap_or(Self::LATEST)
    }

    /// Whether it has no sessions.
    pub(crate) fn is_modern(self) -> bool {
        self == Self::MODERN
    }

    /// Whether a body may be a batch.
    pub(crate) fn has_batches(self) -> bool {
        self == Self::V2025_03_26
    }

    /// Whether an event stream opens with an event without data, so that it can be resumed before the first message.
    pub(crate) fn primes_streams(self) -> bool {
        self == Self::V2025_11_25
    }
}
