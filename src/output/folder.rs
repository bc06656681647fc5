//! A folder on disk as a [`Store`].
//!
//! A folder that does not exist is made, with its parents. An empty one is
//! used. One that holds a run of Heatloop (its `provenance.json` says so) is
//! renewed: the files that its provenance lists are removed, and nothing else,
//! just before the new ones get their names. Any other folder is refused
//! unless the caller forces it; then files of the same name are replaced and
//! all others stay.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};

use super::provenance;
use super::store::Store;

#[cfg(target_os = "linux")]
mod unnamed;

/// Temporary files begin so. What a killed run leaves of them does not count as
/// content of the folder, and may be deleted.
const TEMPORARY: &str = ".heatloop-";

/// What to do with a folder that holds something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    Refuse,
    /// `--force`.
    Replace,
}

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{} holds files that are no Heatloop run; choose another folder or force it (--force)", .0.display())]
    Foreign(PathBuf),
    #[error("{} is a file; choose another name for the output folder", .0.display())]
    NotAFolder(PathBuf),
    #[error("cannot use {}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// A folder ready to take a run.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Files of the run that is renewed.
    old: Vec<String>,
}

impl Folder {
    /// Makes or checks the folder. Call it before the simulation, so that a
    /// long run doesn't end in a refusal. Changes nothing in a folder with files.
    pub fn open(path: &Path, existing: Existing) -> Result<Self, FolderError> {
        let io_error = |source| FolderError::Io {
            path: path.to_owned(),
            source,
        };
        if path.exists() && !path.is_dir() {
            return Err(FolderError::NotAFolder(path.to_owned()));
        }
        fs::create_dir_all(path).map_err(io_error)?;
        let mut foreign = false;
        for entry in fs::read_dir(path).map_err(io_error)? {
            let name = entry.map_err(io_error)?.file_name();
            foreign |= !is_ours(&name.to_string_lossy());
        }
        let old = fs::read_to_string(path.join(provenance::NAME))
            .ok()
            .and_then(|text| provenance::files_of(&text));
        match (foreign, old, existing) {
            (true, None, Existing::Refuse) => Err(FolderError::Foreign(path.to_owned())),
            (_, old, _) => Ok(Self {
                path: path.to_owned(),
                old: old.unwrap_or_default(),
            }),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn remove(&self, name: &std::ffi::OsStr) -> io::Result<()> {
        match fs::remove_file(self.path.join(name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}

/// Whether a name is one that a run writes: a run that was killed between its
/// renames leaves such files, complete, and no provenance.
fn is_ours(name: &str) -> bool {
    let fixed = [
        "scenario.toml",
        "settings.jsonl",
        "metrics.json",
        provenance::NAME,
        "lock",
    ];
    let named = ["trace-", "picture-", "input-", "fleet-", TEMPORARY];
    fixed.contains(&name) || named.iter().any(|start| name.starts_with(start))
}

/// A file that is being written: without a name where the system has such files,
/// so that a program that is killed leaves nothing, else under a temporary one.
#[derive(Debug)]
pub struct Temporary(Kind);

#[derive(Debug)]
enum Kind {
    Named(NamedTempFile),
    #[cfg(target_os = "linux")]
    Unnamed(unnamed::Unnamed),
}

impl Write for Temporary {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Kind::Named(file) => file.write(data),
            #[cfg(target_os = "linux")]
            Kind::Unnamed(unnamed) => unnamed.file.write(data),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Kind::Named(file) => file.flush(),
            #[cfg(target_os = "linux")]
            Kind::Unnamed(unnamed) => unnamed.file.flush(),
        }
    }
}

/// A new file without its name, in `folder`.
fn temporary(folder: &Path) -> io::Result<Temporary> {
    #[cfg(target_os = "linux")]
    if let Ok(unnamed) = unnamed::Unnamed::new(folder) {
        return Ok(Temporary(Kind::Unnamed(unnamed)));
    }
    let file = builder().tempfile_in(folder)?;
    Ok(Temporary(Kind::Named(file)))
}

/// Makes files under temporary names.
fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(TEMPORARY).suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other new file: the umask takes its share.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
}

/// Flushes and syncs a file.
fn complete(file: Temporary) -> io::Result<TempPath> {
    match file.0 {
        Kind::Named(mut file) => {
            file.flush()?;
            file.as_file().sync_all()?;
            Ok(file.into_temp_path())
        }
        #[cfg(target_os = "linux")]
        Kind::Unnamed(mut unnamed) => {
            unnamed.file.flush()?;
            unnamed.file.sync_all()?;
            unnamed.named()
        }
    }
}

/// Writes one file, in full or not at all; replaces an old one. Its folder must
/// exist.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, |sink| sink.write_all(bytes))
}

/// As [`write_file`], of what `write` makes piece by piece.
pub fn write_with<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn super::Sink) -> Result<(), E>,
) -> Result<(), E> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = io::BufWriter::with_capacity(1 << 16, temporary(folder)?);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    complete(file)?.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Removes what killed programs left of files in `folder` under temporary names.
pub fn sweep_temporary(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

impl Store for Folder {
    type File = Temporary;
    type Staged = TempPath;

    fn begin(&mut self) -> io::Result<Temporary> {
        temporary(&self.path)
    }

    fn close(&mut self, file: Temporary) -> io::Result<TempPath> {
        complete(file)
    }

    fn begin_commit(&mut self) -> io::Result<()> {
        // The provenance goes first: without it no half-renewed folder looks complete.
        self.remove(provenance::NAME.as_ref())?;
        for name in std::mem::take(&mut self.old) {
            self.remove(name.as_ref())?;
        }
        Ok(())
    }

    fn commit(&mut self, file: TempPath, name: &str) -> io::Result<()> {
        file.persist(self.path.join(name)).map_err(|e| e.error)
    }

    fn finish(&mut self) -> io::Result<()> {
        // Folders can be synced on Unix only; elsewhere opening one fails.
        if cfg!(unix) {
            File::open(&self.path)?.sync_all()?;
        }
        Ok(())
    }
}
