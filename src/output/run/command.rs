//! The command that repeats a run.

use crate::results::Projection;

/// The command that repeats the run.
pub fn command(projection: &Projection) -> String {
    let from = &projection.provenance;
    let mut words = vec!["cutover".to_owned(), "run".to_owned(), quoted(&from.path)];
    for change in &from.changes {
        words.extend(["--set".to_owned(), quoted(change)]);
    }
    words.extend(["--seed".to_owned(), projection.seed.to_string()]);
    if projection.runs > 0 {
        words.extend(["--runs".to_owned(), projection.runs.to_string()]);
    } else {
        words.extend(["--engine".to_owned(), "exact".to_owned()]);
    }
    words.join(" ")
}

/// One word of a POSIX shell.
fn quoted(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    #[test]
    fn the_command_repeats_the_run_in_any_shell() {
        let mut projection = samples::flagship().projection.clone();
        projection.provenance.changes = vec!["title=it's `mine`".to_owned()];
        assert_eq!(
            command(&projection),
            r"cutover run scenarios/pkce.toml --set 'title=it'\''s `mine`' --seed 20260501 --runs 10000"
        );
    }
}
