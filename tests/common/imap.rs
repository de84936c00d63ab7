//! What a mail program does over IMAP: log in, read, store.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use super::server::connect;

/// A session of a mailbox.
pub struct Imap {
    stream: TcpStream,
    lines: BufReader<TcpStream>,
}

/// What the server says to a command.
struct Answer {
    /// The lines before the last, without what they enclose.
    lines: String,
    /// What they enclose: whole messages.
    literals: Vec<Vec<u8>>,
    /// The last line, without the command's tag: `OK …`, `NO …` or `BAD …`.
    verdict: String,
}

impl Imap {
    /// Logs in; none if that is refused. Dovecot may also close the connection without a word, after an
    /// error of its own.
    pub fn login(port: u16, user: &str, password: &str) -> Option<Self> {
        let stream = connect(port);
        let mut imap = Self { lines: BufReader::new(stream.try_clone().unwrap()), stream };
        imap.line().expect("a greeting");
        let login = format!("LOGIN {{{}+}}\r\n{user} {{{}+}}\r\n{password}", user.len(), password.len());
        imap.exchange(&login)?.verdict.starts_with("OK").then_some(imap)
    }

    /// The messages of the inbox, oldest first.
    pub fn messages(&mut self) -> Vec<String> {
        self.messages_in("INBOX")
    }

    /// What LIST says of all folders.
    pub fn list(&mut self) -> String {
        let listed = self.command("LIST \"\" *");
        assert!(listed.verdict.starts_with("OK"), "{}", listed.verdict);
        listed.lines
    }

    /// What LSUB says: the folders that are subscribed to.
    pub fn subscribed(&mut self) -> String {
        self.command("LSUB \"\" *").lines
    }

    /// Makes a folder.
    pub fn create(&mut self, folder: &str) {
        let verdict = self.command(&format!("CREATE {folder}")).verdict;
        assert!(verdict.starts_with("OK"), "{folder}: {verdict}");
    }

    /// The messages of a folder, oldest first.
    pub fn messages_in(&mut self, folder: &str) -> Vec<String> {
        let selected = self.command(&format!("SELECT \"{folder}\""));
        assert!(selected.verdict.starts_with("OK"), "{}", selected.verdict);
        if selected.lines.contains("* 0 EXISTS") {
            return Vec::new();
        }
        let fetched = self.command("FETCH 1:* BODY.PEEK[]");
        assert!(fetched.verdict.starts_with("OK"), "{}", fetched.verdict);
        fetched.literals.iter().map(|message| String::from_utf8_lossy(message).into_owned()).collect()
    }

    /// Puts a message into the inbox; the server's verdict.
    pub fn append(&mut self, message: &str) -> String {
        self.command(&format!("APPEND INBOX {{{}+}}\r\n{message}", message.len())).verdict
    }

    fn command(&mut self, text: &str) -> Answer {
        self.exchange(text).expect("Dovecot closed the connection")
    }

    /// A command and its answer; none if the connection is closed instead.
    fn exchange(&mut self, text: &str) -> Option<Answer> {
        self.stream.write_all(format!("a {text}\r\n").as_bytes()).unwrap();
        let mut answer = Answer { lines: String::new(), literals: Vec::new(), verdict: String::new() };
        loop {
            let line = self.line()?;
            if let Some(verdict) = line.strip_prefix("a ") {
                verdict.clone_into(&mut answer.verdict);
                return Some(answer);
            }
            let size = line.trim_end().strip_suffix('}').and_then(|line| line.rsplit_once('{'));
            if let Some((_, size)) = size {
                let mut literal = vec![0; size.parse().unwrap()];
                self.lines.read_exact(&mut literal).unwrap();
                answer.literals.push(literal);
            }
            answer.lines += &line;
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let read = self.lines.read_until(b'\n', &mut line).unwrap();
        (read > 0).then(|| String::from_utf8_lossy(&line).into_owned())
    }
}

impl Drop for Imap {
    fn drop(&mut self) {
        let _ = self.stream.write_all(b"z LOGOUT\r\n");
    }
}
