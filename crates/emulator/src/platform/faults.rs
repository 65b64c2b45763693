//! What an emulated platform does wrong when it is told to.

use std::fmt;
use std::str::FromStr;

/// What is asked of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Op {
    EventTypes,
    List,
    Create,
    Delete,
    Log,
}

const OPS: [(&str, Op); 5] = [
    ("events", Op::EventTypes),
    ("list", Op::List),
    ("create", Op::Create),
    ("delete", Op::Delete),
    ("log", Op::Log),
];

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// This status, with a JSON error; 429 with `Retry-After`.
    Status(u16),
    /// 500, 502 or 503.
    Failing,
    /// A web page.
    Html,
    /// JSON that is cut off.
    Truncated,
    /// A list whose next page is the same page.
    Loop,
    /// The right answer, three seconds late.
    Slow,
    /// No answer, and nothing is done.
    Reset,
    /// It is done, and then there is no answer.
    Lost,
}

const KINDS: [(&str, Wrong); 12] = [
    ("401", Wrong::Status(401)),
    ("403", Wrong::Status(403)),
    ("404", Wrong::Status(404)),
    ("409", Wrong::Status(409)),
    ("429", Wrong::Status(429)),
    ("5xx", Wrong::Failing),
    ("html", Wrong::Html),
    ("truncated", Wrong::Truncated),
    ("loop", Wrong::Loop),
    ("slow", Wrong::Slow),
    ("reset", Wrong::Reset),
    ("lost", Wrong::Lost),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Often {
    Always,
    Times(u32),
    Share(f64),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Fault {
    on: Option<Op>,
    wrong: Wrong,
    often: Often,
}

/// Faults, in the order in which they are tried; the first that strikes counts. Written
/// `[ROUTE=]FAULT[:N|:0.N]`, separated by commas: `5xx:0.2`, `delete=reset:3,429:1`. With a whole
/// number it strikes so often, with a fraction with that probability, without either always.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Faults(Vec<Fault>);

/// Text that names no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{part}`: {why}")]
pub struct FaultError {
    part: String,
    why: String,
}

impl FromStr for Faults {
    type Err = FaultError;
    fn from_str(text: &str) -> Result<Self, FaultError> {
        text.split(',').map(str::trim).filter(|p| !p.is_empty()).map(read).collect::<Result<_, _>>().map(Self)
    }
}

fn read(part: &str) -> Result<Fault, FaultError> {
    let wrong = |why: String| FaultError { part: part.to_owned(), why };
    let (on, rest) = match part.split_once('=') {
        Some((name, rest)) => {
            let op = OPS.iter().find(|(n, _)| *n == name).map(|(_, op)| *op);
            let names = OPS.map(|(n, _)| n).join(", ");
            (Some(op.ok_or_else(|| wrong(format!("before = stands one of {names}")))?), rest)
        }
        None => (None, part),
    };
    let (name, often) = match rest.split_once(':') {
        None => (rest, Often::Always),
        Some((name, count)) => {
            let times = count.parse::<u32>().ok().map(Often::Times);
            let share = count.parse::<f64>().ok().filter(|s| (0.0..=1.0).contains(s)).map(Often::Share);
            let often = times.or(share).ok_or_else(|| {
                wrong("after : stands how often (3) or with what probability (0.2)".to_owned())
            })?;
            (name, often)
        }
    };
    let kind = KINDS.iter().find(|(n, _)| *n == name).map(|(_, kind)| *kind);
    let names = KINDS.map(|(n, _)| n).join(", ");
    let kind = kind.ok_or_else(|| wrong(format!("a fault is one of {names}")))?;
    Ok(Fault { on, wrong: kind, often })
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            if let Some((name, _)) = OPS.iter().find(|(_, op)| Some(*op) == fault.on) {
                write!(f, "{name}=")?;
            }
            if let Some((name, _)) = KINDS.iter().find(|(_, kind)| *kind == fault.wrong) {
                f.write_str(name)?;
            }
            match fault.often {
                Often::Always => {}
                Often::Times(n) => write!(f, ":{n}")?,
                Often::Share(share) => write!(f, ":{share:?}")?,
            }
        }
        Ok(())
    }
}

impl Faults {
    /// What goes wrong with this request, if anything; counts it.
    pub(crate) fn strike(&mut self, op: Option<Op>, chance: impl Fn() -> f64) -> Option<Wrong> {
        for fault in &mut self.0 {
            if fault.on.is_some() && fault.on != op {
                continue;
            }
            match &mut fault.often {
                Often::Always => return Some(fault.wrong),
                Often::Times(0) => {}
                Often::Times(left) => {
                    *left -= 1;
                    return Some(fault.wrong);
                }
                Often::Share(share) if chance() < *share => return Some(fault.wrong),
                Often::Share(_) => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_reads_back_as_it_is_written_and_nonsense_is_named() {
        for spec in ["", "401", "429:3,5xx:0.2", "delete=reset:3,create=lost:1,html"] {
            assert_eq!(spec.parse::<Faults>().unwrap().to_string(), spec);
        }
        for (bad, word) in [
            ("nope", "401"),
            ("x=401", "create"),
            ("401:", "probability"),
            ("401:1.5", "probability"),
            ("401:-1", "probability"),
        ] {
            assert!(bad.parse::<Faults>().unwrap_err().to_string().contains(word), "{bad}");
        }
    }

    #[test]
    fn a_fault_strikes_where_and_as_often_as_it_was_told() {
        let mut faults: Faults = "delete=reset:2,5xx:0.5".parse().unwrap();
        let never = || 0.9;
        assert_eq!(faults.strike(Some(Op::List), never), None);
        assert_eq!(faults.strike(Some(Op::List), || 0.1), Some(Wrong::Failing));
        assert_eq!(faults.strike(Some(Op::Delete), never), Some(Wrong::Reset));
        assert_eq!(faults.strike(Some(Op::Delete), never), Some(Wrong::Reset));
        assert_eq!(faults.strike(Some(Op::Delete), never), None);
        assert_eq!("html".parse::<Faults>().unwrap().strike(None, never), Some(Wrong::Html));
    }
}
