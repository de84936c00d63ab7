//! What a mail program or another mail host does over SMTP.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use base64ct::{Base64, Encoding};

use super::server::connect;

/// A connection to a mail server.
pub struct Smtp {
    stream: TcpStream,
    lines: BufReader<TcpStream>,
}

/// What the server says to a command.
#[derive(Debug)]
pub struct Reply {
    /// 2xx yes, 3xx go on, 4xx not now, 5xx no.
    pub code: u16,
    /// The text behind the code.
    pub text: String,
}

impl Reply {
    /// Whether the command was taken.
    pub fn is_yes(&self) -> bool {
        (200..400).contains(&self.code)
    }
}

impl Smtp {
    /// Connects and says who is there.
    pub fn connect(port: u16) -> Self {
        let stream = connect(port);
        let mut smtp = Self { lines: BufReader::new(stream.try_clone().unwrap()), stream };
        assert_eq!(smtp.reply().code, 220);
        assert_eq!(smtp.command("EHLO client.example.net").code, 250);
        smtp
    }

    /// AUTH PLAIN.
    pub fn login(&mut self, user: &str, password: &str) -> Reply {
        let secret = Base64::encode_string(format!("\0{user}\0{password}").as_bytes());
        self.command(&format!("AUTH PLAIN {secret}"))
    }

    /// Sends a message to one recipient; the first refusal, or the reply to the message itself. `announce`
    /// tells its size before, as most programs do.
    pub fn send(&mut self, from: &str, to: &str, message: &str, announce: bool) -> Reply {
        let size = if announce { format!(" SIZE={}", message.len()) } else { String::new() };
        for command in [format!("MAIL FROM:<{from}>{size}"), format!("RCPT TO:<{to}>"), "DATA".to_owned()] {
            let reply = self.command(&command);
            if !reply.is_yes() {
                return reply;
            }
        }
        self.command(&format!("{message}\r\n."))
    }

    /// One command.
    pub fn command(&mut self, text: &str) -> Reply {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
        self.reply()
    }

    fn reply(&mut self) -> Reply {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "Exim closed the connection");
            let (code, rest) = line.trim_end().split_at(3);
            text += rest.get(1..).unwrap_or_default();
            if !rest.starts_with('-') {
                return Reply { code: code.parse().unwrap(), text };
            }
            text.push('\n');
        }
    }
}
