//! Shards of a study to one folder, with the same bytes as one that was never
//! split. Nothing is run: the folders hold all that results need.

use std::path::{Path, PathBuf};

use super::command::{Report, StudyError, finish};
use super::store::journal::Record;
use super::store::{InputFile, Manifest, Shard, Store, StoreError, described, digest};
use super::{Command, Design, file};
use crate::report::format::count;

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
            None => whole = Some((manifest.clone(), path.clone())),
            Some((first, _)) if *first == manifest => {}
            Some((of_first, first)) => {
                return Err(StudyError::Join(format!(
                    "{} and {} are of different studies: {}",
                    first.display(),
                    path.display(),
                    apart(of_first, &manifest)
                )));
            }
        }
        unchanged(path, &manifest)?;
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

/// What two manifests do not share.
fn apart(one: &Manifest, other: &Manifest) -> String {
    if one.version != other.version {
        return format!("made by heatloop {} and {}", one.version, other.version);
    }
    if one.command != other.command {
        let both = [one, other].map(|m| m.command.as_str());
        return format!("`heatloop {}` and `heatloop {}`", both[0], both[1]);
    }
    let same = |f: &&InputFile| other.files.contains(f);
    let unlike: Vec<String> = one
        .files
        .iter()
        .filter(|f| !same(f))
        .map(|f| described(&f.role))
        .collect();
    match unlike.is_empty() {
        true => "their study.json differ".to_owned(),
        false => format!("they differ in {} (by its SHA-256)", unlike.join(", ")),
    }
}

/// The copies of what a shard was made from are what they were.
fn unchanged(folder: &Path, manifest: &Manifest) -> Result<(), StudyError> {
    for input in &manifest.files {
        let path = folder.join(&input.copy);
        let sha256 = match std::fs::read(&path) {
            Ok(bytes) => digest(&bytes),
            Err(source) => return Err(StoreError::Io { path, source }.into()),
        };
        if sha256 != input.sha256 {
            return Err(StudyError::Join(format!(
                "{} is not the file that the shard was run with: its SHA-256 is {sha256}, and study.json beside it says {}. \
                 Put back what it was, or remove the folder and run the shard again",
                path.display(),
                input.sha256
            )));
        }
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
                        "{shard} ({} lacks {})",
                        store.folder().display(),
                        count(lacks, "run")
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
