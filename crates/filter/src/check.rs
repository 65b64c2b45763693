//! What an expression may look like, so that none can stall or exhaust who evaluates it.

use cel::Program;
use cel::common::ast::{EntryExpr, Expr, IdedExpr};

use crate::{FilterError, MAX_CHARS, VARIABLES};

/// How deep brackets may nest.
const MAX_BRACKETS: usize = 24;
/// How deep the parsed expression may nest.
const MAX_DEPTH: usize = 48;
/// How many `? :` there may be.
const MAX_CHOICES: usize = 16;

fn at(text: &str, offset: usize, message: impl Into<String>) -> FilterError {
    let before: String = text.chars().take(offset).collect();
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    FilterError::at(text, line, column, message)
}

/// Refuses, before it is parsed, what would take the parser too deep.
pub(crate) fn text(text: &str) -> Result<(), FilterError> {
    if text.trim().is_empty() {
        return Err(at(
            text,
            0,
            "it is empty: write a condition such as data.payout > 10, or clear the filter",
        ));
    }
    if text.chars().count() > MAX_CHARS {
        return Err(at(text, MAX_CHARS, "at most 1024 characters"));
    }
    let (mut open, mut choices) = (0usize, 0usize);
    for (offset, c) in text.chars().enumerate() {
        match c {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            '?' => choices += 1,
            _ => {}
        }
        if open > MAX_BRACKETS || choices > MAX_CHOICES {
            return Err(at(text, offset, "it nests too deep: at most 24 brackets and 16 `? :`"));
        }
    }
    Ok(())
}

/// Looks at every node. Returns how many are evaluated for each element of a list or map.
pub(crate) fn program(text: &str, program: &Program) -> Result<u64, FilterError> {
    let mut walk = Walk { text, program, scope: Vec::new(), looping: false, steps: 0 };
    walk.node(program.expression(), 0)?;
    Ok(walk.steps)
}

struct Walk<'p> {
    text: &'p str,
    program: &'p Program,
    /// The variables that `all` and `exists` bring.
    scope: Vec<&'p str>,
    looping: bool,
    steps: u64,
}

impl<'p> Walk<'p> {
    fn wrong<T>(&self, node: &IdedExpr, message: impl Into<String>) -> Result<T, FilterError> {
        let (offset, _) = self.program.source_info().offset_for(node.id).unwrap_or_default();
        Err(at(self.text, usize::try_from(offset).unwrap_or(0), message))
    }

    fn node(&mut self, node: &'p IdedExpr, depth: usize) -> Result<(), FilterError> {
        if depth > MAX_DEPTH {
            return self.wrong(node, "it nests too deep: write a shorter condition");
        }
        self.steps += u64::from(self.looping);
        let depth = depth + 1;
        match &node.expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => {
                if VARIABLES.contains(&name.as_str()) || self.scope.contains(&name.as_str()) {
                    Ok(())
                } else {
                    self.wrong(node, format!("there is no `{name}`: use type, brand, data or event"))
                }
            }
            Expr::Select(select) => self.node(&select.operand, depth),
            Expr::Call(call) => {
                call.target.iter().try_for_each(|target| self.node(target, depth))?;
                call.args.iter().try_for_each(|arg| self.node(arg, depth))
            }
            Expr::List(list) => list.elements.iter().try_for_each(|element| self.node(element, depth)),
            Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => {
                    self.node(&entry.key, depth)?;
                    self.node(&entry.value, depth)
                }
                EntryExpr::StructField(field) => self.node(&field.value, depth),
            }),
            Expr::Struct(_) => self.wrong(node, "it makes a message, which a filter has no use for"),
            Expr::Comprehension(all) => {
                if self.looping {
                    return self.wrong(node, "`all` and `exists` cannot stand within each other");
                }
                if matches!(all.accu_init.expr, Expr::List(_) | Expr::Map(_)) {
                    return self.wrong(node, "`map` and `filter` make lists: use `exists` or `all`");
                }
                self.node(&all.iter_range, depth)?;
                let before = self.scope.len();
                self.scope.extend([all.iter_var.as_str(), all.accu_var.as_str()]);
                self.scope.extend(all.iter_var2.as_deref());
                self.looping = true;
                self.node(&all.loop_cond, depth)?;
                self.node(&all.loop_step, depth)?;
                self.looping = false;
                self.node(&all.result, depth)?;
                self.scope.truncate(before);
                Ok(())
            }
        }
    }
}
