//! The rules, one by one.

use hookbench_domain::{Breaker, Pattern};
use hookbench_filter::Decision;

use super::{Clause, ClauseCode, Known, Piece, Question, Said, Standing};

fn yes(because: impl Into<String>) -> Said {
    Said { holds: Some(true), because: because.into(), pieces: Vec::new() }
}

fn no(because: impl Into<String>) -> Said {
    Said { holds: Some(false), because: because.into(), pieces: Vec::new() }
}

fn unknown(because: impl Into<String>) -> Said {
    Said { holds: None, because: because.into(), pieces: Vec::new() }
}

/// Every rule that applies, in the order in which they decide.
pub(super) fn all(question: &Question<'_>) -> Vec<Clause> {
    let mut clauses =
        vec![clause(ClauseCode::Exists, exists(question, question.then), exists(question, question.now))];
    if let Some(platform) = question.at_platform {
        let said = no(format!(
            "it runs at {platform}, which sends its own events; this machine sends nothing to it."
        ));
        clauses.push(clause(ClauseCode::RunsHere, said.clone(), said));
        return clauses;
    }
    if question.event.test {
        let said = match question.became {
            Some(_) => yes("It is a test of this subscription: it goes there whatever the rules below say."),
            None => no("it is a test, and a test goes to the one subscription it was made for."),
        };
        clauses.push(clause(ClauseCode::Test, said.clone(), said));
    }
    if question.repeats > 0 {
        let times =
            if question.repeats == 1 { "once".to_owned() } else { format!("{} times", question.repeats) };
        let said = yes(format!(
            "The same event came again {times}. A repeat is recognised by its id and sent to nobody; only the first is."
        ));
        clauses.push(clause(ClauseCode::Duplicate, said.clone(), said));
    }
    type Rule = fn(&Question<'_>, &Standing<'_>) -> Said;
    let rules: [(ClauseCode, Rule); 7] = [
        (ClauseCode::EventType, event_type),
        (ClauseCode::Brand, brand),
        (ClauseCode::Filter, filter),
        (ClauseCode::Enabled, enabled),
        (ClauseCode::Paused, paused),
        (ClauseCode::Breaker, breaker),
        (ClauseCode::Limits, limits),
    ];
    for (code, rule) in rules {
        let asked = |known: Known<'_>| match known {
            Known::At(standing) => Some(rule(question, &standing)),
            Known::Unrecorded => Some(unknown("It is not recorded what it was like then.")),
            Known::NotYet | Known::Deleted => None,
        };
        match (asked(question.then), asked(question.now)) {
            (None, None) => {}
            (then, now) => {
                let absent = || unknown("There was no such subscription.");
                clauses.push(clause(code, then.unwrap_or_else(absent), now.unwrap_or_else(absent)));
            }
        }
    }
    clauses
}

fn clause(clause: ClauseCode, then: Said, now: Said) -> Clause {
    Clause { clause, then, now }
}

fn exists(question: &Question<'_>, known: Known<'_>) -> Said {
    match known {
        Known::At(_) | Known::Unrecorded => yes(format!("It was made at {}.", question.created_at)),
        Known::NotYet => no(format!(
            "the subscription was made at {}, after the event came at {}.",
            question.created_at, question.event.received_at
        )),
        Known::Deleted => match question.deleted_at {
            Some(at) => no(format!("the subscription was deleted at {at}.")),
            None => no("the subscription was deleted."),
        },
    }
}

fn event_type(question: &Question<'_>, standing: &Standing<'_>) -> Said {
    let name = question.event.event_type.as_str();
    let piece = |pattern: &Pattern| {
        let holds = pattern.matches(&question.event.event_type);
        let because = match (pattern, holds) {
            (Pattern::Any, _) => "every type".to_owned(),
            (Pattern::Exact(_), true) => "this very type".to_owned(),
            (Pattern::Exact(_), false) => format!("not {name}"),
            (Pattern::Prefix(prefix), true) => format!("{name} starts with {prefix}"),
            (Pattern::Prefix(prefix), false) => format!("{name} does not start with {prefix}"),
        };
        Piece { text: pattern.to_string(), holds, because, alternative: 0 }
    };
    let mut pieces: Vec<Piece> = standing.definition.events.iter().map(piece).collect();
    (0..).zip(&mut pieces).for_each(|(n, piece)| piece.alternative = n);
    let said = match pieces.iter().find(|p| p.holds) {
        Some(piece) => yes(format!("Its pattern {} takes {name}.", piece.text)),
        None => {
            let patterns: Vec<&str> = pieces.iter().map(|p| p.text.as_str()).collect();
            no(format!("it listens to {}, not to {name}.", patterns.join(", ")))
        }
    };
    Said { pieces, ..said }
}

fn brand(question: &Question<'_>, standing: &Standing<'_>) -> Said {
    match (&standing.definition.brand, question.brand) {
        (None, Some(brand)) => yes(format!("It takes events of any brand; this one is of {brand}.")),
        (None, None) => yes("It takes events of any brand or none."),
        (Some(wanted), Some(brand)) if wanted == brand => yes(format!("Both are of the brand {brand}.")),
        (Some(wanted), Some(brand)) => {
            no(format!("it is limited to the brand {wanted}, and the event is of {brand}."))
        }
        (Some(wanted), None) => {
            no(format!("it is limited to the brand {wanted}, and the event belongs to no brand."))
        }
    }
}

fn filter(question: &Question<'_>, standing: &Standing<'_>) -> Said {
    let Some(filter) = standing.filter else { return yes("It has no filter.") };
    let pieces: Vec<Piece> = filter
        .explain(question.facts)
        .into_iter()
        .map(|condition| {
            let values: Vec<String> = condition
                .values
                .iter()
                .map(|(name, value)| match value {
                    Some(value) => format!("{name} is {value}"),
                    None => format!("{name} is missing"),
                })
                .collect();
            let because = match &condition.decision {
                Decision::Matches | Decision::LeavesOut => values.join(", "),
                Decision::Fails(why) if values.is_empty() => why.clone(),
                Decision::Fails(why) => format!("{why} ({})", values.join(", ")),
            };
            Piece {
                text: condition.text,
                holds: condition.decision.matches(),
                because,
                alternative: condition.alternative,
            }
        })
        .collect();
    let said = match filter.decide(question.facts) {
        Decision::Matches => yes("Its filter lets the event through."),
        Decision::LeavesOut => {
            let wrong: Vec<String> = pieces
                .iter()
                .filter(|p| !p.holds)
                .map(|p| {
                    if p.because.is_empty() { p.text.clone() } else { format!("{} ({})", p.text, p.because) }
                })
                .collect();
            no(format!("its filter leaves the event out: {} is not so.", wrong.join("; ")))
        }
        Decision::Fails(why) => no(format!("its filter could not tell, which leaves the event out: {why}.")),
    };
    Said { pieces, ..said }
}

fn enabled(_: &Question<'_>, standing: &Standing<'_>) -> Said {
    match (standing.definition.enabled, standing.disabled_because) {
        (true, _) => yes("It is enabled."),
        (false, Some(why)) => no(format!("it is disabled: {why}.")),
        (false, None) => no("it is disabled."),
    }
}

fn paused(_: &Question<'_>, standing: &Standing<'_>) -> Said {
    match (standing.all_paused_since, standing.paused_since) {
        (Some(since), _) => {
            no(format!("everything is paused since {since}; what is new waits until it is resumed."))
        }
        (None, Some(since)) => {
            no(format!("it is paused since {since}; what is new waits until it is resumed."))
        }
        (None, None) => yes("Nothing is paused."),
    }
}

fn breaker(_: &Question<'_>, standing: &Standing<'_>) -> Said {
    match standing.breaker {
        Breaker::Closed { .. } => yes("Its host is not known to be unwell."),
        Breaker::Open { since, next_probe_at, .. } => no(format!(
            "its host is not well since {since}, so deliveries are held; one is tried at {next_probe_at}."
        )),
        Breaker::Probing { since, .. } => no(format!(
            "its host is not well since {since}, so deliveries are held; one is under way to see whether it is well again."
        )),
    }
}

fn limits(_: &Question<'_>, standing: &Standing<'_>) -> Said {
    let definition = standing.definition;
    let mut limits = Vec::new();
    if let Some(rate) = definition.rate_per_second {
        limits.push(format!("at most {rate} a second"));
    }
    if let Some(most) = definition.concurrency {
        limits.push(format!("at most {most} at a time"));
    }
    match &definition.ordered_by {
        Some(field) => limits
            .push(format!("one after the other where events have the same {field}, in the order they came")),
        None if definition.ordered => limits.push("one after the other, in the order they came".to_owned()),
        None => {}
    }
    if limits.is_empty() {
        yes("It has no limits of its own.")
    } else {
        yes(format!("It is sent {}: that may delay a delivery, and never drops one.", limits.join(", ")))
    }
}
