//! The folder of a study: what it is (`study.json`, copies of the study file,
//! the base scenario and the files that they name), the journal of its finished
//! runs, a log with the times, and at the end the results.
//!
//! Everything but the journal and the log is written in full or not at all. A
//! folder is one process's at a time: `lock` is locked by the operating
//! system, which gives it free whatever happens to the process.

pub mod journal;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::output::{sweep_temporary, write_file};
use crate::units::hex;
use journal::{Found, Journal, JournalError};

pub const MANIFEST: &str = "study.json";
pub const STUDY_COPY: &str = "study-file";
const JOURNAL: &str = "journal";
const LOCK: &str = "lock";
const LOG: &str = "log.jsonl";

/// What a folder holds: all that results need beside the study file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub generator: String,
    pub format: u32,
    pub version: String,
    pub command: String,
    /// Which part of the study, as `2/8`; empty: all of it.
    pub shard: String,
    /// The study file and all others, with their digests.
    pub files: Vec<InputFile>,
    /// Rows of the whole study; 0 where the search decides.
    pub rows: usize,
    /// Seed of the base scenario.
    pub seed: i64,
    pub parameters: Vec<ManifestParameter>,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputFile {
    /// What it is: `study`, `base`, or the path as the scenario writes it.
    pub role: String,
    /// Its copy in the folder.
    pub copy: String,
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestParameter {
    pub name: String,
    pub unit: String,
    pub path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub unit: String,
}

/// A part of a study: shard `index` (from 1) of `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub index: usize,
    pub of: usize,
}

impl Shard {
    /// Reads `i/n`.
    ///
    /// # Errors
    /// Anything else, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is not i/n with 1 <= i <= n, such as 2/8");
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let index = index.trim().parse().map_err(|_| wrong())?;
        let of = of.trim().parse().map_err(|_| wrong())?;
        if index == 0 || index > of || of > 1_000_000 {
            return Err(wrong());
        }
        Ok(Self { index, of })
    }

    /// Whether a row is of this shard: every n-th, so that shards take alike long.
    pub fn has(self, row: usize) -> bool {
        row % self.of == self.index - 1
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// A folder that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{} is in use by {holder}. Wait for it, or end it", folder.display())]
    Busy { folder: PathBuf, holder: String },
    #[error("{} holds files that are no study; choose another folder with --output", .0.display())]
    Foreign(PathBuf),
    #[error("{} holds another study: {difference}. Choose another folder with --output, or remove this one", folder.display())]
    Another { folder: PathBuf, difference: String },
    #[error("{} is the damaged folder of a study: {what}. {mend}", folder.display())]
    Damaged {
        folder: PathBuf,
        what: String,
        /// What to do.
        mend: &'static str,
    },
    #[error("{} can't be used: {}", path.display(), unusable(source))]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is no folder of a study that `join` could read: {why}", folder.display())]
    Unreadable { folder: PathBuf, why: String },
}

/// The folder of a study, locked.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    pub journal: Journal,
    /// What was lost or spoilt in it, and is done again.
    pub mended: Vec<String>,
    /// Locked as long as it is open.
    _lock: File,
}

impl Store {
    /// Opens or makes the folder of a study. `copies`: the files by name.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn open(
        folder: &Path,
        manifest: &Manifest,
        copies: &[(String, Vec<u8>)],
    ) -> Result<Self, StoreError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Io { path, source }
        };
        let text = serde_json::to_string_pretty(manifest).unwrap_or_default() + "\n";
        std::fs::create_dir_all(folder).map_err(io(folder))?;
        let path = folder.join(MANIFEST);
        if !path.exists() && !is_ours(folder).map_err(io(folder))? {
            return Err(match Journal::of(&folder.join(JOURNAL)).is_some() {
                true => damaged(
                    folder,
                    format!("it has a journal and no {MANIFEST}"),
                    NO_MANIFEST,
                ),
                false => StoreError::Foreign(folder.to_owned()),
            });
        }
        let mut mended = Vec::new();
        let mut new = false;
        let lock = lock(folder)?;
        sweep_temporary(folder).map_err(io(folder))?;
        match std::fs::read_to_string(&path) {
            Ok(old) if old == text => {
                for (name, bytes) in copies {
                    let path = folder.join(name);
                    if std::fs::read(&path).ok().as_ref() != Some(bytes) {
                        write_file(&path, bytes).map_err(io(&path))?;
                        mended.push(format!(
                            "the copy {} was spoilt and is written again",
                            path.display()
                        ));
                    }
                }
            }
            Ok(old) => return Err(unlike(folder, &old, manifest)),
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                return Err(damaged(
                    folder,
                    format!("{MANIFEST} is no text"),
                    NO_MANIFEST,
                ));
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                new = true;
                // The manifest comes last: with it the copies are there.
                for (name, bytes) in copies {
                    write_file(&folder.join(name), bytes).map_err(io(&folder.join(name)))?;
                }
                write_file(&path, text.as_bytes()).map_err(io(&path))?;
            }
            Err(e) => return Err(io(&path)(e)),
        }
        let path = folder.join(JOURNAL);
        let digest = Sha256::digest(text.as_bytes());
        let (journal, found) = Journal::open(&path, &digest.into()).map_err(|e| match e {
            JournalError::Io(source) => io(&path)(source),
            JournalError::Foreign => damaged(
                folder,
                format!("its {JOURNAL} does not belong to its {MANIFEST}"),
                NO_JOURNAL,
            ),
            JournalError::Garbage => damaged(
                folder,
                format!("its {JOURNAL} does not begin as one"),
                NO_JOURNAL,
            ),
        })?;
        mended.extend(lost(&path, found, new));
        Ok(Self {
            folder: folder.to_owned(),
            journal,
            mended,
            _lock: lock,
        })
    }

    /// Opens a folder that is there, to read it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn existing(folder: &Path) -> Result<(Self, Manifest), StoreError> {
        let why = |why: String| StoreError::Unreadable {
            folder: folder.to_owned(),
            why,
        };
        let text = std::fs::read_to_string(folder.join(MANIFEST))
            .map_err(|e| why(format!("{MANIFEST}: {}", crate::scenario::unreadable(&e))))?;
        let manifest: Manifest =
            serde_json::from_str(&text).map_err(|e| why(format!("{MANIFEST}: {e}")))?;
        let store = Self::open(folder, &manifest, &[])?;
        Ok((store, manifest))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds a line to the log: the only place with times. What can't be written
    /// is no fault of the study.
    pub fn log(&self, event: &str, rows: usize) {
        let line = serde_json::json!({
            "at": jiff::Timestamp::now().to_string(),
            "event": event,
            "rows_in_journal": rows,
        });
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.folder.join(LOG));
        if let Ok(mut file) = file {
            let _ = writeln!(file, "{line}");
        }
    }
}

/// What to do where the manifest is gone or spoilt, and where the journal is.
const NO_MANIFEST: &str = "Put its study.json back; or remove the folder, or choose another with --output, and all runs are done again";
const NO_JOURNAL: &str = "Put its journal back; or remove that file, and all runs are done again";

fn damaged(folder: &Path, what: String, mend: &'static str) -> StoreError {
    StoreError::Damaged {
        folder: folder.to_owned(),
        what,
        mend,
    }
}

/// What is said of a journal that lost runs. `new`: so is the folder.
fn lost(path: &Path, found: Found, new: bool) -> Option<String> {
    let path = path.display();
    match found {
        _ if new => None,
        Found { made: true, .. } => Some(format!(
            "{path} with the finished runs was not there; all runs are done again"
        )),
        Found { cut: 0, .. } => None,
        Found { cut, .. } => Some(format!(
            "{cut} bytes at the end of {path} are no whole record and were cut off; the runs that they were of are done again"
        )),
    }
}

/// Why a folder or a file in it can't be used, in words.
fn unusable(error: &io::Error) -> String {
    let words = match error.kind() {
        io::ErrorKind::AlreadyExists => "it is a file, and a folder is needed",
        io::ErrorKind::NotADirectory => "a part of its path is a file",
        io::ErrorKind::NotFound => "no folder can be made there",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::ReadOnlyFilesystem => "nothing can be written there",
        io::ErrorKind::StorageFull => "the disk is full",
        _ => return error.to_string(),
    };
    words.to_owned()
}

/// Whether a folder without manifest is empty, or what a study left that was
/// killed while it was made.
fn is_ours(folder: &Path) -> io::Result<bool> {
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let fixed = [LOCK, LOG];
        let begins = ["study-file", "base-", "input-", ".heatloop-"];
        if !fixed.contains(&&*name) && !begins.iter().any(|b| name.starts_with(b)) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Locks a folder for this process, until the file is closed.
///
/// # Errors
/// Another process has it; it can't be written to.
pub(crate) fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(LOCK);
    let io = |source| StoreError::Io {
        path: path.clone(),
        source,
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(io)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let holder = holder.trim();
            return Err(StoreError::Busy {
                folder: folder.to_owned(),
                holder: if holder.is_empty() {
                    "another process".to_owned()
                } else {
                    holder.to_owned()
                },
            });
        }
        Err(TryLockError::Error(source)) => return Err(io(source)),
    }
    // For the one who finds it locked; a full disk is told where it matters.
    let text = format!(
        "process {} since {}\n",
        std::process::id(),
        jiff::Timestamp::now().strftime("%FT%TZ")
    );
    let _ = file
        .set_len(0)
        .and_then(|()| file.seek(SeekFrom::Start(0)))
        .and_then(|_| file.write_all(text.as_bytes()));
    Ok(file)
}

/// A folder whose manifest is not that of the study at hand.
fn unlike(folder: &Path, old: &str, new: &Manifest) -> StoreError {
    let begun_with = Journal::of(&folder.join(JOURNAL));
    if begun_with.is_some_and(|of| of[..] != Sha256::digest(old)[..]) {
        let what = format!("its {MANIFEST} is not the one that its {JOURNAL} was begun with");
        return damaged(folder, what, NO_MANIFEST);
    }
    let difference = match serde_json::from_str::<Manifest>(old) {
        Ok(old) => difference(&old, new),
        Err(_) if old.contains(&new.generator) => {
            format!("its {MANIFEST} is of another version of heatloop")
        }
        Err(e) => {
            return damaged(
                folder,
                format!("{MANIFEST} can't be read: {e}"),
                NO_MANIFEST,
            );
        }
    };
    StoreError::Another {
        folder: folder.to_owned(),
        difference,
    }
}

/// What is different between two manifests.
fn difference(old: &Manifest, new: &Manifest) -> String {
    if old.version != new.version {
        return format!(
            "it was made by heatloop {}, this is {}",
            old.version, new.version
        );
    }
    if old.command != new.command {
        return format!("it is of `heatloop {}`", old.command);
    }
    if old.shard != new.shard {
        let name = |s: &str| {
            if s.is_empty() {
                "the whole".to_owned()
            } else {
                format!("shard {s}")
            }
        };
        return format!("it is {} of it, not {}", name(&old.shard), name(&new.shard));
    }
    for file in &new.files {
        match old.files.iter().find(|f| f.role == file.role) {
            Some(f) if f.sha256 == file.sha256 => {}
            Some(_) => return format!("{} has changed since it was begun", described(&file.role)),
            None => return format!("{} was not part of it", described(&file.role)),
        }
    }
    "the study reads differently".to_owned()
}

pub(super) fn described(role: &str) -> String {
    match role {
        "study" => "the study file".to_owned(),
        "base" => "the base scenario".to_owned(),
        path => format!("the file {path}"),
    }
}

/// Digest of a file's bytes, hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
