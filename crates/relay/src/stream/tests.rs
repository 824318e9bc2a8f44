//! Streams on their own, polled by hand.

use super::{Decision, Kind, Stream};
use crate::limits::Limits;
use crate::message::Message;
use std::task::{Context, Poll, Waker};

fn limits() -> Limits {
    Limits { stream_events: 4, ..Limits::default() }
}

fn notice(n: usize) -> Message {
    Message::notification(&format!("n{n}"), None)
}

fn text(message: Message) -> String {
    String::from_utf8(message.parts().concat()).expect("is UTF-8")
}

fn read_all(stream: &Stream, reader: u64) -> (Vec<(u64, String)>, bool) {
    let mut cx = Context::from_waker(Waker::noop());
    let mut got = Vec::new();
    loop {
        match stream.poll_event(reader, &mut cx) {
            Poll::Ready(Some((seq, message))) => got.push((seq, text(message))),
            Poll::Ready(None) => return (got, true),
            Poll::Pending => return (got, false),
        }
    }
}

#[test]
fn an_answer_first_is_json() {
    let mut cx = Context::from_waker(Waker::noop());
    let stream = Stream::for_answers(1, 2, &limits());
    stream.push(Kind::Answer, Message::own_answer("1", "{}"));
    assert!(stream.poll_decision(&mut cx).is_pending(), "one of two answers");
    stream.push(Kind::Answer, Message::own_answer("2", "{}"));
    let Poll::Ready(Decision::Json(answers)) = stream.poll_decision(&mut cx) else { panic!("decided for JSON") };
    assert_eq!(answers.len(), 2);
}

#[test]
fn anything_else_first_is_events() {
    let mut cx = Context::from_waker(Waker::noop());
    let stream = Stream::for_answers(1, 1, &limits());
    stream.push(Kind::Notice, notice(1));
    stream.push(Kind::Answer, Message::own_answer("1", "{}"));
    assert!(matches!(stream.poll_decision(&mut cx), Poll::Ready(Decision::Events)));
    let reader = stream.attach(None);
    let (got, ended) = read_all(&stream, reader);
    assert_eq!((got.len(), ended), (2, true), "ends by itself after the last answer");
}

#[test]
fn a_reader_comes_back() {
    let stream = Stream::for_answers(1, 1, &limits());
    let reader = stream.attach(None);
    stream.push(Kind::Notice, notice(1));
    stream.push(Kind::Notice, notice(2));
    assert_eq!(read_all(&stream, reader).0.len(), 2);
    stream.detach(reader);
    stream.push(Kind::Answer, Message::own_answer("1", "{}"));
    let reader = stream.attach(Some(1));
    let (got, ended) = read_all(&stream, reader);
    assert_eq!(got.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [2, 3], "what it had not confirmed, once more");
    assert!(ended);
}

#[test]
fn a_full_stream_drops_notices_and_nothing_else() {
    let stream = Stream::standalone(&limits());
    stream.push(Kind::Ask, Message::request(1, "roots/list", None));
    for n in 0..10 {
        stream.push(Kind::Notice, notice(n));
    }
    let reader = stream.attach(None);
    let (got, ended) = read_all(&stream, reader);
    assert_eq!(got.len(), 4);
    assert!(got[0].1.contains("roots/list") && got[3].1.contains("n9"), "{got:?}");
    assert!(!ended, "a standalone stream goes on");
}

#[test]
fn each_message_goes_to_the_newest_reader() {
    let stream = Stream::standalone(&limits());
    let (old, new) = (stream.attach(None), stream.attach(None));
    stream.push(Kind::Notice, notice(1));
    assert_eq!(read_all(&stream, old).0.len(), 0);
    assert_eq!(read_all(&stream, new).0.len(), 1);
    stream.detach(new);
    stream.push(Kind::Notice, notice(2));
    assert_eq!(read_all(&stream, old).0.len(), 1, "the older one takes over");
}
