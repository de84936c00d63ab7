//! A page as a tree: text that passes as it is, tags, and conditions with what stands in them.

use crate::tags::api2::{self, Api2};
use crate::tags::attribute::{self, Attribute};
use crate::tags::condition::Condition;
use crate::tags::cursor::{Cursor, is_word};
use crate::tags::error::{Bad, shown};
use crate::tags::limits::{MAX_DEPTH, MAX_PAGE_BYTES, MAX_TAGS};
use crate::tags::question::Question;

/// A part of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node<'p> {
    /// Bytes outside of tags.
    Plain(&'p [u8]),
    /// A tag, and at which byte it begins.
    Tag(usize, Tag<'p>),
}

/// A tag with everything that belongs to it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tag<'p> {
    /// `<cpanel …>`.
    Cpanel(Attribute<'p>),
    /// `<?cp … ?>`.
    Api2(Api2<'p>),
    /// `<cpanelif …>` or `<cpanelfeature …>`: what it asks, and what stands in its two branches.
    Either(Question<'p>, Vec<Node<'p>>, Vec<Node<'p>>),
}

/// A condition whose end is still to come.
struct OpenCondition<'p> {
    at: usize,
    question: Question<'p>,
    /// What stands before `<cpanelelse>`, once that has been seen.
    before_else: Option<Vec<Node<'p>>>,
    nodes: Vec<Node<'p>>,
}

/// Reads a whole page, so that a wrong tag is found before any call is made.
pub(super) fn parse(page: &[u8]) -> Result<Vec<Node<'_>>, Bad> {
    if page.len() > MAX_PAGE_BYTES {
        return Err(Bad::new(0, format!("The page is longer than {MAX_PAGE_BYTES} bytes")));
    }
    let mut parser = Parser { cursor: Cursor::new(page), nodes: Vec::new(), open: Vec::new(), tags: 0 };
    parser.all(page)?;
    match parser.open.pop() {
        None => Ok(parser.nodes),
        Some(open) => {
            let name = open.question.tag();
            Err(Bad::new(
                open.at,
                format!("This <{name}> is never closed; write </{name}> behind its content"),
            ))
        }
    }
}

struct Parser<'p> {
    cursor: Cursor<'p>,
    /// Of the innermost open condition.
    nodes: Vec<Node<'p>>,
    open: Vec<OpenCondition<'p>>,
    tags: usize,
}

impl<'p> Parser<'p> {
    fn all(&mut self, page: &'p [u8]) -> Result<(), Bad> {
        let (mut plain, mut from) = (0, 0);
        while let Some(found) = memchr::memchr(b'<', &page[from..]) {
            let start = from + found;
            self.cursor.at = start;
            let Some(kind) = self.kind()? else {
                from = start + 1;
                continue;
            };
            if plain < start {
                self.nodes.push(Node::Plain(&page[plain..start]));
            }
            self.tags += 1;
            if self.tags > MAX_TAGS {
                return Err(Bad::new(start, format!("The page has more than {MAX_TAGS} tags")));
            }
            self.tag(start, kind)?;
            plain = self.cursor.at;
            from = plain;
        }
        if plain < page.len() {
            self.nodes.push(Node::Plain(&page[plain..]));
        }
        Ok(())
    }

    /// Which tag begins here, if any; goes over its name.
    fn kind(&mut self) -> Result<Option<TagKind>, Bad> {
        let start = self.cursor.at;
        if self.cursor.eat("<?cp") {
            return match self.cursor.peek() {
                Some(byte) if byte.is_ascii_whitespace() => Ok(Some(TagKind::Api2)),
                None => Err(Bad::new(start, "This tag is never closed; it ends with ?>")),
                _ if self.cursor.word().eq_ignore_ascii_case("tt") => {
                    Err(Bad::new(start, "Template Toolkit (<?cptt) is not available here; use <?cp … ?>"))
                }
                _ => Ok(None),
            };
        }
        let closing = self.cursor.eat("</cpanel");
        if !closing && !self.cursor.eat("<cpanel") {
            return Ok(None);
        }
        let name = self.cursor.word();
        let kind = match (closing, name.to_ascii_lowercase().as_str()) {
            (false, "") => match self.cursor.peek() {
                Some(byte) if byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/') => TagKind::Cpanel,
                None => return Err(Bad::new(start, "This tag is never closed; it ends with >")),
                // Another word, as in <cpanel-logo>.
                Some(_) => return Ok(None),
            },
            (true, "") => {
                return Err(Bad::new(start, "<cpanel …> has no content, so </cpanel> closes nothing"));
            }
            (false, "if") => TagKind::If,
            (false, "feature") => TagKind::Feature,
            (false, "else") => TagKind::Else,
            (true, "if") => TagKind::End("cpanelif"),
            (true, "feature") => TagKind::End("cpanelfeature"),
            _ => {
                let slash = if closing { "/" } else { "" };
                let what = format!(
                    "There is no tag <{slash}cpanel{}>; there are cpanel, cpanelif, cpanelelse and cpanelfeature",
                    shown(name)
                );
                return Err(Bad::new(start, what));
            }
        };
        Ok(Some(kind))
    }

    fn tag(&mut self, at: usize, kind: TagKind) -> Result<(), Bad> {
        let tag = match kind {
            TagKind::Cpanel => Tag::Cpanel(attribute::parse(&mut self.cursor)?),
            TagKind::Api2 => Tag::Api2(api2::parse(&mut self.cursor)?),
            TagKind::If => {
                let condition = Condition::parse(&mut self.cursor)?;
                return self.begin(at, Question::If(condition));
            }
            TagKind::Feature => {
                let question = Question::feature(&mut self.cursor)?;
                return self.begin(at, question);
            }
            TagKind::Else => return self.otherwise(at),
            TagKind::End(name) => return self.end(at, name),
        };
        self.nodes.push(Node::Tag(at, tag));
        Ok(())
    }

    fn begin(&mut self, at: usize, question: Question<'p>) -> Result<(), Bad> {
        self.close_angle(at)?;
        if self.open.len() == MAX_DEPTH {
            return Err(Bad::new(at, format!("Conditions stand more than {MAX_DEPTH} deep in each other")));
        }
        let nodes = std::mem::take(&mut self.nodes);
        self.open.push(OpenCondition { at, question, before_else: None, nodes });
        Ok(())
    }

    fn otherwise(&mut self, at: usize) -> Result<(), Bad> {
        self.close_angle(at)?;
        let Some(open) = self.open.last_mut() else {
            return Err(Bad::new(at, "This <cpanelelse> stands in no <cpanelif> or <cpanelfeature>"));
        };
        if open.before_else.is_some() {
            return Err(Bad::new(
                at,
                format!("This is the second <cpanelelse> of one <{}>", open.question.tag()),
            ));
        }
        open.before_else = Some(std::mem::take(&mut self.nodes));
        Ok(())
    }

    fn end(&mut self, at: usize, name: &str) -> Result<(), Bad> {
        self.close_angle(at)?;
        match self.open.pop() {
            Some(open) if open.question.tag() == name => {
                let last = std::mem::replace(&mut self.nodes, open.nodes);
                let (yes, no) = match open.before_else {
                    Some(before) => (before, last),
                    None => (last, Vec::new()),
                };
                self.nodes.push(Node::Tag(open.at, Tag::Either(open.question, yes, no)));
                Ok(())
            }
            Some(open) => {
                let inner = open.question.tag();
                Err(Bad::new(at, format!("</{name}> stands where </{inner}> must close the inner <{inner}>")))
            }
            None => Err(Bad::new(at, format!("</{name}> closes nothing"))),
        }
    }

    fn close_angle(&mut self, at: usize) -> Result<(), Bad> {
        self.cursor.white();
        if self.cursor.eat(">") {
            return Ok(());
        }
        self.cursor.skip(is_word);
        Err(Bad::new(at, "This tag must end with “>” after what belongs to it"))
    }
}

/// Which tag it is, by its name.
enum TagKind {
    Cpanel,
    Api2,
    If,
    Feature,
    Else,
    End(&'static str),
}
