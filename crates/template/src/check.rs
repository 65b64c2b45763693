//! What a template may look like, so that none can stall or exhaust who renders it, and so that a
//! misspelt name is found before an event is sent.

use std::collections::HashMap;

use minijinja::machinery::ast::{CallArg, Expr, Stmt};
use minijinja::machinery::{Span, Token, parse, tokenize};
use minijinja::syntax::SyntaxConfig;

use crate::TemplateError;
use crate::filters::{FILTERS, TESTS};

/// The variables of a template.
pub(crate) const VARIABLES: [&str; 6] = ["id", "event", "createdAt", "brandId", "data", "payload"];
/// How many values one may be put together from, text by text or list by list.
const MAX_WEIGHT: u64 = 64;
/// What something that may be repeated weighs: the engine makes at most 100 MB of it.
const REPEATED: u64 = 32;
/// How deep blocks and expressions may nest.
const MAX_DEPTH: usize = 64;
/// How deep the parser may go down: brackets, signs, `not`, `else` and blocks that stand open.
const MAX_OPEN: usize = 128;
/// The most tokens of one `{{ … }}` or `{% … %}`.
const MAX_TOKENS: usize = 2000;
/// A text in the template counts as a value for every so many bytes.
const TEXT_PER_VALUE: usize = 4096;

fn at(source: &str, span: Span, message: impl Into<String>) -> TemplateError {
    let offset = usize::try_from(span.start_offset).unwrap_or(usize::MAX);
    let before = source.get(..offset).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    TemplateError { line, column, message: message.into() }
}

fn unread(source: &str, error: &minijinja::Error) -> TemplateError {
    TemplateError {
        line: error.line().unwrap_or(1),
        column: error.range().map_or(0, |range| column(source, range.start)),
        message: error.detail().unwrap_or("it cannot be read as a template").to_owned(),
    }
}

/// Refuses, before it is parsed, what would take the parser too deep. The parser calls itself for
/// each sign, `not`, `else` and `elif` without counting them, so they are counted here, token by
/// token, rather too many than too few.
pub(crate) fn depth(source: &str) -> Result<(), TemplateError> {
    let mut blocks = Blocks::default();
    let mut tag = Tag::default();
    for token in tokenize(source, false, SyntaxConfig::default()) {
        let (token, span) = token.map_err(|error| unread(source, &error))?;
        #[expect(clippy::wildcard_enum_match_arm, reason = "all other tokens stand within a tag")]
        match token {
            Token::TemplateData(_) => continue,
            Token::VariableStart | Token::VariableEnd | Token::BlockStart => tag = Tag::default(),
            Token::BlockEnd => blocks.close(std::mem::take(&mut tag)),
            token => tag.take(&token),
        }
        if tag.tokens > MAX_TOKENS {
            let message = "more than 2000 names, values and signs stand in one tag: \
                           split it, and keep its parts with {% set … %}";
            return Err(at(source, span, message));
        }
        if tag.open() > MAX_OPEN || blocks.open() > MAX_OPEN {
            let message = "it nests deeper than 128 levels of brackets, signs or blocks: \
                           split it, and keep its parts with {% set … %}";
            return Err(at(source, span, message));
        }
    }
    Ok(())
}

/// What stands open between `{{` and `}}`, or `{%` and `%}`.
#[derive(Default)]
struct Tag {
    tokens: usize,
    /// The word that it begins with.
    word: Option<String>,
    /// Whether a value is assigned in it, outside of brackets.
    assigns: bool,
    /// For each open bracket, how many signs stood before it.
    brackets: Vec<usize>,
    /// The sum of them.
    before: usize,
    /// Signs, `not` and `else` since the last bracket or comma.
    signs: usize,
}

impl Tag {
    fn open(&self) -> usize {
        self.brackets.len() + self.before + self.signs
    }

    fn take(&mut self, token: &Token<'_>) {
        self.tokens += 1;
        if let Token::Ident(word) = token
            && self.tokens == 1
        {
            self.word = Some((*word).to_owned());
        }
        #[expect(clippy::wildcard_enum_match_arm, reason = "no other token takes the parser deeper")]
        match token {
            Token::ParenOpen | Token::BracketOpen | Token::BraceOpen => {
                self.before += self.signs;
                self.brackets.push(std::mem::take(&mut self.signs));
            }
            Token::ParenClose | Token::BracketClose | Token::BraceClose => {
                if let Some(signs) = self.brackets.pop() {
                    self.before -= signs;
                    self.signs = signs;
                }
            }
            Token::Comma => self.signs = 0,
            Token::Minus | Token::Plus | Token::Ident("not" | "else") => self.signs += 1,
            Token::Assign if self.brackets.is_empty() => self.assigns = true,
            _ => {}
        }
    }
}

/// The blocks that stand open, each with how many `elif` it has.
#[derive(Default)]
struct Blocks {
    elifs: Vec<usize>,
    sum: usize,
}

impl Blocks {
    fn open(&self) -> usize {
        self.elifs.len() + self.sum
    }

    /// A tag ended.
    fn close(&mut self, tag: Tag) {
        match tag.word.as_deref() {
            None | Some("else" | "do") => {}
            Some("set") if tag.assigns => {}
            Some("elif") => {
                if let Some(elifs) = self.elifs.last_mut() {
                    *elifs += 1;
                    self.sum += 1;
                }
            }
            Some(word) if word.starts_with("end") => self.sum -= self.elifs.pop().unwrap_or(0),
            Some(_) => self.elifs.push(0),
        }
    }
}

/// Parses a template and looks at every node of it. Answers whether something in it may look at all
/// of a large value at once: `in`, a comparison of two values, a part of a text or list.
pub(crate) fn template(source: &str) -> Result<bool, TemplateError> {
    let parsed =
        parse(source, "template", SyntaxConfig::default()).map_err(|error| unread(source, &error))?;
    let weights = VARIABLES.into_iter().map(|name| (name.to_owned(), 1)).collect();
    let mut walk = Walk { source, weights, turns: 0, searches: false };
    walk.statement(&parsed, 0)?;
    Ok(walk.searches)
}

fn column(source: &str, offset: usize) -> usize {
    source.get(..offset).unwrap_or_default().chars().rev().take_while(|c| *c != '\n').count() + 1
}

/// Goes through a template. A weight is how many values of an event something may hold, so that
/// nothing can double itself again and again.
struct Walk<'s> {
    source: &'s str,
    weights: HashMap<String, u64>,
    /// How many loops stand around.
    turns: usize,
    /// Whether something may look at all of a large value.
    searches: bool,
}

impl Walk<'_> {
    fn refuse<T>(&self, span: Span, message: impl Into<String>) -> Result<T, TemplateError> {
        Err(at(self.source, span, message))
    }

    fn body(&mut self, statements: &[Stmt<'_>], depth: usize) -> Result<(), TemplateError> {
        statements.iter().try_for_each(|statement| self.statement(statement, depth + 1))
    }

    fn statement(&mut self, statement: &Stmt<'_>, depth: usize) -> Result<(), TemplateError> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here is not allowed")]
        match statement {
            Stmt::Template(template) => self.body(&template.children, depth),
            Stmt::EmitRaw(_) => Ok(()),
            Stmt::EmitExpr(emit) => self.expression(&emit.expr, depth).map(drop),
            Stmt::IfCond(choice) => {
                if depth > MAX_DEPTH {
                    return self.refuse(choice.span(), "it nests too deep");
                }
                self.expression(&choice.expr, depth)?;
                self.body(&choice.true_body, depth)?;
                self.body(&choice.false_body, depth)
            }
            Stmt::Set(set) => {
                let weight = self.expression(&set.expr, depth)?;
                self.assign(&set.target, weight)
            }
            Stmt::WithBlock(with) => {
                if depth > MAX_DEPTH {
                    return self.refuse(with.span(), "it nests too deep");
                }
                for (target, value) in &with.assignments {
                    let weight = self.expression(value, depth)?;
                    self.assign(target, weight)?;
                }
                self.body(&with.body, depth)
            }
            Stmt::ForLoop(turn) => {
                if turn.recursive || depth > MAX_DEPTH || self.turns >= 3 {
                    return self.refuse(
                        turn.span(),
                        "loops stand in one another up to three deep, and none calls itself",
                    );
                }
                let weight = self.expression(&turn.iter, depth)?;
                self.assign(&turn.target, weight)?;
                self.weights.insert("loop".to_owned(), 1);
                self.turns += 1;
                if let Some(only) = &turn.filter_expr {
                    self.expression(only, depth)?;
                }
                self.body(&turn.body, depth)?;
                let once = self.weights.clone();
                self.body(&turn.body, depth)?;
                self.turns -= 1;
                if self
                    .weights
                    .iter()
                    .any(|(name, weight)| once.get(name).is_some_and(|before| before < weight))
                {
                    return self.refuse(
                        turn.span(),
                        "a variable grows with each turn of this loop: print its parts instead",
                    );
                }
                self.body(&turn.else_body, depth)
            }
            _ => Err(TemplateError::whole(
                "a template has {{ … }}, {# … #}, if, for, set (of one value) and with; other tags are not there",
            )),
        }
    }

    fn assign(&mut self, target: &Expr<'_>, weight: u64) -> Result<(), TemplateError> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here is not allowed")]
        match target {
            Expr::Var(var) if VARIABLES.contains(&var.id) => {
                self.refuse(var.span(), format!("`{}` is the event's: choose another name", var.id))
            }
            Expr::Var(var) => {
                let known = self.weights.entry(var.id.to_owned()).or_insert(weight);
                *known = (*known).max(weight);
                Ok(())
            }
            Expr::Tuple(names) => names.items.iter().try_for_each(|name| self.assign(name, weight)),
            Expr::List(names) => names.items.iter().try_for_each(|name| self.assign(name, weight)),
            other => self.refuse(other.span(), "only a plain name can be set"),
        }
    }

    /// Looks at an expression; its weight.
    fn expression(&mut self, expr: &Expr<'_>, depth: usize) -> Result<u64, TemplateError> {
        if depth > MAX_DEPTH {
            return self.refuse(expr.span(), "it nests too deep");
        }
        let deeper = depth + 1;
        let weight = match expr {
            Expr::Var(var) => match self.weights.get(var.id) {
                Some(weight) => *weight,
                None => {
                    let known = VARIABLES.join(", ");
                    return self
                        .refuse(var.span(), format!("there is no variable `{}`: choose {known}", var.id));
                }
            },
            Expr::Const(constant) => {
                let bytes = constant.value.as_str().map_or(0, str::len);
                u64::try_from(bytes.div_ceil(TEXT_PER_VALUE)).unwrap_or(u64::MAX)
            }
            Expr::Slice(slice) => {
                // The first few are found without looking at the rest.
                let few = |part: &Option<Expr<'_>>| part.as_ref().is_some_and(is_count);
                self.searches |= !few(&slice.stop)
                    || slice.start.as_ref().is_some_and(|start| !is_count(start))
                    || slice.step.is_some();
                for part in [&slice.start, &slice.stop, &slice.step].into_iter().flatten() {
                    self.expression(part, deeper)?;
                }
                self.expression(&slice.expr, deeper)?
            }
            Expr::UnaryOp(op) => self.expression(&op.expr, deeper)?,
            Expr::BinOp(op) => {
                use minijinja::machinery::ast::BinOpKind as Op;
                self.searches |= match op.op {
                    Op::In => true,
                    Op::Eq | Op::Ne | Op::Lt | Op::Lte | Op::Gt | Op::Gte => {
                        !is_constant(&op.left) && !is_constant(&op.right)
                    }
                    Op::Add
                    | Op::Concat
                    | Op::Mul
                    | Op::ScAnd
                    | Op::ScOr
                    | Op::Pow
                    | Op::Sub
                    | Op::Div
                    | Op::FloorDiv
                    | Op::Rem => false,
                };
                let (left, right) = (self.expression(&op.left, deeper)?, self.expression(&op.right, deeper)?);
                match op.op {
                    Op::Add | Op::Concat => left.saturating_add(right),
                    // It may repeat a text or a list.
                    Op::Mul if !(is_number(&op.left) && is_number(&op.right)) => {
                        left.max(right).max(REPEATED)
                    }
                    Op::Mul | Op::ScAnd | Op::ScOr => left.max(right),
                    Op::Pow => return self.refuse(expr.span(), "`**` is not there"),
                    Op::Eq | Op::Ne | Op::Lt | Op::Lte | Op::Gt | Op::Gte | Op::In => 0,
                    Op::Sub | Op::Div | Op::FloorDiv | Op::Rem => left.max(right),
                }
            }
            Expr::Compare(compare) => {
                self.searches = true;
                self.expression(&compare.expr, deeper)?;
                for op in &compare.ops {
                    self.expression(&op.expr, deeper)?;
                }
                0
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr, deeper)?;
                let (yes, no) = (&choice.true_expr, &choice.false_expr);
                let yes = self.expression(yes, deeper)?;
                let no = no.as_ref().map(|no| self.expression(no, deeper)).transpose()?;
                yes.max(no.unwrap_or(0))
            }
            Expr::Filter(filter) => {
                if !FILTERS.iter().any(|(name, ..)| *name == filter.name) {
                    let known: Vec<&str> = FILTERS.iter().map(|(name, ..)| *name).collect();
                    let message =
                        format!("there is no filter `{}`: choose {}", filter.name, known.join(", "));
                    return self.refuse(filter.span(), message);
                }
                let inner = filter.expr.as_ref().map(|inner| self.expression(inner, deeper)).transpose()?;
                inner.unwrap_or(1).max(1).saturating_add(self.arguments(&filter.args, deeper)?)
            }
            Expr::Test(test) => {
                if !TESTS.contains(&test.name) {
                    let message = format!("there is no test `{}`: choose {}", test.name, TESTS.join(", "));
                    return self.refuse(test.span(), message);
                }
                self.searches |= !test
                    .args
                    .iter()
                    .all(|argument| matches!(argument, CallArg::Pos(expr) if is_constant(expr)));
                self.arguments(&test.args, deeper)?;
                self.expression(&test.expr, deeper)?
            }
            Expr::GetAttr(get) => self.expression(&get.expr, deeper)?,
            Expr::GetItem(get) => {
                self.expression(&get.subscript_expr, deeper)?;
                self.expression(&get.expr, deeper)?
            }
            Expr::Call(call) => {
                if !matches!(&call.expr, Expr::Var(var) if var.id == "range") {
                    let why = "nothing can be called but range(…): use a filter, such as | upper";
                    return self.refuse(call.expr.span(), why);
                }
                self.arguments(&call.args, deeper)?.max(1)
            }
            Expr::List(list) => self.items(&list.items, deeper)?.saturating_add(1),
            Expr::Tuple(tuple) => self.items(&tuple.items, deeper)?.saturating_add(1),
            Expr::Map(map) => {
                let keys = self.items(&map.keys, deeper)?;
                self.items(&map.values, deeper)?.saturating_add(keys).saturating_add(1)
            }
        };
        if weight > MAX_WEIGHT {
            return self.refuse(expr.span(), "it puts too much together: print the parts one after another");
        }
        Ok(weight)
    }

    fn items(&mut self, items: &[Expr<'_>], depth: usize) -> Result<u64, TemplateError> {
        items.iter().try_fold(0, |sum: u64, item| Ok(sum.saturating_add(self.expression(item, depth)?)))
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>], depth: usize) -> Result<u64, TemplateError> {
        arguments.iter().try_fold(0, |sum: u64, argument| {
            let (CallArg::Pos(expr)
            | CallArg::Kwarg(_, expr)
            | CallArg::PosSplat(expr)
            | CallArg::KwargSplat(expr)) = argument;
            Ok(sum.saturating_add(self.expression(expr, depth)?))
        })
    }
}

/// Whether an operand is a text or number that stands in the template: what it is compared with is
/// told apart at once.
fn is_constant(expr: &Expr<'_>) -> bool {
    matches!(expr, Expr::Const(_)) || is_number(expr)
}

/// Whether an operand is a small number, not below zero.
fn is_count(expr: &Expr<'_>) -> bool {
    matches!(expr, Expr::Const(constant) if constant.value.as_i64().is_some_and(|n| (0..=1000).contains(&n)))
}

/// Whether an operand is a number on its face.
fn is_number(expr: &Expr<'_>) -> bool {
    #[expect(clippy::wildcard_enum_match_arm, reason = "of everything else it is not known")]
    match expr {
        Expr::Const(constant) => constant.value.is_number(),
        Expr::Filter(filter) => {
            matches!(filter.name, "int" | "float" | "length" | "round" | "unix" | "unix_ms")
        }
        Expr::UnaryOp(op) => is_number(&op.expr),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many levels of each kind that takes the parser deeper.
    fn too_deep(levels: usize) -> [String; 8] {
        let blocks = |open: &str, close: &str| open.repeat(levels) + &close.repeat(levels);
        [
            format!("{{{{ {}1 }}}}", "-".repeat(levels)),
            format!("{{{{ {}1 }}}}", "- ".repeat(levels)),
            format!("{{{{ {}true }}}}", "not ".repeat(levels)),
            format!("{{{{ {}1{} }}}}", "[".repeat(levels), "]".repeat(levels)),
            format!("{{{{ {}1{} }}}}", "-(".repeat(levels / 2 + 1), ")".repeat(levels / 2 + 1)),
            format!("{{{{ {}1 }}}}", "1 if id else ".repeat(levels)),
            blocks("{% if id %}", "{% endif %}"),
            format!("{{% if id %}}{}{{% endif %}}", "{% elif id %}".repeat(levels)),
        ]
    }

    #[test]
    fn what_would_take_the_parser_too_deep_is_refused_before_it_is_parsed() {
        for text in too_deep(MAX_OPEN + 1) {
            let error = depth(&format!("a\n{text}")).unwrap_err();
            assert!(error.message.contains("deeper than 128"), "{text}: {error}");
            assert!(error.line > 1 && error.column > 1, "{text}: {error}");
        }
        for text in too_deep(MAX_OPEN - 2) {
            depth(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
        let many = |tokens: usize| format!("{{{{ [{}] }}}}", "1,".repeat(tokens / 2));
        assert!(depth(&many(MAX_TOKENS + 2)).unwrap_err().message.contains("2000"));
        assert_eq!(depth(&many(MAX_TOKENS - 4)), Ok(()));
    }

    #[test]
    fn texts_comments_raw_parts_and_what_stands_side_by_side_are_no_depth() {
        let minus = "-".repeat(MAX_OPEN + 1);
        for text in [
            format!("{minus}{{{{ id }}}}"),
            format!("{{{{ '{minus}' }}}}"),
            format!("{{# {minus} #}}"),
            format!("{{% raw %}}{{{{ {minus}1 }}}}{{# {{% endraw %}}"),
            format!("{{{{ [{}] }}}}", "-1,".repeat(MAX_OPEN + 1)),
            "{{ -1 }}".repeat(MAX_OPEN + 1),
            "{% if id %}a{% elif event %}b{% endif %}{% set x = 1 %}".repeat(MAX_OPEN + 1),
        ] {
            assert_eq!(depth(&text), Ok(()), "{text}");
        }
        let behind = format!("{{% raw %}}{{#{{% endraw %}}{{{{ {minus}1 }}}}{{# #}}");
        assert!(depth(&behind).is_err(), "a comment in a raw part hides nothing behind it");
        assert!(crate::Template::compile(&behind, None).unwrap_err().message.contains("deeper than 128"));
    }
}
