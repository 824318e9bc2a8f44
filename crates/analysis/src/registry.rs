//! The official MCP Registry: read in pages, as little as has changed, and turned into listings.
//!
//! [`next_page`] asks for one page and says how to go on; who calls it keeps the [`Bookmark`] together with what the page
//! held, so that an end at any moment loses nothing. [`Index`] searches what was kept.

mod index;
mod item;
mod listed;
mod page;
mod pass;
mod words;

pub use index::Index;
pub(crate) use item::page_of;
pub use item::{Item, publisher};
pub use page::{Page, next_page};
pub use pass::Bookmark;
