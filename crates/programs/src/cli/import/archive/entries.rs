//! The entries of an archive, one after the other, and what their headers say.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use tar::EntryType;

use super::sparse::SparseHeaders;
use super::watched::{END_MARK, MAX_HEADERS, MAX_TAIL, Watched, broken};
use liveapi_core::api::NotDone;
use liveapi_core::store::home::import::{entry, refusal};

/// How tar counts.
pub(super) const BLOCK: usize = 512;
/// A kind of entry that the crate does not name: the archive's own name.
const VOLUME: u8 = b'V';

/// Whether a block is the header of an entry: its checksum says so, in archives of every age.
pub(super) fn is_header(block: &[u8; BLOCK]) -> bool {
    let header = tar::Header::from_byte_slice(block);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    let stored: u32 = header.as_old().cksum.iter().map(|byte| u32::from(*byte)).sum();
    block[0] != 0 && header.cksum().is_ok_and(|told| told == sum - stored + 8 * u32::from(b' '))
}

/// An entry of an archive.
pub(super) type Found<'e, 'r> = tar::Entry<'e, Watched<'r>>;

/// Where a reading may end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Anywhere,
    /// At the very end, so that checksums are compared too.
    AtItsEnd,
}

/// Shows the entries of an archive, one after the other, until one says that it is enough.
pub(super) fn entries<'r>(
    stream: Box<dyn Read + 'r>,
    (path, stop): (&Path, &'r AtomicBool),
    end: End,
    see: &mut dyn FnMut(&mut Found<'_, 'r>) -> Result<bool, NotDone>,
) -> Result<(), NotDone> {
    let budget = Rc::new(Cell::new(MAX_HEADERS));
    let stream = without_label(stream).map_err(|cause| broken(path, &cause, stop))?;
    let mut archive = tar::Archive::new(Watched::new(stream, budget.clone(), stop));
    for found in archive.entries().map_err(|cause| broken(path, &cause, stop))? {
        let mut found = found.map_err(|cause| broken(path, &cause, stop))?;
        budget.set(u64::MAX);
        let stored = found.header().entry_size().unwrap_or(0).max(found.size());
        let is_header = found.header().entry_type() == EntryType::XGlobalHeader;
        if !is_header && see(&mut found)? && end == End::Anywhere {
            return Ok(());
        }
        budget.set(stored.saturating_add(MAX_HEADERS));
    }
    let mut rest = archive.into_inner();
    budget.set(MAX_TAIL);
    if another_follows(&mut rest).map_err(|cause| broken(path, &cause, stop))? {
        return Err(refusal(ANOTHER));
    }
    if rest.zeros() < END_MARK {
        return Err(broken(path, &io::Error::other("its end mark is missing"), stop).into());
    }
    Ok(())
}

/// The stream without the archive's own name, which `tar --label` puts in front and gives no size.
fn without_label<'r>(mut stream: Box<dyn Read + 'r>) -> io::Result<Box<dyn Read + 'r>> {
    let mut first = Vec::with_capacity(BLOCK);
    stream.by_ref().take(BLOCK as u64).read_to_end(&mut first)?;
    let is_label = <&[u8; BLOCK]>::try_from(first.as_slice()).is_ok_and(|block| {
        is_header(block) && tar::Header::from_byte_slice(block).entry_type().as_byte() == VOLUME
    });
    Ok(if is_label { stream } else { Box::new(io::Cursor::new(first).chain(stream)) })
}

const ANOTHER: &str = "Behind the archive's end another one follows; give each as a file of its own, or unpack both and import the folder";

/// Whether another archive stands behind the end mark, as where one file was written behind the other. Reads to the
/// end; what tapes leave there is no archive.
fn another_follows(rest: &mut impl Read) -> io::Result<bool> {
    let mut found = false;
    let mut block = Vec::with_capacity(BLOCK);
    loop {
        block.clear();
        rest.by_ref().take(BLOCK as u64).read_to_end(&mut block)?;
        match <&[u8; BLOCK]>::try_from(block.as_slice()) {
            Ok(block) => found |= is_header(block),
            Err(_) => return Ok(found),
        }
    }
}

/// The path of an entry, step by step.
pub(super) fn steps(found: &mut Found<'_, '_>) -> Result<Vec<Vec<u8>>, NotDone> {
    let holes = holes(found)?;
    let name = match holes.and_then(|holes| holes.name) {
        Some(name) => name,
        None => found.path_bytes().into_owned(),
    };
    entry::steps(&name).map_err(|why| {
        let shown: String = String::from_utf8_lossy(&name).escape_debug().take(200).collect();
        refusal(format!(
            "The archive holds {why}: {shown}; no backup of cPanel does, so all of it is refused"
        ))
    })
}

/// What an entry's headers say of holes in it.
pub(super) fn holes(found: &mut Found<'_, '_>) -> Result<Option<SparseHeaders>, NotDone> {
    let name = String::from_utf8_lossy(&found.path_bytes()).escape_debug().take(200).collect::<String>();
    let fail =
        |why: &str| refusal(format!("The archive holds {why}: {name}; pack it again without --sparse"));
    let Some(headers) = found.pax_extensions().map_err(|_| fail("headers that cannot be read"))? else {
        return Ok(None);
    };
    let mut pairs = Vec::new();
    for header in headers {
        let header = header.map_err(|_| fail("headers that cannot be read"))?;
        if let Ok(key) = header.key() {
            pairs.push((key, header.value_bytes()));
        }
    }
    SparseHeaders::read(pairs.into_iter()).map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_by_their_checksum() {
        for mut header in [tar::Header::new_old(), tar::Header::new_gnu(), tar::Header::new_ustar()] {
            header.set_path("homedir/mail/cur/1").unwrap();
            header.set_size(3);
            header.set_cksum();
            assert!(is_header(header.as_bytes()));
            let mut bent: [u8; BLOCK] = *header.as_bytes();
            bent[1] ^= 1;
            assert!(!is_header(&bent));
        }
        assert!(!is_header(&[0; BLOCK]) && !is_header(&[b'x'; BLOCK]));
    }
}
