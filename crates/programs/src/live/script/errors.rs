//! What a script says on standard error: lines for a log, as many as are of use.

use tokio::net::unix::pipe::Receiver;
use tokio::sync::watch;

use super::pipe::read;

/// Longest line that is kept whole, in bytes.
const MAX_LINE: usize = 1000;
/// Most lines of one script.
const MAX_LINES: usize = 100;

/// Reads lines until the script has ended, and hands the first of them on. The rest is read as well: a script must
/// not wait for somebody to read its complaints.
pub(super) async fn listen(
    mut errors: Receiver,
    mut exited: watch::Receiver<bool>,
    mut say: impl FnMut(&str),
) {
    let mut lines = StderrLines::default();
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = read(&mut errors, &mut piece, &mut exited).await {
        lines.take(&piece[..length], &mut say);
    }
    lines.end(&mut say);
}

#[derive(Default)]
struct StderrLines {
    line: Vec<u8>,
    count: usize,
}

impl StderrLines {
    fn take(&mut self, bytes: &[u8], say: &mut impl FnMut(&str)) {
        for &byte in bytes {
            if byte == b'\n' {
                self.end_line(say);
            } else if self.line.len() < MAX_LINE {
                self.line.push(byte);
            }
        }
    }

    fn end_line(&mut self, say: &mut impl FnMut(&str)) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() || self.count > MAX_LINES {
            return;
        }
        self.count += 1;
        if self.count > MAX_LINES {
            say("(it says more, which is not logged)");
        } else {
            say(&String::from_utf8_lossy(&line));
        }
    }

    fn end(&mut self, say: &mut impl FnMut(&str)) {
        self.end_line(say);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_and_counted() {
        let mut said = Vec::new();
        let mut lines = StderrLines::default();
        let long = "x".repeat(5000);
        lines.take(b"one\n\ntw", &mut |line: &str| said.push(line.to_owned()));
        lines.take(format!("o\n{long}\nlast").as_bytes(), &mut |line: &str| said.push(line.to_owned()));
        lines.end(&mut |line: &str| said.push(line.to_owned()));
        assert_eq!(said, ["one", "two", &long[..MAX_LINE], "last"]);
        said.clear();
        lines.take("y\n".repeat(500).as_bytes(), &mut |line: &str| said.push(line.to_owned()));
        assert!(said.len() < MAX_LINES && said.last().unwrap().contains("not logged"), "{}", said.len());
    }
}
