//! Shards of a study to one folder, with the same bytes as one that was never
//! split. Nothing is run: the folders hold all that results need.

use std::path::{Path, PathBuf};

use super::command::{Report, StudyError, finish};
use super::store::journal::Record;
use super::store::{Manifest, Shard, Store, StoreError};
use super::{Command, Design, file};

/// Records that are copied at once.
const TOGETHER: usize = 1024;

/// Brings the shards in `from` together in `folder`.
///
/// # Errors
/// Folders that are no shards of one study, shards that are missing or not
/// through; see [`StudyError`].
pub fn join(folder: &Path, from: &[PathBuf], pictures: bool) -> Result<Report, StudyError> {
    once(folder, from)?;
    let mut shards: Vec<(Shard, Store)> = Vec::new();
    let mut whole: Option<(Manifest, PathBuf)> = None;
    for path in from {
        let (store, mut manifest) = Store::existing(path)?;
        let Ok(shard) = Shard::parse(&manifest.shard) else {
            return Err(StudyError::Join(format!(
                "{} is a whole study, no shard",
                path.display()
            )));
        };
        manifest.shard = String::new();
        match &whole {
            None => whole = Some((manifest, path.clone())),
            Some((first, _)) if *first == manifest => {}
            Some((_, first)) => {
                return Err(StudyError::Join(format!(
                    "{} and {} are of different studies",
                    first.display(),
                    path.display()
                )));
            }
        }
        if let Some((other, twice)) = shards.iter().find(|(s, _)| s.of != shard.of || *s == shard) {
            return Err(StudyError::Join(format!(
                "{} is shard {shard}, {} is shard {other}: one of them is too much",
                path.display(),
                twice.folder().display()
            )));
        }
        shards.push((shard, store));
    }
    let Some((manifest, first)) = whole else {
        return Err(StudyError::Join("no shard is named".to_owned()));
    };
    missing(folder, &manifest, &shards)?;
    let mut copies = Vec::new();
    for input in &manifest.files {
        let path = first.join(&input.copy);
        let bytes = std::fs::read(&path).map_err(|source| StoreError::Io { path, source })?;
        copies.push((input.copy.clone(), bytes));
    }
    let study_copy = manifest.files.iter().find(|f| f.role == "study");
    let study = file::read(&first.join(study_copy.map_or("", |f| &f.copy)))?;
    let command = Command::named(&manifest.command);
    let (command, design) = match command {
        Some(Command::Sweep) => (Command::Sweep, Design::sweep(&study)?),
        Some(Command::Sensitivity) => (Command::Sensitivity, Design::sensitivity(&study)?),
        _ => {
            return Err(StudyError::Join(format!(
                "`{}` has no shards",
                manifest.command
            )));
        }
    };
    let mut store = Store::open(folder, &manifest, &copies)?;
    copy(&mut store, &shards, manifest.rows)?;
    let mut report = Report {
        resumed: store.journal.len(),
        ..Report::default()
    };
    store.log("joined", store.journal.len());
    finish(
        &mut store,
        &manifest,
        &study,
        &design,
        command,
        pictures,
        &mut report,
    )?;
    Ok(report)
}

/// No folder is named twice, be it by another path.
fn once(folder: &Path, from: &[PathBuf]) -> Result<(), StudyError> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut seen = vec![real(folder)];
    for path in from {
        let own = real(path);
        if seen.contains(&own) {
            return Err(StudyError::Join(format!(
                "{} is named twice",
                path.display()
            )));
        }
        seen.push(own);
    }
    Ok(())
}

/// Which shards are not there, or not through.
fn missing(
    folder: &Path,
    manifest: &Manifest,
    shards: &[(Shard, Store)],
) -> Result<(), StudyError> {
    let of = shards.first().map_or(1, |(s, _)| s.of);
    let mut missing = Vec::new();
    for index in 1..=of {
        let shard = Shard { index, of };
        match shards.iter().find(|(s, _)| *s == shard) {
            None => missing.push(format!("{shard}")),
            Some((_, store)) => {
                let lacks = (0..manifest.rows)
                    .filter(|r| shard.has(*r) && !store.journal.has(*r))
                    .count();
                if lacks > 0 {
                    missing.push(format!(
                        "{shard} ({} lacks {lacks} runs)",
                        store.folder().display()
                    ));
                }
            }
        }
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(StudyError::Missing {
            folder: folder.to_owned(),
            missing,
        })
    }
}

fn copy(store: &mut Store, shards: &[(Shard, Store)], rows: usize) -> Result<(), StudyError> {
    let lacking: Vec<usize> = (0..rows).filter(|r| !store.journal.has(*r)).collect();
    for some in lacking.chunks(TOGETHER) {
        let mut records: Vec<Record> = Vec::with_capacity(some.len());
        for &row in some {
            let Some((_, from)) = shards.iter().find(|(s, _)| s.has(row)) else {
                continue;
            };
            let record = from.journal.record(row).map_err(|source| StoreError::Io {
                path: from.folder().to_owned(),
                source,
            })?;
            records.extend(record);
        }
        if let Err((kept, source)) = store.journal.append(&records) {
            let lost = records.len() - kept;
            return Err(StudyError::Full {
                folder: store.folder().to_owned(),
                kept: store.journal.len(),
                total: rows,
                full: super::run::Full { lost, source },
            });
        }
    }
    Ok(())
}
