//! What a study is made from: its file, the base scenario, and the files that
//! they name. Copies and digests of them say later whether a folder is of this study.

use std::path::{Path, PathBuf};

use super::file::Study;
use super::parameter::{Parameter, Spread};
use super::store::STUDY_COPY;
use super::vary::Base;
use crate::scenario::{Code, Fault, Faults, Format, Node, unreadable};

/// A file: its role in the study, the name of its copy, its bytes.
pub(super) type Input = (String, String, Vec<u8>);

/// Everything that decides the results: the study, the base, and the files that
/// they name.
pub(super) fn files(
    study: &Study,
    base: &Base,
    path: &Path,
) -> Result<Vec<(String, String, Vec<u8>)>, Faults> {
    let extension = match base.format() {
        Format::Toml => "toml",
        Format::Json => "json",
    };
    let study_extension = path
        .extension()
        .map_or("toml".into(), |e| e.to_string_lossy());
    let json = if study_extension.eq_ignore_ascii_case("json") {
        "json"
    } else {
        "toml"
    };
    let mut all = vec![
        (
            "study".to_owned(),
            format!("{STUDY_COPY}.{json}"),
            study.source.text.clone().into_bytes(),
        ),
        (
            "base".to_owned(),
            format!("base-scenario.{extension}"),
            base.text().as_bytes().to_vec(),
        ),
    ];
    let mut named = Vec::new();
    named_files(base.tree(), &mut named);
    let assigned = study.fixed.iter();
    let worlds = study
        .replicates
        .worlds
        .iter()
        .chain(study.tune.iter().flat_map(|t| &t.validate.worlds));
    for a in assigned.chain(worlds.flat_map(|w| &w.set)) {
        set_files(std::slice::from_ref(&a.path), &a.value, &mut named);
    }
    for p in &study.parameters {
        parameter_files(p, &mut named);
    }
    named.sort();
    named.dedup();
    for (i, name) in named.iter().enumerate() {
        let path: PathBuf = base.folder().join(name);
        let bytes = std::fs::read(&path).map_err(|e| {
            let message = format!("{} can't be read: {}", path.display(), unreadable(&e));
            Faults::new(vec![Fault::new(Code::File, message).key(name)])
        })?;
        let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let plain: String = last
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
                    c
                } else {
                    '_'
                }
            })
            .collect();
        all.push((name.clone(), format!("input-{}-{plain}", i + 1), bytes));
    }
    Ok(all)
}

/// Files named in a tree: the keys that name files are `file` and `path`.
pub(crate) fn named_files(node: &Node, found: &mut Vec<String>) {
    for entry in node.entries() {
        match (entry.key.as_str(), entry.node.as_text()) {
            ("file" | "path", Some(name)) => found.push(name.to_owned()),
            _ => named_files(&entry.node, found),
        }
    }
    node.elements().iter().for_each(|n| named_files(n, found));
}

/// Files that a parameter's values name.
pub(crate) fn parameter_files(p: &Parameter, found: &mut Vec<String>) {
    if let Spread::Choice { values, .. } = &p.spread {
        values.iter().for_each(|v| set_files(&p.paths, v, found));
    }
}

/// Files that a value names which stands for keys.
pub(crate) fn set_files(paths: &[String], value: &Node, found: &mut Vec<String>) {
    let names_file = |p: &String| p.ends_with(".file") || p.ends_with(".path");
    match value.as_text() {
        Some(name) if paths.iter().any(names_file) => found.push(name.to_owned()),
        _ => named_files(value, found),
    }
}
