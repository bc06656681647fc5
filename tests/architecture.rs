//! ARCHITECTURE.md is true: its paths exist, its table of imports is kept, and
//! only `cli` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Rust files under `folder`.
fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Files of `src` with their path inside it.
fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    assert!(files.len() > 100, "sources not found");
    files
        .iter()
        .map(|p| {
            let inside = p.strip_prefix(&src).expect("inside src");
            (inside.to_string_lossy().replace('\\', "/"), read(p))
        })
        .collect()
}

/// Modules in files of their own that are compiled for tests only, as path
/// prefixes: what `#[cfg(test)] mod name;` declares.
fn test_modules(sources: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in sources {
        let folder = name
            .strip_suffix("/mod.rs")
            .or_else(|| name.strip_suffix("lib.rs"))
            .or_else(|| name.strip_suffix(".rs"))
            .expect("a Rust file");
        for rest in text.split("#[cfg(test)]\n").skip(1) {
            let line = rest.lines().next().unwrap_or("").trim();
            let declared = line.split("mod ").nth(1).and_then(|m| m.strip_suffix(';'));
            if let Some(module) = declared {
                found.push(format!("{folder}/{module}"));
            }
        }
    }
    found
}

/// The sources without the files of [`test_modules`].
fn code_for_users() -> Vec<(String, String)> {
    let all = sources();
    let tests = test_modules(&all);
    all.into_iter()
        .filter(|(name, _)| {
            !tests.iter().any(|t| {
                let rest = name.strip_prefix(t.as_str());
                rest.is_some_and(|r| r == ".rs" || r.starts_with('/'))
            })
        })
        .map(|(name, text)| {
            let code = plain_code(&text);
            (name, code)
        })
        .collect()
}

/// Code without comments, and without what is compiled for tests only.
fn plain_code(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            // Whatever it marks: one line, or a block that ends at its indent.
            let indent = line.len() - line.trim_start().len();
            let end = format!("{}}}", " ".repeat(indent));
            let opens = lines.find(|l| !l.trim().starts_with("#[")).unwrap_or("");
            if opens.trim_end().ends_with('{') {
                lines.find(|l| *l == end);
            }
        } else if !line.trim_start().starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// Modules of the crate that `code` names after `crate::`, alone or in braces.
fn imports(code: &str, modules: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let group = rest
            .strip_prefix('{')
            .and_then(|r| r.split("};").next())
            .unwrap_or_else(|| {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                &rest[..end.unwrap_or(rest.len())]
            });
        for word in group.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if modules.contains(word) {
                found.insert(word.to_owned());
            }
        }
    }
    found
}

/// The table in ARCHITECTURE.md: module, and what it may import.
fn allowed() -> BTreeMap<String, BTreeSet<String>> {
    let page = read(&root().join("ARCHITECTURE.md"));
    let names = |cell: &str| -> BTreeSet<String> {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    page.lines()
        .skip_while(|l| !l.starts_with("| module | may import |"))
        .skip(2)
        .take_while(|l| l.starts_with('|'))
        .map(|l| {
            let cells: Vec<_> = l.split('|').collect();
            let module = names(cells[1]).pop_first().expect("a module");
            (module, names(cells[2]))
        })
        .collect()
}

#[test]
fn every_path_that_a_page_names_exists() {
    let mut checked = 0;
    for page in [
        "ARCHITECTURE.md",
        "README.md",
        "docs/CONTROL.md",
        "docs/PHYSICS.md",
        "NOTICE",
    ] {
        let text = read(&root().join(page));
        let is_path = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        for word in text.split(|c: char| !is_path(c)) {
            let word = word.trim_end_matches('.');
            let ours = [
                "src/",
                "docs/",
                "tests/",
                "examples/",
                "scenarios/",
                "benches/",
                ".ci/",
            ];
            if ours.iter().any(|o| word.starts_with(o)) {
                assert!(root().join(word).exists(), "{page} names {word}");
                checked += 1;
            }
        }
    }
    assert!(checked > 30, "only {checked} paths found");
}

#[test]
fn the_table_names_every_module() {
    let modules: BTreeSet<String> = read(&root().join("src/lib.rs"))
        .lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';'))
        .map(str::to_owned)
        .collect();
    assert_eq!(modules, allowed().into_keys().collect());
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let allowed = allowed();
    let modules: BTreeSet<String> = allowed.keys().cloned().collect();
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, code) in code_for_users() {
        let module = name.split(['/', '.']).next().expect("a name").to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        for import in imports(&code, &modules) {
            let fine = import == module || allowed[&module].contains(&import);
            assert!(fine, "src/{name}: {module} must not import {import}");
            used.entry(module.clone()).or_default().insert(import);
        }
    }
    // What is allowed is used, so that the page stays a description.
    for (module, may) in &allowed {
        for import in may {
            let does = used.get(module).is_some_and(|u| u.contains(import));
            assert!(
                does,
                "{module} no longer imports {import}: take it off the table"
            );
        }
    }
}

#[test]
fn control_and_physics_do_not_know_each_other_and_nothing_imports_cli() {
    let allowed = allowed();
    assert!(!allowed["control"].contains("physics"));
    assert!(!allowed["physics"].contains("control"));
    assert!(allowed.values().all(|may| !may.contains("cli")));
}

#[test]
fn only_cli_prints() {
    let printing = [
        "println!",
        "eprintln!",
        "print!(",
        "stdout()",
        "stderr()",
        "dbg!",
    ];
    for (name, code) in code_for_users() {
        if name.starts_with("cli/") {
            continue;
        }
        for word in printing {
            assert!(!code.contains(word), "src/{name} has {word}");
        }
    }
}

#[test]
fn every_file_opens_with_what_it_is() {
    for (name, text) in sources() {
        let opens = text.starts_with("//!") || name.split('/').any(|p| p.contains("tests"));
        assert!(opens, "src/{name} does not say what it is");
    }
}

#[test]
fn the_scan_leaves_tests_and_comments_out() {
    let text = "use crate::a::B;\n// use crate::b;\n#[cfg(test)]\nmod tests {\n    use crate::c;\n}\nuse crate::{d::E, e};\n#[cfg(test)]\nmod tests;\n";
    let modules: BTreeSet<String> = ["a", "b", "c", "d", "e"].map(String::from).into();
    let found = imports(&plain_code(text), &modules);
    assert_eq!(found.into_iter().collect::<String>(), "ade");
    let files = [("x/y.rs".to_owned(), text.to_owned())];
    assert_eq!(test_modules(&files), ["x/y/tests"]);
}
