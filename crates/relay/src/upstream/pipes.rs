//! A server behind pipes. Writing and reading are separate tasks: a server that reads and writes by turns would
//! otherwise wait for us to read while we wait for it to read, for good (RESULTS.md: two of the peers do).

use super::Stray;
use super::link::{Line, Link};
use super::server::Server;
use crate::lines::{Item, Lines};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::UnboundedReceiver;

/// Small lines are joined up to this size into one write.
const BATCH: usize = 64 << 10;

/// A server that no longer reads may still be writing its last answers.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// The two ends and the way out for lines that are no JSON-RPC.
pub(super) struct Pipes {
    pub(super) reader: Box<dyn AsyncRead + Send + Unpin>,
    pub(super) writer: Box<dyn AsyncWrite + Send + Unpin>,
    pub(super) stray: Stray,
}

/// Moves lines until the server closes its side or the link is closed.
pub(super) async fn drive(server: Arc<Server>, link: Arc<Link>, pipes: Pipes, lines: UnboundedReceiver<Line>) {
    let Pipes { mut reader, writer, stray } = pipes;
    server.context.tracker.spawn(write(writer, lines, Arc::clone(&link)));
    let mut input = Lines::new(server.context.limits.line);
    let closed = link.close.cancelled();
    tokio::pin!(closed);
    loop {
        let more = tokio::select! {
            biased;
            () = &mut closed => return,
            more = input.fill(&mut reader) => more,
        };
        while let Some(item) = input.next() {
            take(&server, &link, item, &stray);
        }
        if !matches!(more, Ok(true)) {
            break;
        }
    }
    if let Some(item) = input.rest() {
        take(&server, &link, item, &stray);
    }
    link.close.cancel();
}

fn take(server: &Arc<Server>, link: &Arc<Link>, item: Item, stray: &Stray) {
    match item {
        Item::Line(bytes) => {
            if !bytes.iter().all(u8::is_ascii_whitespace) && server.received(link, &bytes).is_err() {
                stray(&bytes);
            }
        }
        Item::Cut(cut) => server.cut(cut.id()),
    }
}

async fn write(mut writer: Box<dyn AsyncWrite + Send + Unpin>, mut lines: UnboundedReceiver<Line>, link: Arc<Link>) {
    let writing = async {
        while let Some(mut line) = lines.recv().await {
            let mut rooms = Vec::new();
            while line.bytes.len() < BATCH {
                let Ok(more) = lines.try_recv() else { break };
                line.bytes.extend_from_slice(&more.bytes);
                rooms.push(more);
            }
            if writer.write_all(&line.bytes).await.is_err() || writer.flush().await.is_err() {
                tokio::time::sleep(LAST_WORDS).await;
                break;
            }
        }
    };
    tokio::select! {
        () = link.close.cancelled() => {}
        () = writing => {}
    }
    link.close.cancel();
}
