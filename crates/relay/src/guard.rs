//! Who may call, checked before anything else is looked at: Host, then Origin, then the token and how often it comes.

pub(crate) mod host;
pub(crate) mod origin;
pub(crate) mod rate;
pub(crate) mod token;
