//! A server's output: lines, then messages.

use crate::envelope::{self, Envelope, Outcome};
use crate::lines::{Item, Lines};
use crate::message::Message;
use bytes::Bytes;
use futures_util::FutureExt;
use serde_json::value::RawValue;

/// The first byte says how long a line may be and the second how much comes at once; the rest is what comes.
///
/// # Panics
/// When a line is lost, made up or changed, or when an answer is no JSON under its new id.
pub fn codec(data: &[u8]) {
    let [max, piece, text @ ..] = data else { return };
    let max = usize::from(*max) * 16;
    let whole: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let mut lines = Lines::new(max);
    let mut seen = 0;
    for mut piece in text.chunks(usize::from(*piece) + 1) {
        while !piece.is_empty() {
            let read = lines.fill(&mut piece).now_or_never().expect("memory is never waited for");
            assert!(read.expect("memory has no faults"));
        }
        while let Some(item) = lines.next() {
            match item {
                Item::Line(line) => {
                    assert_eq!(&line[..], whole[seen], "line {seen}");
                    message(&line);
                }
                Item::Cut(_) => assert!(whole[seen].len() > max, "line {seen} was short enough"),
            }
            seen += 1;
        }
    }
    assert_eq!(seen, whole.len() - 1, "every line that has an end is seen");
    match lines.rest() {
        Some(Item::Line(rest)) => assert_eq!(&rest[..], whole[seen]),
        Some(Item::Cut(_)) => panic!("the rest is a line or nothing"),
        None => assert!(whole[seen].is_empty() || whole[seen].len() > max),
    }
}

/// An answer reaches its client as it was, but for the id.
fn message(line: &Bytes) {
    let Ok(Envelope::Response { outcome, .. }) = Envelope::parse(line) else { return };
    let (name, value) = outcome.member();
    let sent = Message::answer("17", outcome, line).parts().concat();
    let sent: &RawValue = serde_json::from_slice(&sent).expect("an answer is JSON");
    assert_eq!(envelope::field(sent, "id").map(RawValue::get), Some("17"));
    // A carriage return can only be white space there, and is a blank on its way: it would end a line of an event stream.
    let expected = value.get().replace('\r', " ");
    assert_eq!(envelope::field(sent, name).map(RawValue::get), Some(&*expected));
    if let Outcome::Result(result) = outcome {
        for (_, value) in envelope::members(result.get()).unwrap_or_default() {
            let _ = envelope::decoded(value);
        }
    }
}
