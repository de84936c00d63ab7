//! Compressed streams by their first bytes. Each may have several members one behind the other, and zeros behind the
//! last, as tapes and block devices leave them; anything else behind it is damage.

use std::io::{self, BufRead, BufReader, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// Most memory for one dictionary of xz, in KiB: `xz -9` takes 64 MiB.
const MAX_XZ: u32 = 256 * 1024;
/// Most bytes that a zstd frame may want to keep: `zstd --long=27` takes 128 MiB.
const MAX_ZSTD: u64 = 128 * 1024 * 1024;
/// How much is read from below at once.
const BUFFER: usize = 128 * 1024;

/// How a stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

/// How each begins. A zstd file may also begin with a frame that is skipped.
const MAGIC: [(&[u8], Packing); 5] = [
    (&[0x1f, 0x8b], Packing::Gzip),
    (b"BZh", Packing::Bzip2),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Packing::Xz),
    (&[0x28, 0xb5, 0x2f, 0xfd], Packing::Zstd),
    (&[0x50, 0x2a, 0x4d, 0x18], Packing::Zstd),
];

/// Formats that are known by name only.
const OTHERS: [(&[u8], &str); 5] = [
    (b"PK\x03\x04", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (&[0x1f, 0x9d], "compress (.Z)"),
    (&[0x04, 0x22, 0x4d, 0x18], "lz4"),
    (b"LZIP", "lzip"),
];

impl Packing {
    /// How a file is compressed, by its first bytes.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, packing)| *packing)
    }
}

/// The name of a format that is not read.
pub(super) fn other(head: &[u8]) -> Option<&'static str> {
    OTHERS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name)
}

/// The stream, decompressed if its first bytes say that it is compressed.
pub(super) fn unpacked<'s, R: Read + 's>(stream: R) -> io::Result<Box<dyn Read + 's>> {
    let mut stream = BufReader::with_capacity(BUFFER, stream);
    let packing = Packing::of(filled(&mut stream)?);
    Ok(match packing {
        None => Box::new(stream),
        Some(Packing::Xz) => Box::new(XzReader::new_mem_limit(stream, true, MAX_XZ)),
        Some(packing) => Box::new(Members { packing, member: Member::Before(stream) }),
    })
}

/// The next bytes, without taking them.
fn filled<R: Read>(stream: &mut BufReader<R>) -> io::Result<&[u8]> {
    loop {
        match stream.fill_buf() {
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
            Ok(_) => break,
        }
    }
    Ok(stream.buffer())
}

/// One member of a stream, or where the next one may begin.
enum Member<R: Read> {
    Before(BufReader<R>),
    Gzip(Box<GzDecoder<BufReader<R>>>),
    Bzip2(BzDecoder<BufReader<R>>),
    Zstd(Box<Frame<R>>),
    /// Behind the last one, or where something failed.
    Over,
}

/// All members, one behind the other.
struct Members<R: Read> {
    packing: Packing,
    member: Member<R>,
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let length = match &mut self.member {
                Member::Over => return Ok(0),
                Member::Before(_) => 0,
                Member::Gzip(member) => member.read(buffer)?,
                Member::Bzip2(member) => member.read(buffer)?,
                Member::Zstd(member) => member.read(buffer)?,
            };
            if length > 0 {
                return Ok(length);
            }
            let stream = match std::mem::replace(&mut self.member, Member::Over) {
                Member::Over => return Ok(0),
                Member::Before(stream) => stream,
                Member::Gzip(member) => member.into_inner(),
                Member::Bzip2(member) => member.into_inner(),
                Member::Zstd(member) => member.end()?,
            };
            self.member = self.next(stream)?;
        }
    }
}

impl<R: Read> Members<R> {
    /// The next member, if there is one.
    fn next(&self, mut stream: BufReader<R>) -> io::Result<Member<R>> {
        let mut zeros = false;
        loop {
            let bytes = filled(&mut stream)?;
            let length = bytes.iter().take_while(|byte| **byte == 0).count();
            match bytes.get(length) {
                Some(_) if zeros || length > 0 => return Err(io::Error::other("it goes on behind its end")),
                Some(_) => break,
                None if bytes.is_empty() => return Ok(Member::Over),
                None => {
                    zeros = true;
                    stream.consume(length);
                }
            }
        }
        match self.packing {
            Packing::Gzip => Ok(Member::Gzip(Box::new(GzDecoder::new(stream)))),
            Packing::Bzip2 => Ok(Member::Bzip2(BzDecoder::new(stream))),
            Packing::Zstd | Packing::Xz => Frame::begin(stream),
        }
    }
}

/// A frame of zstd, while it is read.
struct Frame<R: Read> {
    decoder: FrameDecoder,
    stream: BufReader<R>,
}

impl<R: Read> Frame<R> {
    /// Reads the head of a frame; one that is to be skipped is skipped.
    fn begin(mut stream: BufReader<R>) -> io::Result<Member<R>> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_ZSTD);
        match decoder.init(&mut stream) {
            Ok(()) => Ok(Member::Zstd(Box::new(Self { decoder, stream }))),
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length, ..
            })) => {
                let skipped = io::copy(&mut stream.by_ref().take(length.into()), &mut io::sink())?;
                if skipped < length.into() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                Ok(Member::Before(stream))
            }
            Err(cause) => Err(io::Error::other(cause)),
        }
    }

    /// The stream behind it, if its checksum is right.
    fn end(self) -> io::Result<BufReader<R>> {
        match self.decoder.get_checksum_from_data() {
            Some(stored) if self.decoder.get_calculated_checksum() != Some(stored) => {
                Err(io::Error::other("a checksum is wrong"))
            }
            _ => Ok(self.stream),
        }
    }
}

impl<R: Read> Read for Frame<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let decoder = &mut self.decoder;
        while decoder.can_collect() == 0 && !decoder.is_finished() {
            let one = BlockDecodingStrategy::UptoBlocks(1);
            decoder.decode_blocks(&mut self.stream, one).map_err(io::Error::other)?;
        }
        decoder.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// What a program makes of some text.
    fn packed(program: &str, text: &[u8]) -> Vec<u8> {
        let mut command = Command::new(program);
        let mut child = command.arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let text = text.to_vec();
        let writer = std::thread::spawn(move || io::Write::write_all(&mut stdin, &text).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert!(output.status.success(), "{program}");
        output.stdout
    }

    fn read(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        unpacked(bytes)?.read_to_end(&mut all)?;
        Ok(all)
    }

    #[test]
    fn members_and_trailing_zeros_are_read_and_damage_is_told() {
        let text: Vec<u8> = (0..300_000_u64).flat_map(|n| (n * n % 251).to_le_bytes()).collect();
        for program in ["gzip", "bzip2", "xz", "zstd"] {
            let one = packed(program, &text);
            assert_eq!(read(&one).unwrap(), text, "{program}");
            let two = [&one[..], &packed(program, b"more")].concat();
            assert_eq!(read(&two).unwrap(), [&text[..], b"more"].concat(), "two of {program}");
            for zeros in [4, 512, 10_240, 200_000] {
                let padded = [&two[..], &vec![0; zeros]].concat();
                assert_eq!(read(&padded).unwrap().len(), text.len() + 4, "{zeros} zeros behind {program}");
            }
            let behind = [&one[..], &[0; 16], b"garbage"].concat();
            assert!(read(&behind).is_err(), "garbage behind {program}");
            assert!(read(&[&one[..], b"garbage"].concat()).is_err(), "garbage behind {program}");
            assert!(read(&one[..one.len() / 2]).is_err(), "half of {program}");
            let mut bent = one.clone();
            let middle = bent.len() / 2;
            bent[middle] ^= 0x40;
            assert!(read(&bent).is_err(), "a bit of {program}");
        }
        assert_eq!(read(b"plain").unwrap(), b"plain");
    }

    #[test]
    fn frames_that_are_skipped() {
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let stream = [&skipped[..], &packed("zstd", b"text"), &skipped].concat();
        assert_eq!(read(&stream).unwrap(), b"text");
        assert!(read(&skipped[..10]).is_err());
    }
}
