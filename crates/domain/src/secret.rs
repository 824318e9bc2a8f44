//! A value that must not leave by accident: no `Serialize`, no `Display`, a silent `Debug`, wiped on drop.

use std::fmt;

use zeroize::Zeroize;

/// Holds a secret. It can be read only by [`Secret::expose`], so every use is found by searching for that word.
/// It implements neither `Serialize` nor `specta::Type`: sending one to the window does not compile.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Reads the value. Keep the borrow short and never format it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret<String> {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_says_nothing() {
        let text = format!("{:?}", Secret::new("hunter2".to_owned()));
        assert_eq!(text, "Secret(…)");
    }
}
