//! The machine: WHM `version`, `gethostname`, `get_nameserver_config` and `getdiskusage`.

use super::{entry, partitions};
use crate::api::catalogue::Return;
use crate::api::{Data, Done, Field, Row};
use crate::engine::local::entry::CatalogueEntry;

/// The version of cPanel that clients are told: the last that had API 1, API 2 and UAPI, as there are here.
pub const VERSION: &str = "11.86.0.0";

pub(super) const VERSION_OF: CatalogueEntry = entry(
    "version",
    "tells the version of cPanel whose functions these are",
    &[],
    &[Return::new("version", "11.86.0.0: the last that had API 1, API 2 and UAPI")],
    |_, _| Ok(one("version", VERSION.to_owned())),
);

pub(super) const HOST_NAME: CatalogueEntry = entry(
    "gethostname",
    "tells the name of the machine",
    &[],
    &[Return::new("hostname", "the name")],
    |_, _| Ok(one("hostname", host_name())),
);

pub(super) const NAME_SERVERS: CatalogueEntry = entry(
    "get_nameserver_config",
    "tells the name servers of new accounts",
    &[],
    &[Return::new("nameservers", "an empty list: name servers are not kept here")],
    |_, _| Ok(Done::with(Data::Object(Row(vec![("nameservers", Field::Texts(Vec::new()))])))),
);

pub(super) const PARTITIONS: CatalogueEntry = entry(
    "getdiskusage",
    "tells how full the file systems of the machine are",
    &[],
    &[
        Return::new("partition", "a list with an object for each"),
        Return::new("disk, device, filesystem", "the device"),
        Return::new("mount", "where it is mounted"),
        Return::new("total, used, available, percentage", "in KiB, and the share that is used"),
        Return::new(
            "inodes_total, inodes_used, inodes_available, inodes_ipercentage",
            "the same of files and folders",
        ),
    ],
    |_, _| Ok(Done::with(Data::Object(Row(vec![("partition", Field::Rows(partitions::rows()?))])))),
);

/// The name by which the machine calls itself.
pub fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

fn one(name: &'static str, value: String) -> Done {
    Done::with(Data::Object(Row(vec![(name, Field::Text(value))])))
}
