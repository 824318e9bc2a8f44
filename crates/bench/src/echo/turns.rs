//! Reading and writing by turns: nothing is read while an answer waits for the pipe.

use crate::answer::{Answer, answer};
use std::io::{self, BufRead, BufReader, Write};

/// Serves until the input ends.
pub(crate) fn serve() -> io::Result<()> {
    let mut input = BufReader::with_capacity(64 << 10, io::stdin().lock());
    // Standard output splits what it gets at line ends; a file has no such ideas.
    let mut output = std::fs::File::from(rustix::io::dup(rustix::stdio::stdout())?);
    let (mut line, mut out) = (Vec::new(), Vec::new());
    while input.read_until(b'\n', &mut line)? > 0 {
        match answer(&line, &mut out) {
            Answer::None | Answer::Now => {}
            Answer::Later(after, later) => {
                std::thread::sleep(after);
                out.extend_from_slice(&later);
            }
            Answer::Crash => return Ok(()),
        }
        line.clear();
        output.write_all(&out)?;
        out.clear();
    }
    Ok(())
}
