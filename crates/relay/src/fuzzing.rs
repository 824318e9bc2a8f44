//! What the fuzz targets feed: each function takes any bytes, and panics when a promise is broken.

mod codec;
mod front;
mod headers;

pub use codec::codec;
pub use front::FrontUnderTest;
pub use headers::headers;
