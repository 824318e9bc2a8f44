//! Reading a request's body: capped in size and time, and not copied when it came in one piece.

use crate::error::Fault;
use crate::limits::Limits;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};

/// The whole body.
pub(crate) async fn read(body: Incoming, limits: &Limits) -> Result<Bytes, Fault> {
    let max = limits.body;
    if body.size_hint().lower() > max as u64 {
        return Err(Fault::BodyTooLong(max));
    }
    tokio::time::timeout(limits.body_timeout, collect(body, max)).await.unwrap_or(Err(Fault::BodySlow))
}

async fn collect(mut body: Incoming, max: usize) -> Result<Bytes, Fault> {
    let mut first = Bytes::new();
    let mut all = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Fault::BodyCut)?.into_data() else { continue };
        if first.len() + all.len() + data.len() > max {
            return Err(Fault::BodyTooLong(max));
        }
        if first.is_empty() && all.is_empty() {
            first = data;
            continue;
        }
        if all.is_empty() {
            // Reserved by what has come, not by what was announced: an announcement costs the client nothing.
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.freeze() })
}
