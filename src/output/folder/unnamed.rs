//! Files that have no name until they are complete (`O_TMPFILE` of Linux). Not
//! every file system has them.

use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};
use tempfile::TempPath;

/// A file without a name, of a folder.
#[derive(Debug)]
pub(super) struct Unnamed {
    pub(super) file: File,
    folder: PathBuf,
}

impl Unnamed {
    /// A new file; an error where the system can't make one or can't give it a name
    /// later.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        // As any other new file: the umask takes its share.
        let file = File::from(open(folder, flags, Mode::from_raw_mode(0o666))?);
        let unnamed = Self {
            file,
            folder: folder.to_owned(),
        };
        unnamed.place().symlink_metadata()?;
        Ok(unnamed)
    }

    /// Where the system shows the open file.
    fn place(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.file.as_raw_fd()))
    }

    /// The file under a temporary name. Where it may not be linked it is copied.
    pub(super) fn named(mut self) -> io::Result<TempPath> {
        let place = self.place();
        let link = |path: &Path| {
            linkat(CWD, &place, CWD, path, AtFlags::SYMLINK_FOLLOW).map_err(io::Error::from)
        };
        if let Ok(named) = super::builder().make_in(&self.folder, link) {
            return Ok(named.into_temp_path());
        }
        let mut copy = super::builder().tempfile_in(&self.folder)?;
        self.file.rewind()?;
        io::copy(&mut self.file, &mut copy)?;
        copy.as_file().sync_all()?;
        Ok(copy.into_temp_path())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_is_nowhere_until_it_gets_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let count = || std::fs::read_dir(&folder).unwrap().count();
        let Ok(mut unnamed) = Unnamed::new(folder.path()) else {
            eprintln!("not run: no files without names here");
            return;
        };
        unnamed.file.write_all(b"all of it").unwrap();
        assert_eq!(count(), 0);
        let named = unnamed.named().unwrap();
        assert_eq!(count(), 1);
        let to = folder.path().join("name");
        std::fs::write(&to, "an older one").unwrap();
        named.persist(&to).unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"all of it");
        assert_eq!(count(), 1);
    }
}
