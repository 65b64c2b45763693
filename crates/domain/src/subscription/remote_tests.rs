//! Edits, creations and removals against a platform that fails, loses answers and forgets, and a
//! program that is stopped at any point.

use super::*;
use proptest::prelude::*;

/// A platform that may lose a request or its answer.
#[derive(Debug, Default, Clone)]
struct Platform {
    hooks: Vec<Listed>,
    made: u32,
    keys: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Luck {
    Good,
    RequestLost,
    AnswerLost,
    Refused,
    ProgramKilledBefore,
    ProgramKilledAfter,
}

fn definition(url: &str) -> RemoteDefinition {
    RemoteDefinition {
        adopted: false,
        name: String::new(),
        url: url.into(),
        patterns: vec![Pattern::Any],
        events: vec!["a.b".parse().unwrap(), "c.d".parse().unwrap()],
    }
}

impl Platform {
    fn add(&mut self, does: &RemoteDefinition) -> String {
        self.made += 1;
        let id = format!("wh_{}", self.made);
        let events = does.events.iter().rev().map(ToString::to_string).collect();
        self.hooks.push(Listed { id: id.clone(), url: does.url.clone(), events });
        id
    }

    fn act(&mut self, request: RemoteRequest<'_>, does: &RemoteDefinition, remembers_keys: bool) -> Heard {
        match request {
            RemoteRequest::List => Heard::Listed(self.hooks.clone()),
            RemoteRequest::Create { key } => {
                let known = self.keys.iter().find(|(k, _)| k == key && remembers_keys);
                let id = known.map(|(_, id)| id.clone()).unwrap_or_else(|| self.add(does));
                self.keys.push((key.to_owned(), id.clone()));
                Heard::Created(id)
            }
            RemoteRequest::Delete { webhook, .. } => {
                self.hooks.retain(|w| w.id != webhook);
                Heard::Deleted
            }
        }
    }
}

/// Runs to rest, the luck in order, then good luck. Returns what happened last.
fn run(
    platform: &mut Platform,
    mut it: RemoteSubscription,
    luck: &[Luck],
    keys: bool,
) -> (RemoteSubscription, Turn) {
    let mut luck = luck.iter().copied();
    let mut steps = 0;
    loop {
        steps += 1;
        assert!(steps < 100, "it does not come to rest: {it:?}");
        let Some(request) = it.state.wants() else { return (it, Turn::Done) };
        let does = it.wanted().clone();
        let heard = match luck.next().unwrap_or(Luck::Good) {
            Luck::Good => platform.act(request, &does, keys),
            Luck::RequestLost => Heard::Unknown,
            Luck::AnswerLost => {
                platform.act(request, &does, keys);
                Heard::Unknown
            }
            Luck::Refused => Heard::Refused,
            Luck::ProgramKilledBefore => {
                it.state = it.state.resumed();
                continue;
            }
            Luck::ProgramKilledAfter => {
                platform.act(request, &does, keys);
                it.state = it.state.resumed();
                continue;
            }
        };
        let turn;
        (it, turn) = it.heard(heard);
        match turn {
            Turn::Go => {}
            Turn::Wait => it.state = it.state.resumed(),
            Turn::Done | Turn::Undone => return (it, turn),
        }
    }
}

fn subscription(state: RemoteState) -> RemoteSubscription {
    let at = Timestamp::from_ms(0);
    let (id, brand) = (SubscriptionId::new(at, 1), BrandId::new(at, 1));
    RemoteSubscription {
        id,
        brand,
        definition: definition("https://x.example/old"),
        state,
        created_at: at,
        updated_at: at,
    }
}

fn edit(platform: &mut Platform) -> RemoteSubscription {
    let other = platform.add(&definition("https://x.example/somebody-elses"));
    let old = platform.add(&definition("https://x.example/old"));
    subscription(RemoteState::Replacing {
        old: old.clone(),
        next: Box::new(definition("https://x.example/new")),
        key: "k".into(),
        before: vec![other, old],
        putting: Putting::Send,
    })
}

fn urls(platform: &Platform) -> Vec<&str> {
    platform.hooks.iter().map(|w| w.url.rsplit('/').next().unwrap()).collect()
}

#[test]
fn an_edit_creates_confirms_and_deletes_in_this_order() {
    let mut platform = Platform::default();
    let mut it = edit(&mut platform);
    let mut asked = Vec::new();
    while let Some(request) = it.state.wants() {
        asked.push(format!("{request:?}").split(' ').next().unwrap().to_owned());
        let heard = platform.act(request, &it.wanted().clone(), true);
        (it, _) = it.heard(heard);
    }
    assert_eq!(asked, ["Create", "List", "Delete"]);
    assert_eq!(it.state, RemoteState::On { webhook: "wh_3".into() });
    assert_eq!(it.definition, definition("https://x.example/new"));
    assert_eq!(urls(&platform), ["somebody-elses", "new"]);
}

#[test]
fn an_edit_that_fails_at_any_request_leaves_what_was_there() {
    for failing in 0..3 {
        for luck in [Luck::Refused, Luck::RequestLost] {
            let mut platform = Platform::default();
            let it = edit(&mut platform);
            let mut bad = vec![Luck::Good; failing];
            bad.push(luck);
            let (it, turn) = run(&mut platform, it, &bad, true);
            assert_eq!(
                (turn, &it.state),
                (Turn::Undone, &RemoteState::On { webhook: "wh_2".into() }),
                "{bad:?}"
            );
            assert_eq!(it.definition, definition("https://x.example/old"));
            assert_eq!(urls(&platform), ["somebody-elses", "old"], "{bad:?}");
        }
    }
}

#[test]
fn an_edit_whose_old_webhook_is_gone_in_spite_of_the_failure_is_done() {
    let mut platform = Platform::default();
    let it = edit(&mut platform);
    let (it, turn) = run(&mut platform, it, &[Luck::Good, Luck::Good, Luck::AnswerLost], true);
    assert_eq!((turn, it.state), (Turn::Done, RemoteState::On { webhook: "wh_3".into() }));
    assert_eq!(urls(&platform), ["somebody-elses", "new"]);
}

#[test]
fn a_refused_removal_leaves_it_on_and_an_unanswered_one_waits() {
    let removing = || {
        subscription(RemoteState::Removing { webhook: "wh_1".into(), key: "k".into(), then: Rest::Deleted })
    };
    let (it, turn) = removing().heard(Heard::Refused);
    assert_eq!((it.state, turn), (RemoteState::On { webhook: "wh_1".into() }, Turn::Undone));
    let (it, turn) = removing().heard(Heard::Unknown);
    assert!(it.state.is_changing() && turn == Turn::Wait);
    let (it, turn) = it.heard(Heard::Deleted);
    assert_eq!((it.state, turn), (RemoteState::Resting { rest: Rest::Deleted }, Turn::Done));
}

fn luck() -> impl Strategy<Value = Luck> {
    prop_oneof![
        3 => Just(Luck::Good),
        2 => Just(Luck::RequestLost),
        2 => Just(Luck::AnswerLost),
        1 => Just(Luck::Refused),
        2 => Just(Luck::ProgramKilledBefore),
        2 => Just(Luck::ProgramKilledAfter),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn whatever_fails_an_edit_ends_with_one_webhook_that_is_the_one_we_know(
        luck in prop::collection::vec(luck(), 0..14), keys: bool
    ) {
        let mut platform = Platform::default();
        let it = edit(&mut platform);
        let (it, _) = run(&mut platform, it, &luck, keys);
        let RemoteState::On { webhook } = &it.state else { panic!("{it:?}") };
        let ours: Vec<&Listed> = platform.hooks.iter().filter(|w| w.id != "wh_1").collect();
        prop_assert_eq!(ours.len(), 1, "{:?}", platform);
        prop_assert_eq!(&ours[0].id, webhook);
        prop_assert!(ours[0].does(&it.definition));
        prop_assert!(platform.hooks.iter().any(|w| w.id == "wh_1"), "somebody else's is left alone");
    }

    #[test]
    fn whatever_fails_a_creation_leaves_one_webhook_or_none(
        luck in prop::collection::vec(luck(), 0..14), keys: bool
    ) {
        let mut platform = Platform::default();
        let before = vec![platform.add(&definition("https://x.example/old"))];
        let state = RemoteState::Creating { key: "k".into(), before, putting: Putting::Send, back: Rest::Deleted };
        let (it, _) = run(&mut platform, subscription(state), &luck, keys);
        match &it.state {
            RemoteState::On { webhook } => {
                prop_assert_eq!(platform.hooks.len(), 2);
                prop_assert!(platform.hooks.iter().any(|w| w.id == *webhook));
                prop_assert!(webhook != "wh_1", "a webhook that was there before is not ours");
            }
            RemoteState::Resting { rest } => {
                prop_assert_eq!(*rest, Rest::Deleted);
                prop_assert_eq!(platform.hooks.len(), 1);
            }
            RemoteState::Creating { .. } | RemoteState::Replacing { .. } | RemoteState::Removing { .. } => {
                panic!("{it:?}")
            }
        }
    }
}

#[test]
fn a_brand_is_named_so_that_it_can_be_typed() {
    let named = |name: &str| BrandDefinition {
        name: name.into(),
        platform: "trcker".into(),
        payload_id: None,
        base_url: String::new(),
    };
    for good in ["b1", "Nordic Shop GmbH", "é"] {
        assert_eq!(named(good).check(), Ok(()));
    }
    for bad in ["", " a", "a\n", "brd_01", &"x".repeat(101)] {
        assert_eq!(named(bad).check(), Err(BrandError::Name), "{bad:?}");
    }
}

#[test]
fn a_state_reads_back_as_it_was_written() {
    let mut platform = Platform::default();
    for putting in [Putting::Look, Putting::Undo { new: None }, Putting::Finish { new: "wh_9".into() }] {
        let RemoteState::Replacing { old, next, key, before, .. } = edit(&mut platform).state else {
            panic!()
        };
        let state = RemoteState::Replacing { old, next, key, before, putting };
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<RemoteState>(&text).unwrap(), state, "{text}");
    }
}
