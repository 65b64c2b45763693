//! What is promised beside what was found, as one table.
#![expect(clippy::print_stdout, reason = "it is what the program is for")]

/// One promise in numbers, and what was counted.
pub(crate) struct Figure {
    what: String,
    promised: String,
    found: String,
    reached: bool,
}

impl Figure {
    /// A figure and whether it is as it has to be.
    pub(crate) fn new(
        what: impl Into<String>,
        promised: impl Into<String>,
        found: impl Into<String>,
        reached: bool,
    ) -> Self {
        Self { what: what.into(), promised: promised.into(), found: found.into(), reached }
    }
}

/// Prints the table; whether everything in it is reached.
pub(crate) fn print(groups: &[(&str, Vec<Figure>)]) -> bool {
    let all = || groups.iter().flat_map(|(_, figures)| figures);
    let widest = |cell: fn(&Figure) -> &str, title: &str| {
        all().map(|figure| cell(figure).chars().count()).max().unwrap_or(0).max(title.len())
    };
    let what = widest(|f| &f.what, "figure");
    let promised = widest(|f| &f.promised, "promised");
    let found = widest(|f| &f.found, "found");
    println!("{:<what$}  {:<promised$}  {:<found$}", "figure", "promised", "found");
    for (name, figures) in groups {
        println!("\n{name}");
        for figure in figures {
            let ok = if figure.reached { "ok" } else { "NOT" };
            println!(
                "{:<what$}  {:<promised$}  {:<found$}  {ok}",
                figure.what, figure.promised, figure.found
            );
        }
    }
    let missed = all().filter(|figure| !figure.reached).count();
    println!();
    match missed {
        0 => println!("All {} figures are reached.", all().count()),
        n => println!("{n} of {} figures not reached.", all().count()),
    }
    missed == 0
}

/// A number as people read it: `1,000,000`.
pub(crate) fn counted(n: impl TryInto<u64>) -> String {
    let digits = n.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
