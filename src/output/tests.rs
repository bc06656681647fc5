//! Writing to folders, and to disks that are full at any byte.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};

use super::*;
use crate::metrics::evaluate;
use crate::metrics::fixtures::{device, scenario};
use crate::units::hex;

/// SHA-256, hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A disk of `room` bytes. It also refuses a chosen commit.
struct Disk {
    room: Arc<AtomicUsize>,
    refuse_commit: Option<usize>,
    commits: usize,
    files: BTreeMap<String, Vec<u8>>,
}

struct Growing {
    room: Arc<AtomicUsize>,
    data: Arc<Mutex<Vec<u8>>>,
}

impl Write for Growing {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let room = self.room.load(Ordering::Relaxed);
        if room == 0 && !data.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let n = data.len().min(room);
        self.room.store(room - n, Ordering::Relaxed);
        self.data.lock().unwrap().extend_from_slice(&data[..n]);
        Ok(n)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Store for Disk {
    type File = Growing;
    type Staged = Vec<u8>;
    fn begin(&mut self) -> io::Result<Growing> {
        Ok(Growing {
            room: self.room.clone(),
            data: Arc::default(),
        })
    }
    fn close(&mut self, file: Growing) -> io::Result<Vec<u8>> {
        Ok(file.data.lock().unwrap().clone())
    }
    fn begin_commit(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn commit(&mut self, file: Vec<u8>, name: &str) -> io::Result<()> {
        if self.refuse_commit == Some(self.commits) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.commits += 1;
        self.files.insert(name.to_owned(), file);
        Ok(())
    }
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn disk(room: usize) -> Disk {
    Disk {
        room: Arc::new(AtomicUsize::new(room)),
        refuse_commit: None,
        commits: 0,
        files: BTreeMap::new(),
    }
}

/// Calls `f` with a small run of one user and two devices whose names clash.
fn with_run<T>(f: impl FnOnce(&RunOutput<'_>) -> T) -> T {
    let scenario = scenario();
    let result = RunResult {
        devices: vec![device("a/b", "1"), device("a_b", "1")],
        settings: vec![SettingsEvent {
            at_s: 0,
            user_id: "a/b".into(),
            device_id: None,
            applied: true,
            messages: vec![],
        }],
        ..RunResult::default()
    };
    f(&RunOutput {
        scenario: &scenario,
        scenario_text: "title = \"hand-made\"\n",
        result: &result,
        extra: &[("run.svg".to_owned(), b"<svg/>".to_vec())],
    })
}

fn write<S: Store>(store: &mut S, run: &RunOutput<'_>) -> Result<Vec<Written>, OutputError> {
    write_run(store, run, &evaluate(run.result, run.scenario))
}

#[test]
fn a_run_has_all_its_files_and_their_hashes() {
    let mut disk = disk(usize::MAX);
    let written = with_run(|run| write(&mut disk, run)).unwrap();
    let names: Vec<&str> = written.iter().map(|w| w.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "scenario.toml",
            "settings.jsonl",
            "trace-a_b-1.csv",
            "trace-a_b-1.parquet",
            "trace-a_b-1-2.csv",
            "trace-a_b-1-2.parquet",
            "run.svg",
            "metrics.json",
            "provenance.json"
        ]
    );
    for file in &written {
        assert_eq!(
            file.sha256,
            sha256(&disk.files[&file.name]),
            "{}",
            file.name
        );
        assert_eq!(file.bytes, disk.files[&file.name].len() as u64);
    }
    let provenance: serde_json::Value =
        serde_json::from_slice(&disk.files["provenance.json"]).unwrap();
    assert_eq!(provenance["seed"], 7);
    assert_eq!(provenance["files"][2]["user_id"], "a/b");
    assert_eq!(provenance["files"][4]["user_id"], "a_b");
}

#[test]
fn equal_runs_give_equal_bytes() {
    let files = || {
        let mut disk = disk(usize::MAX);
        with_run(|run| write(&mut disk, run)).unwrap();
        disk.files
    };
    assert_eq!(files(), files());
}

#[test]
fn a_full_disk_leaves_no_file_wherever_it_fills_up() {
    let mut whole = disk(usize::MAX);
    let total: usize = with_run(|run| write(&mut whole, run))
        .unwrap()
        .iter()
        .map(|w| w.bytes as usize)
        .sum();
    with_run(|run| {
        // Each byte of the first two files and the last 300, and a spread between.
        let spread = (0..total).filter(|n| *n < 200 || n % 397 == 0 || *n + 300 > total);
        for room in spread {
            let mut small = disk(room);
            let error = write(&mut small, run).unwrap_err();
            assert!(small.files.is_empty(), "room {room}");
            assert!(error.written.is_empty());
            assert_eq!(error.missing.len(), 9);
            assert!(error.missing.contains(&error.failed));
        }
        let mut exact = disk(total);
        assert_eq!(write(&mut exact, run).unwrap().len(), 9);
    });
}

#[test]
fn a_failing_rename_says_what_is_in_place_and_what_is_not() {
    for refused in 0..9 {
        let mut disk = disk(usize::MAX);
        disk.refuse_commit = Some(refused);
        let error = with_run(|run| write(&mut disk, run)).unwrap_err();
        assert_eq!(error.written.len(), refused);
        assert_eq!(error.missing.len(), 9 - refused);
        assert_eq!(error.missing[0], error.failed);
        assert!(
            error
                .written
                .iter()
                .all(|name| disk.files.contains_key(name))
        );
        assert!(error.to_string().contains(&error.failed));
    }
}

/// All of its files are the device that is always full.
#[cfg(target_os = "linux")]
struct AlwaysFull;

#[cfg(target_os = "linux")]
impl Store for AlwaysFull {
    type File = fs::File;
    type Staged = fs::File;
    fn begin(&mut self) -> io::Result<fs::File> {
        fs::OpenOptions::new().write(true).open("/dev/full")
    }
    fn close(&mut self, file: fs::File) -> io::Result<fs::File> {
        Ok(file)
    }
    fn begin_commit(&mut self) -> io::Result<()> {
        Ok(())
    }
    fn commit(&mut self, _file: fs::File, _name: &str) -> io::Result<()> {
        Ok(())
    }
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error_of_every_writer() {
    with_run(|run| {
        let metrics = &evaluate(run.result, run.scenario);
        let files = vec![("picture.svg".to_owned(), b"<svg/>".to_vec())];
        let (ahead, made) = (Ahead::nothing(run.scenario), Made { metrics, files });
        let jobs = traces::<AlwaysFull>(run, &ahead);
        for (name, job) in jobs.into_iter().chain(rest(run, &made)) {
            // Nothing is written of a log without lines.
            let outcome = job(&mut AlwaysFull);
            assert!(outcome.is_err() || name == "settings.jsonl", "{name}");
        }
    });
}

fn entries(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_folder_is_made_renewed_and_keeps_what_is_not_ours() {
    let base = tempfile::tempdir().unwrap();
    let path = base.path().join("deep/run");
    let mut folder = Folder::open(&path, Existing::Refuse).unwrap();
    with_run(|run| write(&mut folder, run)).unwrap();
    assert_eq!(entries(&path).len(), 9, "no temporary file stays");
    fs::write(path.join("notes.txt"), "mine").unwrap();
    // Renewed without the picture: the old one must not stay beside new figures.
    let mut folder = Folder::open(&path, Existing::Refuse).unwrap();
    with_run(|run| write(&mut folder, &RunOutput { extra: &[], ..*run })).unwrap();
    let names = entries(&path);
    assert!(names.contains(&"notes.txt".to_owned()));
    assert!(!names.contains(&"run.svg".to_owned()));
    assert_eq!(names.len(), 9);
}

#[test]
fn fails_for_a_folder_that_is_not_ours_unless_forced() {
    let base = tempfile::tempdir().unwrap();
    fs::write(base.path().join("thesis.doc"), "years").unwrap();
    assert!(matches!(
        Folder::open(base.path(), Existing::Refuse),
        Err(FolderError::Foreign(_))
    ));
    let file = base.path().join("thesis.doc");
    assert!(matches!(
        Folder::open(&file, Existing::Replace),
        Err(FolderError::NotAFolder(_))
    ));
    let mut folder = Folder::open(base.path(), Existing::Replace).unwrap();
    with_run(|run| write(&mut folder, run)).unwrap();
    assert_eq!(fs::read_to_string(file).unwrap(), "years");
}

#[test]
fn a_failing_run_leaves_an_older_run_as_it_was() {
    let base = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(base.path(), Existing::Refuse).unwrap();
    with_run(|run| write(&mut folder, run)).unwrap();
    let before = entries(base.path());
    let old = fs::read(base.path().join("provenance.json")).unwrap();
    let mut folder = Folder::open(base.path(), Existing::Refuse).unwrap();
    let error = with_run(|run| {
        let mut scenario = run.scenario.clone();
        scenario.period.record_s = 1000;
        write(
            &mut folder,
            &RunOutput {
                scenario: &scenario,
                ..*run
            },
        )
    })
    .unwrap_err();
    assert!(matches!(error.cause, Cause::Misfit(_)));
    assert_eq!(entries(base.path()), before);
    assert_eq!(fs::read(base.path().join("provenance.json")).unwrap(), old);
}

#[test]
fn a_provenance_cannot_name_files_elsewhere() {
    let text =
        r#"{"generator":"heatloop","files":[{"name":"../x"},{"name":"a.csv"},{"name":".."}]}"#;
    assert_eq!(provenance::files_of(text), Some(vec!["a.csv".to_owned()]));
    assert_eq!(
        provenance::files_of("{\"generator\":\"other\",\"files\":[]}"),
        None
    );
    assert_eq!(provenance::files_of("no json"), None);
}
