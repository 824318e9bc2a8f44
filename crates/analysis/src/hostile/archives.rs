//! Archives that hold more, or other things, than they should.

use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use tar::{Builder, EntryType, Header};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// A tarball of one odd entry before a README. The path is written as it is, whatever it says.
fn tarball(kind: EntryType, path: &str, link: &str, size: u64, body: &[u8]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.as_mut_bytes()[..path.len().min(100)].copy_from_slice(&path.as_bytes()[..path.len().min(100)]);
    let link = &link.as_bytes()[..link.len().min(100)];
    header.as_mut_bytes()[157..157 + link.len()].copy_from_slice(link);
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o4777);
    header.set_cksum();
    builder.append(&header, body).expect("memory");
    let mut readme = Header::new_gnu();
    readme.set_size(3);
    readme.set_cksum();
    builder.append_data(&mut readme, "package/README.md", &b"mcp"[..]).expect("memory");
    gzip(&builder.into_inner().expect("memory"))
}

/// A zip of one stored file whose table of contents says what it is told to.
fn zip(name: &str, body: &[u8], claimed: u32, method: u16) -> Vec<u8> {
    let crc = 0_u32;
    let length = u32::try_from(body.len()).expect("small");
    let name_length = u16::try_from(name.len()).expect("small");
    let common = |out: &mut Vec<u8>| {
        out.extend([20_u16, 0, method, 0, 0].iter().flat_map(|n| n.to_le_bytes()));
        out.extend([crc, length, claimed].iter().flat_map(|n| n.to_le_bytes()));
        out.extend(name_length.to_le_bytes());
    };
    let mut out = b"PK\x03\x04".to_vec();
    common(&mut out);
    out.extend(0_u16.to_le_bytes());
    out.extend(name.as_bytes());
    out.extend(body);
    let table = u32::try_from(out.len()).expect("small");
    out.extend(b"PK\x01\x02\x14\x00");
    common(&mut out);
    out.extend([0_u16, 0, 0, 0].iter().flat_map(|n| n.to_le_bytes()));
    out.extend([0_u32, 0].iter().flat_map(|n| n.to_le_bytes()));
    out.extend(name.as_bytes());
    let end = u32::try_from(out.len()).expect("small");
    out.extend(b"PK\x05\x06\0\0\0\0\x01\x00\x01\x00");
    out.extend((end - table).to_le_bytes());
    out.extend(table.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// All of them.
pub(super) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let zeros = vec![0_u8; 96 << 20];
    let bomb = gzip(&zeros);
    let nested = gzip(&gzip(&bomb));
    let inflated = {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&zeros).expect("memory");
        encoder.finish().expect("memory")
    };
    let table = "x-1.0.dist-info/entry_points.txt";
    let many = {
        let mut builder = Builder::new(Vec::new());
        for index in 0..20_000 {
            let mut header = Header::new_gnu();
            header.set_size(0);
            header.set_cksum();
            builder.append_data(&mut header, format!("package/{index}"), &b""[..]).expect("memory");
        }
        gzip(&builder.into_inner().expect("memory"))
    };
    vec![
        ("nothing", Vec::new()),
        ("one byte", vec![0x1f]),
        ("a header alone", vec![0x1f, 0x8b]),
        ("a gzip bomb", bomb),
        ("a gzip bomb in a README", tarball(EntryType::Regular, "package/README.md", "", 96 << 20, &zeros)),
        ("gzip in gzip", nested),
        ("a path upwards", tarball(EntryType::Regular, "../../../../etc/README.md", "", 1, b"x")),
        ("an absolute path", tarball(EntryType::Regular, "/etc/README.md", "", 1, b"x")),
        ("a Windows path", tarball(EntryType::Regular, "C:\\x\\README.md", "", 1, b"x")),
        ("a link upwards", tarball(EntryType::Symlink, "package/README.md", "../../../../etc/passwd", 0, b"")),
        ("a link to itself", tarball(EntryType::Symlink, "package/README.md", "README.md", 0, b"")),
        ("a hard link", tarball(EntryType::Link, "package/README.md", "/etc/passwd", 0, b"")),
        ("a device", tarball(EntryType::Char, "package/README.md", "", 0, b"")),
        ("a block device", tarball(EntryType::Block, "package/README.md", "", 0, b"")),
        ("a pipe", tarball(EntryType::Fifo, "package/README.md", "", 0, b"")),
        ("a size without end", tarball(EntryType::Regular, "package/README.md", "", u64::MAX >> 1, b"x")),
        ("a long name without end", tarball(EntryType::GNULongName, "././@LongLink", "", 80 << 20, &zeros)),
        ("a global header without end", tarball(EntryType::XGlobalHeader, "pax_global_header", "", 80 << 20, &zeros)),
        ("a sparse file", tarball(EntryType::GNUSparse, "package/README.md", "", 512, &[0xff; 512])),
        ("20,000 entries", many),
        ("a zip bomb", zip(table, &inflated, 96 << 20, 8)),
        ("a zip that lies about its size", zip(table, b"[console_scripts]\nx = y:z\n", u32::MAX, 0)),
        ("a zip with a path upwards", zip("../../x.dist-info/entry_points.txt", b"[console_scripts]\nx = y\n", 24, 0)),
        ("a zip of an unknown method", zip(table, b"x", 1, 99)),
        ("scripts that are paths", zip(table, b"[console_scripts]\n../../x = y\n-c = z\n", 37, 0)),
        ("a zip's end alone", b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0".to_vec()),
        (
            "a zip64 without end",
            [&b"PK\x06\x06"[..], &[0xff; 52], b"PK\x06\x07", &[0; 16], b"PK\x05\x06", &[0xff; 16], &[0, 0]].concat(),
        ),
    ]
}
