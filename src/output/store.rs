//! Where files go: the seam between what a run writes and the disk, so that
//! tests can fill a disk at any byte.

use std::io::{self, Write};

/// A place that takes whole files. Files are begun, closed (complete and
/// safe, but without their name), and then committed one by one. What is begun
/// or closed and not committed must vanish when it is dropped.
pub trait Store: Send {
    /// A file that is being written.
    type File: Write + Send;
    /// A complete file without its name.
    type Staged: Send;

    /// Begins a file.
    fn begin(&mut self) -> io::Result<Self::File>;
    /// Flushes and syncs it.
    fn close(&mut self, file: Self::File) -> io::Result<Self::Staged>;
    /// All files are closed: old ones may go.
    fn begin_commit(&mut self) -> io::Result<()>;
    /// Gives a file its name, at once and in full; replaces an old one.
    fn commit(&mut self, file: Self::Staged, name: &str) -> io::Result<()>;
    /// All files are committed: makes the names safe too.
    fn finish(&mut self) -> io::Result<()>;
}
