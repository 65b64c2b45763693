//! What is to be taken, and how much of it.

/// A set of figures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    Dispatching,
    Diagnosis,
    Receiver,
}

/// What the command line says.
pub(crate) enum Task {
    /// Take these figures.
    Take(Vec<Set>, Counts),
    /// Kill again and again, and tell of each kill.
    Torture(usize),
    /// Attack the program, in every way whose name has one of these words, or in all; with a line for each
    /// case as it ends.
    Attack { words: Vec<String>, each: bool },
    /// Be the other process on a store: see `claims`.
    Claim { folder: String, owner: String },
}

/// How much of everything.
#[derive(Clone, Copy)]
pub(crate) struct Counts {
    /// Random inputs of each kind.
    pub(crate) inputs: u64,
    /// Acknowledged events, of which none may be missing.
    pub(crate) events: usize,
    /// Kills under load.
    pub(crate) kills: usize,
    /// Claims by two processes.
    pub(crate) claims: usize,
}

impl Default for Counts {
    fn default() -> Self {
        Self { inputs: 1_000_000, events: 10_000, kills: 200, claims: 100_000 }
    }
}

pub(crate) const USAGE: &str =
    "figures [dispatching | diagnosis | receiver] [--inputs N] [--events N] [--kills N] [--claims N]
hostile [WORD…] [--each]
torture [--kills N]
N is a number from 1 on";

/// Reads the arguments; `None` when they say nothing that can be done.
pub(crate) fn read(args: &[String]) -> Option<Task> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["claim", folder, owner] => {
            return Some(Task::Claim { folder: (*folder).to_owned(), owner: (*owner).to_owned() });
        }
        ["hostile", rest @ ..] => {
            let each = rest.contains(&"--each");
            let words = rest.iter().filter(|word| **word != "--each").map(|word| (*word).to_owned());
            return Some(Task::Attack { words: words.collect(), each });
        }
        ["torture"] => return Some(Task::Torture(Counts::default().kills)),
        ["torture", "--kills", n] => return number(n).map(Task::Torture),
        _ => {}
    }
    let (mut sets, mut counts) = (Vec::new(), Counts::default());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word {
            "dispatching" => sets.push(Set::Dispatching),
            "diagnosis" => sets.push(Set::Diagnosis),
            "receiver" => sets.push(Set::Receiver),
            "--inputs" => counts.inputs = u64::try_from(number(words.next()?)?).ok()?,
            "--events" => counts.events = number(words.next()?)?,
            "--kills" => counts.kills = number(words.next()?)?,
            "--claims" => counts.claims = number(words.next()?)?,
            _ => return None,
        }
    }
    if sets.is_empty() {
        sets = vec![Set::Dispatching, Set::Diagnosis, Set::Receiver];
    }
    Some(Task::Take(sets, counts))
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok().filter(|n| *n > 0)
}
