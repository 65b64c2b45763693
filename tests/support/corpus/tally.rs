//! How many faults were named rightly, wrongly, or not at all.

use std::collections::BTreeMap;

/// The count, by file of the corpus.
#[derive(Debug, Default)]
pub struct Tally {
    /// Rightly named, by file.
    pub right: BTreeMap<&'static str, usize>,
    /// What was named wrongly, in words.
    pub wrong: Vec<String>,
    /// What was called unknown although it has a cause that is looked for, in words.
    pub unknown: Vec<String>,
    /// How many faults are written down; each is planted in one scheme or several.
    pub faults: usize,
}

impl Tally {
    pub(super) fn see(&mut self, file: &'static str, what: &str, want: &str, got: &str, remark: &str) {
        if got == want {
            *self.right.entry(file).or_default() += 1;
        } else {
            let line = format!("{file}: {what}: {want}, got {got}: {remark}");
            if got == "unknown" { self.unknown.push(line) } else { self.wrong.push(line) }
        }
    }

    pub fn planted(&self) -> usize {
        self.right.values().sum::<usize>() + self.wrong.len() + self.unknown.len()
    }

    /// The figures, in lines.
    pub fn lines(&self, what: &str) -> Vec<String> {
        let right: usize = self.right.values().sum();
        let mut lines = vec![format!(
            "{what}: {} faults, planted {} times: {right} named rightly, {} wrongly, {} unknown",
            self.faults,
            self.planted(),
            self.wrong.len(),
            self.unknown.len()
        )];
        lines.extend(self.right.iter().map(|(file, n)| format!("  {file:<12} {n:>5}")));
        lines.extend(self.wrong.iter().map(|line| format!("  WRONG    {line}")));
        lines.extend(self.unknown.iter().map(|line| format!("  UNKNOWN  {line}")));
        lines
    }
}
