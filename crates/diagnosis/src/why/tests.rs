//! What the answers promise.

use hookbench_domain::{EventId, EventType, RetryPolicy, Scope};

use super::*;

fn at(s: i64) -> Timestamp {
    Timestamp::from_ms(1_700_000_000_000 + s * 1000)
}

fn definition(events: &[&str]) -> Definition {
    Definition {
        name: "CRM".to_owned(),
        scheme: "none".to_owned(),
        ..Definition::new(
            "http://127.0.0.1:9/",
            events.iter().map(|e| e.parse().unwrap()).collect(),
            RetryPolicy {
                delays_ms: vec![1000],
                repeat_last: false,
                max_age_ms: None,
                jitter: 0.0,
                timeout_ms: 1000,
                final_on: vec![],
                retry_on: vec![],
                gone_on: vec![],
                honour_retry_after: true,
            },
        )
    }
}

fn event() -> StoredEvent {
    StoredEvent {
        scope: Scope::Local,
        id: EventId::new(at(0), 1),
        event_type: "conversion.approved".parse::<EventType>().unwrap(),
        created_at: at(0),
        received_at: at(0),
        created_at_given: false,
        body: br#"{"event":"conversion.approved","data":{"payout":5,"country":"DE"}}"#.to_vec(),
        test: false,
    }
}

fn standing<'a>(definition: &'a Definition, filter: Option<&'a Filter>) -> Standing<'a> {
    Standing {
        definition,
        disabled_because: None,
        paused_since: None,
        all_paused_since: None,
        breaker: Breaker::default(),
        filter,
    }
}

fn ask(event: &StoredEvent, then: Known<'_>, now: Known<'_>, became: Option<&Became>) -> Why {
    let facts = Facts::of(event.event_type.as_str(), None, &event.body);
    why(&Question {
        event,
        brand: None,
        facts: &facts,
        repeats: 0,
        created_at: at(-60),
        deleted_at: None,
        at_platform: None,
        then,
        now,
        became,
        at: at(100),
    })
}

fn waiting() -> Became {
    Became {
        state: "pending".to_owned(),
        failure: None,
        reason: None,
        attempts: 0,
        answer: None,
        next_attempt_at: Some(at(0)),
        made_at: at(0),
        ahead: 3,
    }
}

fn said(why: &Why, code: ClauseCode) -> &Clause {
    why.clauses.iter().find(|c| c.clause == code).unwrap()
}

#[test]
fn a_type_that_no_pattern_takes_is_named_pattern_by_pattern() {
    let (old, new) = (definition(&["click.*", "conversion.created"]), definition(&["conversion.*"]));
    let why = ask(&event(), Known::At(standing(&old, None)), Known::At(standing(&new, None)), None);
    assert_eq!((why.code, why.sent, why.would_be_sent_now), (WhyCode::NotWanted, false, true));
    assert!(why.sentence.contains("it listens to click.*, conversion.created"), "{}", why.sentence);
    let clause = said(&why, ClauseCode::EventType);
    let holds: Vec<bool> = clause.then.pieces.iter().map(|p| p.holds).collect();
    assert_eq!((holds, clause.now.holds), (vec![false, false], Some(true)));
}

#[test]
fn a_filter_is_explained_by_the_value_that_made_it_false() {
    let wants = definition(&["*"]);
    let filter = Filter::compile("data.country == 'DE' && data.payout > 10").unwrap();
    let now = Filter::compile("data.missing > 1").unwrap();
    let why = ask(
        &event(),
        Known::At(standing(&wants, Some(&filter))),
        Known::At(standing(&wants, Some(&now))),
        None,
    );
    assert_eq!(why.code, WhyCode::NotWanted);
    assert!(why.sentence.contains("data.payout > 10 (data.payout is 5)"), "{}", why.sentence);
    assert!(!why.sentence.contains("country"), "{}", why.sentence);
    assert!(why.now_sentence.contains("missing"), "{}", why.now_sentence);
}

#[test]
fn what_waits_says_what_holds_it_now() {
    let wants = definition(&["*"]);
    let open = Breaker::Open { since: at(1), wait_ms: 1, next_probe_at: at(200) };
    let now = |now: Standing<'_>| {
        ask(&event(), Known::At(standing(&wants, None)), Known::At(now), Some(&waiting()))
    };
    let held = now(Standing { breaker: open, ..standing(&wants, None) });
    assert_eq!(held.code, WhyCode::Held);
    assert!(held.sentence.contains("not well since"), "{}", held.sentence);
    let paused = now(Standing { all_paused_since: Some(at(2)), ..standing(&wants, None) });
    assert!(paused.sentence.contains("everything is paused"), "{}", paused.sentence);
    let queued = now(standing(&wants, None));
    assert_eq!(queued.code, WhyCode::Waiting);
    assert!(queued.sentence.contains('3'), "{}", queued.sentence);
}

#[test]
fn a_subscription_that_came_later_or_was_gone_says_so() {
    let wants = definition(&["*"]);
    let why = ask(&event(), Known::NotYet, Known::At(standing(&wants, None)), None);
    assert_eq!((why.code, why.would_be_sent_now), (WhyCode::NotYet, true));
    let why = ask(&event(), Known::Deleted, Known::Deleted, None);
    assert_eq!((why.code, why.would_be_sent_now), (WhyCode::Deleted, false));
    let why = ask(&event(), Known::Unrecorded, Known::At(standing(&wants, None)), None);
    assert_eq!(why.code, WhyCode::Unknown);
    assert_eq!(said(&why, ClauseCode::Filter).then.holds, None);
}

#[test]
fn a_test_goes_to_its_own_subscription_and_a_repeat_to_nobody() {
    let wants = definition(&["*"]);
    let test = StoredEvent { test: true, ..event() };
    let why = ask(&test, Known::At(standing(&wants, None)), Known::At(standing(&wants, None)), None);
    assert_eq!(why.code, WhyCode::OtherTest);
    let (event, facts) = (event(), Facts::of("a", None, b"{}"));
    let known = Known::At(standing(&wants, None));
    let question = Question {
        event: &event,
        brand: None,
        facts: &facts,
        repeats: 2,
        created_at: at(-1),
        deleted_at: None,
        at_platform: None,
        then: known,
        now: known,
        became: None,
        at: at(1),
    };
    assert!(said(&super::why(&question), ClauseCode::Duplicate).then.because.contains("2 times"));
    let away = super::why(&Question { at_platform: Some("trcker"), ..question });
    assert_eq!(away.code, WhyCode::AtPlatform);
}

#[test]
fn what_was_skipped_or_failed_says_so_in_a_sentence() {
    let wants = Definition { enabled: false, ..definition(&["*"]) };
    let known = Known::At(standing(&wants, None));
    let skipped = Became { state: "skipped".to_owned(), reason: Some("disabled".to_owned()), ..waiting() };
    let why = ask(&event(), known, known, Some(&skipped));
    assert_eq!((why.code, why.would_be_sent_now), (WhyCode::Skipped, false));
    assert_eq!(said(&why, ClauseCode::Enabled).then.holds, Some(false));
    let failed =
        Became { state: "failed".to_owned(), attempts: 2, answer: Some("500".to_owned()), ..waiting() };
    let why = ask(&event(), known, known, Some(&failed));
    assert!(why.sent && why.sentence.contains("2 attempts, the last one ended with 500"), "{}", why.sentence);
}
