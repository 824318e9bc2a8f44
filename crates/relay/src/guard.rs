//! Who may call, checked before anything else is looked at: Host, then Origin, then the token.

pub(crate) mod host;
pub(crate) mod origin;
pub(crate) mod token;
