//! A manual page in roff, for what no program's options describe.

use std::fmt::Write;

/// A page under construction, section by section.
pub(crate) struct ManualPage {
    name: &'static str,
    number: u8,
    text: String,
}

impl ManualPage {
    /// A page with its name section.
    pub(crate) fn new(name: &'static str, number: u8, summary: &str) -> Self {
        let text =
            format!(".TH {name} {number} \"\" liveapi liveapi\n.SH NAME\n{name} \\- {}\n", escaped(summary));
        Self { name, number, text }
    }

    /// Where the page stands below `share/man`.
    pub(crate) fn place(&self) -> String {
        format!("man{}/{}.{}", self.number, self.name, self.number)
    }

    /// The page as man reads it.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Begins a section.
    pub(crate) fn section(&mut self, title: &str) -> &mut Self {
        let _ = writeln!(self.text, ".SH \"{title}\"");
        self
    }

    /// A paragraph, with names in backquotes.
    pub(crate) fn paragraph(&mut self, text: &str) -> &mut Self {
        let _ = writeln!(self.text, ".PP\n{}", escaped(text));
        self
    }

    /// A list of names and what they mean.
    pub(crate) fn terms<N: AsRef<str>, M: AsRef<str>>(
        &mut self,
        terms: impl IntoIterator<Item = (N, M)>,
    ) -> &mut Self {
        for (name, meaning) in terms {
            let _ =
                writeln!(self.text, ".TP\n\\fB{}\\fR\n{}", escaped(name.as_ref()), escaped(meaning.as_ref()));
        }
        self
    }

    /// Lines to be shown as they stand.
    pub(crate) fn lines(&mut self, lines: &str) -> &mut Self {
        let _ = writeln!(self.text, ".PP\n.nf\n{}\n.fi", escaped(lines));
        self
    }
}

/// Text as roff takes it: what stands in backquotes is bold, and a hyphen stays one when it is copied.
fn escaped(text: &str) -> String {
    let plain = text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('…', "...");
    let mut parts = plain.split('`');
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for (number, part) in parts.enumerate() {
        shown += if number % 2 == 0 { "\\fB" } else { "\\fR" };
        shown += part;
    }
    shown
}
