//! Sparse files as GNU tar writes them into pax archives: forms 0.0, 0.1 and 1.0. What is stored is the parts that are
//! no holes, and a map of these; without the map a message would be other bytes under, in 1.0, another name.

use std::io::{self, Read};

/// How the names of such headers begin.
const PREFIX: &str = "GNU.sparse.";
/// Most parts of one file.
const MAX_PARTS: usize = 100_000;
/// How tar counts.
const BLOCK: u64 = 512;

/// What the headers of a file say about holes.
#[derive(Debug, Default)]
pub(super) struct SparseHeaders {
    major: Option<u64>,
    minor: Option<u64>,
    pub(super) name: Option<Vec<u8>>,
    size: Option<u64>,
    parts: Vec<(u64, u64)>,
    offset: Option<u64>,
}

/// Why a map cannot be followed.
pub(super) type Fault = &'static str;

impl SparseHeaders {
    /// Reads a file's pax headers; none if they say nothing about holes.
    pub(super) fn read<'h>(
        headers: impl Iterator<Item = (&'h str, &'h [u8])>,
    ) -> Result<Option<Self>, Fault> {
        let mut found: Option<Self> = None;
        for (key, value) in headers {
            if key.starts_with("SCHILY.") && key.contains("sparse") || key == "SCHILY.realsize" {
                return Err("a sparse file in the form of star");
            }
            if let Some(key) = key.strip_prefix(PREFIX) {
                found.get_or_insert_default().add(key, value)?;
            }
        }
        Ok(found)
    }

    fn add(&mut self, key: &str, value: &[u8]) -> Result<(), Fault> {
        match key {
            "major" => self.major = Some(number(value)?),
            "minor" => self.minor = Some(number(value)?),
            "name" => self.name = Some(value.to_vec()),
            "size" | "realsize" => self.size = Some(number(value)?),
            "numblocks" => {}
            "offset" => self.offset = Some(number(value)?),
            "numbytes" => {
                let offset = self.offset.take().ok_or("a sparse file whose map is odd")?;
                self.parts.push((offset, number(value)?));
            }
            "map" => {
                let numbers = value.split(|byte| *byte == b',').filter(|text| !text.is_empty());
                let numbers = numbers.map(number).collect::<Result<Vec<_>, _>>()?;
                if numbers.len() % 2 > 0 {
                    return Err("a sparse file whose map is odd");
                }
                self.parts = numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
            }
            _ => return Err("a sparse file of a form that is not known"),
        }
        if self.parts.len() > MAX_PARTS { Err("a sparse file of more than 100,000 parts") } else { Ok(()) }
    }

    /// How large the file is with its holes.
    pub(super) fn size(&self) -> Result<u64, Fault> {
        self.size.ok_or("a sparse file without its size")
    }

    /// The file with its holes; `stored` is how many bytes the archive holds for it.
    pub(super) fn content<R: Read>(&self, mut stored: R, length: u64) -> io::Result<Sparse<R>> {
        let (parts, length) = match (self.major, self.minor) {
            (None | Some(0), _) => (self.parts.clone(), length),
            (Some(1), None | Some(0)) => {
                let (parts, taken) = map(&mut stored)?;
                (parts, length.checked_sub(taken).ok_or_else(|| odd("its map is longer than it"))?)
            }
            _ => return Err(odd("a sparse file of a form that is not known")),
        };
        let size = self.size().map_err(odd)?;
        let mut end = 0;
        let mut sum = 0_u64;
        for (offset, bytes) in &parts {
            if *offset < end {
                return Err(odd("the parts of a sparse file overlap"));
            }
            end = offset.checked_add(*bytes).filter(|end| *end <= size).ok_or_else(|| odd(BEYOND))?;
            sum += bytes;
        }
        if sum != length {
            return Err(odd("the map of a sparse file names more or less bytes than there are"));
        }
        let parts = parts.into_iter().filter(|(_, bytes)| *bytes > 0).collect::<Vec<_>>().into_iter();
        Ok(Sparse { stored, parts, part: None, at: 0, size })
    }
}

const BEYOND: &str = "a part of a sparse file is behind its end";

fn number(text: &[u8]) -> Result<u64, Fault> {
    let text = std::str::from_utf8(text).ok();
    text.and_then(|text| text.parse().ok()).ok_or("a sparse file whose map holds no number where one must be")
}

fn odd(fault: &'static str) -> io::Error {
    io::Error::other(fault)
}

/// Form 1.0 has its map before the content: lines of numbers, filled up to whole blocks. The parts, and the bytes of
/// the map.
fn map(stored: &mut impl Read) -> io::Result<(Vec<(u64, u64)>, u64)> {
    let mut numbers = Vec::new();
    let mut line = Vec::new();
    let mut taken = 0;
    let mut wanted = None;
    let mut block = [0; BLOCK as usize];
    loop {
        stored.read_exact(&mut block)?;
        taken += BLOCK;
        for byte in block {
            if byte != b'\n' {
                line.push(byte);
                if line.len() > 20 {
                    return Err(odd("a sparse file whose map is odd"));
                }
                continue;
            }
            let number = number(&line).map_err(odd)?;
            line.clear();
            match wanted {
                None => {
                    let count = usize::try_from(number).ok().filter(|count| *count <= MAX_PARTS);
                    wanted = Some(2 * count.ok_or_else(|| odd("a sparse file of more than 100,000 parts"))?);
                }
                Some(_) => numbers.push(number),
            }
            if wanted == Some(numbers.len()) {
                return Ok((numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect(), taken));
            }
        }
    }
}

/// A sparse file as it was: parts and holes.
pub(super) struct Sparse<R: Read> {
    stored: R,
    parts: std::vec::IntoIter<(u64, u64)>,
    /// The part that is read, or comes next: where it begins, and how much of it is left.
    part: Option<(u64, u64)>,
    at: u64,
    size: u64,
}

impl<R: Read> Read for Sparse<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.part.is_none() {
            self.part = self.parts.next();
        }
        let most = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX).min(buffer.len());
        match self.part {
            Some((begin, left)) if begin <= self.at => {
                let length = most(left);
                let length = self.stored.read(&mut buffer[..length])?;
                if length == 0 && !buffer.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                self.at += length as u64;
                self.part = Some((begin, left - length as u64)).filter(|(_, left)| *left > 0);
                Ok(length)
            }
            part => {
                let hole = part.map_or(self.size, |(begin, _)| begin) - self.at;
                let length = most(hole);
                buffer[..length].fill(0);
                self.at += length as u64;
                Ok(length)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&str, &str)], stored: &[u8]) -> Result<Vec<u8>, String> {
        let headers = headers.iter().map(|(key, value)| (*key, value.as_bytes()));
        let found = SparseHeaders::read(headers)?.ok_or("no holes")?;
        let mut all = Vec::new();
        let mut content = found.content(stored, stored.len() as u64).map_err(|cause| cause.to_string())?;
        content.read_to_end(&mut all).map_err(|cause| cause.to_string())?;
        Ok(all)
    }

    fn block(text: &str) -> Vec<u8> {
        let mut block = text.as_bytes().to_vec();
        block.resize(text.len().div_ceil(512) * 512, 0);
        block
    }

    #[test]
    fn three_forms_of_the_same_file() {
        let expected = b"\0\0abc\0\0de\0";
        let zero = [
            ("GNU.sparse.size", "10"),
            ("GNU.sparse.numblocks", "2"),
            ("GNU.sparse.offset", "2"),
            ("GNU.sparse.numbytes", "3"),
            ("GNU.sparse.offset", "7"),
            ("GNU.sparse.numbytes", "2"),
        ];
        assert_eq!(read(&zero, b"abcde").unwrap(), expected);
        let one =
            [("GNU.sparse.size", "10"), ("GNU.sparse.numblocks", "3"), ("GNU.sparse.map", "2,3,7,2,10,0")];
        assert_eq!(read(&one, b"abcde").unwrap(), expected);
        let ten = [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "10")];
        let stored = [block("2\n2\n3\n7\n2\n"), b"abcde".to_vec()].concat();
        assert_eq!(read(&ten, &stored).unwrap(), expected);
        let hole = [block("1\n10\n0\n"), Vec::new()].concat();
        assert_eq!(read(&ten, &hole).unwrap(), [0; 10]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let size = ("GNU.sparse.size", "10");
        for (map, stored) in [
            ("2,3,4,2", &b"abcde"[..]),
            ("2,3,9,2", b"abcde"),
            ("2,3", b"abcde"),
            ("2,9999999999999999999", b"abcde"),
            ("2", b"abcde"),
            ("a,b", b"abcde"),
            ("18446744073709551615,2", b"ab"),
        ] {
            assert!(read(&[size, ("GNU.sparse.map", map)], stored).is_err(), "{map}");
        }
        assert!(read(&[("GNU.sparse.map", "0,1")], b"a").is_err(), "no size");
        assert!(read(&[size, ("GNU.sparse.new", "1")], b"a").is_err());
        assert!(read(&[size, ("GNU.sparse.numbytes", "1")], b"a").is_err());
        assert!(read(&[("SCHILY.realsize", "1")], b"a").is_err());
        let ten = [("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "10")];
        for text in ["9\n1\n", "200000\n", "x\n", "1\n0\n11\n", "1\n0\n5\n"] {
            assert!(read(&ten, &block(text)).is_err(), "{text}");
        }
        let two = [("GNU.sparse.major", "2"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "10")];
        assert!(read(&two, &block("0\n")).is_err());
        assert_eq!(SparseHeaders::read([("path", &b"x"[..])].into_iter()).unwrap().map(|_| ()), None);
    }
}
