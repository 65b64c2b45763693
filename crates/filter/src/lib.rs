//! Which events a subscription wants beyond type and brand: an expression in CEL (Common
//! Expression Language) over `type`, `brand`, `data` and `event`, the whole body. Pure.
//!
//! What an expression may cost is bounded before it is kept ([`Filter::compile`]) and before it
//! looks at an event ([`Filter::decide`]).

mod check;
mod explain;
mod facts;
mod words;

use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError, Program, Value};
use hookbench_bounds::{MAX_DEPTH, shortened};

pub use explain::Condition;
pub use facts::Facts;

/// The longest expression, in characters.
pub const MAX_CHARS: usize = 1024;
/// The variables of an expression.
pub const VARIABLES: [&str; 4] = ["type", "brand", "data", "event"];
/// How much an expression with `all` or `exists` may have to do with one event: its steps per
/// element, times the values of the event, times what one step may have to look at.
const MAX_WORK: u64 = 20_000_000;
/// The parser goes down once for each bracket; it gets a stack of its own, in bytes.
const PARSER_STACK: usize = 16 * 1024 * 1024;

/// What every expression may use: the standard functions, without regular expressions.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// Why an expression cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct FilterError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
    /// What is wrong there, and what to do.
    pub message: String,
    /// The line of the expression and, below it, a mark under the place.
    pub excerpt: String,
}

impl FilterError {
    fn at(text: &str, line: usize, column: usize, message: impl Into<String>) -> Self {
        Self { line, column, message: message.into(), excerpt: words::excerpt(text, line, column) }
    }
}

/// What an expression says of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The event is wanted.
    Matches,
    /// It is false of the event.
    LeavesOut,
    /// It says nothing of the event, which is left out: why.
    Fails(String),
}

impl Decision {
    /// Whether the event is wanted.
    #[must_use]
    pub fn matches(&self) -> bool {
        match self {
            Self::Matches => true,
            Self::LeavesOut | Self::Fails(_) => false,
        }
    }
}

/// An expression, compiled. Two are equal if they are written alike.
pub struct Filter {
    text: String,
    program: Result<Compiled, FilterError>,
}

struct Compiled {
    program: Program,
    /// Steps that are taken for each element of a list or map.
    steps_per_element: u64,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Filter").field(&self.text).finish()
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Filter {
    /// Compiles an expression.
    ///
    /// # Errors
    /// [`FilterError`] names the position of what is wrong: the syntax, a variable that does not
    /// exist, or more than an event may cost.
    pub fn compile(text: &str) -> Result<Self, FilterError> {
        let compiled = compile(text)?;
        Ok(Self { text: text.to_owned(), program: Ok(compiled) })
    }

    /// Compiles an expression that was kept. One that cannot be read, because another version kept
    /// it, matches nothing and says why.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self { text: text.to_owned(), program: compile(text) }
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether an event is wanted. An expression that fails, because the event lacks a field or
    /// has one of another type, leaves the event out.
    #[must_use]
    pub fn decide(&self, facts: &Facts) -> Decision {
        let compiled = match &self.program {
            Ok(compiled) => compiled,
            Err(error) => return Decision::Fails(format!("the filter cannot be read: {error}")),
        };
        if compiled.steps_per_element.saturating_mul(facts.work()) > MAX_WORK {
            return Decision::Fails(
                "the event is too large for a filter that goes through its lists: name fields instead"
                    .to_owned(),
            );
        }
        let mut context = Context::with_env(ENV.clone());
        facts.give(&mut context);
        match compiled.program.execute(&context) {
            Ok(Value::Bool(true)) => Decision::Matches,
            Ok(Value::Bool(false)) => Decision::LeavesOut,
            Ok(other) => {
                Decision::Fails(format!("it gives a {}, not true or false: compare it", other.type_of()))
            }
            Err(error) if facts.is_cut() => Decision::Fails(format!(
                "{}; a part of the event is nested deeper than {MAX_DEPTH} levels, and a filter reads it as null",
                in_words(&error)
            )),
            Err(error) => Decision::Fails(in_words(&error)),
        }
    }
}

fn compile(text: &str) -> Result<Compiled, FilterError> {
    check::text(text)?;
    let owned = text.to_owned();
    let parsing = std::thread::Builder::new()
        .stack_size(PARSER_STACK)
        .spawn(move || ENV.compile(&owned).map_err(|errors| words::plain(&owned, &errors)));
    let unreadable = || FilterError::at(text, 1, 1, "it cannot be read as CEL");
    let program = parsing.map_err(|_| unreadable())?.join().map_err(|_| unreadable())??;
    let steps_per_element = check::program(text, &program)?;
    Ok(Compiled { program, steps_per_element })
}

/// Why an expression failed, without the values it failed with: they may be long.
fn in_words(error: &ExecutionError) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open; the others speak for themselves")]
    match error {
        ExecutionError::NoSuchKey(key) => {
            format!("the event has no field `{}`: ask has(…) first", shortened(key))
        }
        ExecutionError::UndeclaredReference(name) => format!("there is no function `{name}`"),
        ExecutionError::ValuesNotComparable(_, _) => "it compares values of different types".to_owned(),
        ExecutionError::UnsupportedBinaryOperator(name, _, _) => {
            format!("`{name}` does not work on values of these types")
        }
        ExecutionError::IndexOutOfBounds(_) => {
            "it asks for an element that the list does not have".to_owned()
        }
        other => shortened(&other.to_string()).into_owned(),
    }
}

#[cfg(test)]
mod tests;
