//! The helper's end of the control channel.

use std::io::{self, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use zeroize::Zeroizing;

use crate::wire::{CARRIER, MAX_ORDER, Order, Report};

/// The channel arrives as standard input: the one way to hand a descriptor to a program that is free of races with other
/// threads' spawns and of unsafe code. A copy that children do not inherit replaces it.
pub(super) fn control() -> io::Result<UnixStream> {
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let nothing = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    control.peer_addr()?; // fails when a person runs `catwalk run` in a terminal
    control.set_nonblocking(false)?;
    Ok(control)
}

/// Receives the server's stdin and the order.
pub(super) fn order(control: &UnixStream) -> io::Result<(OwnedFd, Order)> {
    let stdin = carried(control)?;
    let mut length = [0; 4];
    let mut stream = control;
    stream.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_ORDER {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the order is too large"));
    }
    let mut bytes = Zeroizing::new(vec![0; length]);
    stream.read_exact(&mut bytes)?;
    Ok((stdin, serde_json::from_slice(&bytes)?))
}

fn carried(control: &UnixStream) -> io::Result<OwnedFd> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    // macOS cannot set close-on-exec while receiving; no other thread exists yet that could spawn in between.
    #[cfg(target_os = "linux")]
    let flags = RecvFlags::CMSG_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = RecvFlags::empty();
    recvmsg(control, &mut [IoSliceMut::new(&mut byte)], &mut ancillary, flags)?;
    let carried = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    match carried {
        Some(stdin) if byte[0] == CARRIER => {
            #[cfg(not(target_os = "linux"))]
            rustix::io::fcntl_setfd(&stdin, rustix::io::FdFlags::CLOEXEC)?;
            Ok(stdin)
        }
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "no standard input was handed over")),
    }
}

/// Tells Catwalk, if it is still there.
pub(super) fn report(mut control: &UnixStream, report: &Report) {
    if let Ok(mut line) = serde_json::to_vec(report) {
        line.push(b'\n');
        control.write_all(&line).ok();
    }
}
