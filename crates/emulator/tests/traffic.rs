//! Twenty thousand events of each platform, looked at from outside.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::{BTreeMap, BTreeSet};

use hookbench_domain::Timestamp;
use hookbench_emulator::{Emitted, Traffic};
use hookbench_platform::{parse_profile, profile, profiles};
use serde_json::{Map, Value, json};

const EVENTS: u64 = 20_000;
const START: &str = "2026-05-08T04:51:35.080Z";

fn events(platform: &str, seed: u64) -> Vec<Emitted> {
    some_events(platform, seed, EVENTS)
}

fn some_events(platform: &str, seed: u64, count: u64) -> Vec<Emitted> {
    let mut traffic = Traffic::new(profile(platform).unwrap(), seed);
    let start = Timestamp::parse(START).unwrap();
    (0..count).map(|n| traffic.next(start.plus_ms(n * 7919))).collect()
}

/// Money as it is written, as whole cents.
fn cents(value: &Value) -> i64 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (whole, part) = text.split_once('.').unwrap_or((&text, "00"));
    assert!((1..=2).contains(&part.len()), "{text} has no decimals to pay out");
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i64 = whole.trim_start_matches('-').parse().unwrap();
    sign * (whole * 100 + format!("{part:0<2}").parse::<i64>().unwrap())
}

#[test]
fn every_type_of_the_catalogue_appears_and_nothing_else() {
    for profile in profiles() {
        let seen: BTreeSet<_> =
            events(&profile.name, 1).iter().map(|e| e.event_type.as_str().to_owned()).collect();
        let all: BTreeSet<_> = profile.catalogue.iter().map(|k| k.name.as_str().to_owned()).collect();
        assert_eq!(seen, all, "{}", profile.name);
    }
}

#[test]
fn all_data_keeps_to_its_schema() {
    for profile in profiles() {
        let mut validators = BTreeMap::new();
        for kind in &profile.catalogue {
            let validator = jsonschema::options().should_validate_formats(true).build(&kind.schema).unwrap();
            validators.insert(kind.name.as_str(), validator);
        }
        for event in events(&profile.name, 2) {
            let data = Value::Object(event.data);
            let errors: Vec<_> =
                validators[event.event_type.as_str()].iter_errors(&data).map(|e| e.to_string()).collect();
            assert_eq!(errors, [""; 0], "{} {} {data}", profile.name, event.event_type.as_str());
        }
    }
}

#[test]
fn data_has_the_fields_of_its_sample_and_no_others() {
    for profile in profiles() {
        for event in &some_events(&profile.name, 3, 3000) {
            let sample = &profile.event(event.event_type.as_str()).unwrap().sample;
            let keys = |map: &Map<String, Value>| map.keys().cloned().collect::<Vec<_>>();
            let (mut got, mut want) = (keys(&event.data), keys(sample));
            got.sort();
            want.sort();
            assert_eq!(got, want, "{} {}", profile.name, event.event_type.as_str());
        }
    }
}

#[test]
fn ids_are_unique_time_never_runs_back_and_bodies_hold_the_data() {
    for profile in profiles() {
        let all = events(&profile.name, 4);
        let ids: BTreeSet<_> = all.iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids.len(), all.len());
        assert!(all.is_sorted_by_key(|e| e.created_at));
        for event in &all {
            assert!(event.id.starts_with("evt_") && event.id.len() == 20);
            let data: Value = serde_json::from_str(profile.data_of(&event.body).unwrap().as_str()).unwrap();
            assert_eq!(data, Value::Object(event.data.clone()));
            let body: Value = serde_json::from_slice(&event.body).unwrap();
            assert_eq!((&body["id"], &body["event"]), (&json!(event.id), &json!(event.event_type.as_str())));
            if profile.name == "trcker" {
                assert_eq!(body["brandId"], json!(event.brand));
            }
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_traffic_and_another_another() {
    for profile in profiles() {
        let [first, again, other] = [5, 5, 6].map(|seed| some_events(&profile.name, seed, 3000));
        assert_eq!(first, again);
        assert!(first.iter().zip(&other).all(|(a, b)| a.id != b.id && a.brand != b.brand));
    }
}

#[test]
fn a_clock_that_stands_still_or_runs_back_stops_nothing() {
    for profile in profiles() {
        let mut traffic = Traffic::new(profile, 8);
        let start = Timestamp::parse(START).unwrap();
        let mut last = start;
        for n in 0..2000 {
            let event = traffic.next(if n % 3 == 0 { start.plus_ms(n) } else { start });
            assert!(event.created_at >= last);
            last = event.created_at;
        }
    }
}

/// Where a conversion now stands, its id, and everything about it that must never change; `None`
/// for an event about something else.
fn conversion_of(event: &Emitted) -> Option<(&'static str, String, Value)> {
    const CHANGING: [&str; 10] = [
        "status",
        "approvedAt",
        "approvedBy",
        "rejectedAt",
        "reason",
        "rejected_at",
        "qualified_at",
        "changes",
        "payment_id",
        "commission",
    ];
    let status = match event.event_type.as_str() {
        "conversion.created" => "pending",
        "conversion.approved" | "conversion.qualified" | "payment_completed" => "approved",
        "conversion.rejected" => "rejected",
        "conversion.updated" => "updated",
        "conversion.status_changed" if event.data["newStatus"] == "APPROVED" => "approved",
        "conversion.status_changed" if event.data["newStatus"] == "REJECTED" => "rejected",
        _ => return None,
    };
    let conversion = event.data.get("conversion").map_or(&event.data, |nested| nested.as_object().unwrap());
    let id = ["conversionId", "publicId", "conversion_id"].iter().find_map(|k| conversion.get(*k)).unwrap();
    // Track360 tells the commission only once it is due; elsewhere it is there from the start.
    let early_commission = !conversion.contains_key("qualifying_event");
    let fixed = conversion
        .iter()
        .filter(|(k, _)| !CHANGING.contains(&k.as_str()) || (*k == "commission" && early_commission));
    let fixed = Value::Object(fixed.map(|(k, v)| (k.clone(), v.clone())).collect());
    Some((status, id.as_str().unwrap().to_owned(), fixed))
}

#[test]
fn a_decision_refers_to_a_pending_conversion_with_the_same_money_and_is_the_only_one() {
    for profile in profiles() {
        let mut pending: BTreeMap<String, Value> = BTreeMap::new();
        let mut decided: BTreeSet<String> = BTreeSet::new();
        let mut created = 0;
        for (status, id, facts) in events(&profile.name, 9).iter().filter_map(conversion_of) {
            match status {
                "pending" => {
                    created += 1;
                    assert!(!decided.contains(&id), "{id}");
                    assert!(pending.insert(id, facts).is_none());
                }
                "updated" => assert_eq!(pending.get(&id), Some(&facts)),
                "approved" | "rejected" => {
                    assert_eq!(pending.remove(&id), Some(facts), "{} {id}", profile.name);
                    assert!(decided.insert(id));
                }
                other => panic!("{other}"),
            }
        }
        assert!(created > 1000 && decided.len() > created / 2, "{}: {created} created", profile.name);
    }
}

/// Runs a ledger: what partners have earned in each currency since they were last paid.
struct Ledger(BTreeMap<(String, String), (i64, u64)>);

impl Ledger {
    fn add(&mut self, who: &Value, currency: &Value, cents: i64, count: u64) {
        let key = (who.as_str().unwrap().to_owned(), currency.as_str().unwrap().to_owned());
        let entry = self.0.entry(key).or_default();
        entry.0 += cents;
        entry.1 += count;
    }

    fn take(&mut self, who: &Value, currency: &Value) -> (i64, u64) {
        self.0.remove(&(who.as_str().unwrap().to_owned(), currency.as_str().unwrap().to_owned())).unwrap()
    }
}

#[test]
fn a_track360_payout_is_the_sum_of_the_commissions_it_pays_and_goes_through_its_stages() {
    let mut ledger = Ledger(BTreeMap::new());
    let mut stage: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    let mut commissions: BTreeMap<String, (String, Value)> = BTreeMap::new();
    let (mut paid, mut failed) = (0, 0);
    for event in events("track360", 10) {
        let data = Value::Object(event.data);
        let (who, currency) = (&data["affiliate_id"], &data["currency"]);
        let commission = || data["commission_id"].as_str().unwrap().to_owned();
        let payout = || data["payout_id"].as_str().unwrap().to_owned();
        match event.event_type.as_str() {
            "commission.calculated" => {
                let known = (String::from("calculated"), data["amount"].clone());
                assert!(commissions.insert(commission(), known).is_none());
            }
            "commission.approved" => {
                let known =
                    commissions.insert(commission(), ("approved".into(), data["amount"].clone())).unwrap();
                assert_eq!(known, ("calculated".into(), data["amount"].clone()));
                ledger.add(who, currency, cents(&data["amount"]), 1);
            }
            "commission.adjusted" => {
                let (state, amount) = commissions.remove(&commission()).unwrap();
                assert_eq!((state.as_str(), &amount), ("approved", &data["original_amount"]));
                let by = cents(&data["adjustment"]);
                assert!(by < 0);
                assert_eq!(cents(&data["amount"]), cents(&amount) + by);
                ledger.add(who, currency, by, 0);
            }
            "payout.scheduled" => {
                let (sum, count) = ledger.take(who, currency);
                assert_eq!(
                    (cents(&data["amount"]), data["commission_count"].as_u64().unwrap()),
                    (sum, count)
                );
                assert!(stage.insert(payout(), ("scheduled", data["amount"].clone())).is_none());
            }
            "payout.processing" => {
                let before = stage.insert(payout(), ("processing", data["amount"].clone())).unwrap();
                assert_eq!(before, ("scheduled", data["amount"].clone()));
            }
            "payout.completed" | "payout.failed" => {
                assert_eq!(stage.remove(&payout()).unwrap(), ("processing", data["amount"].clone()));
                if event.event_type.as_str() == "payout.failed" {
                    failed += 1;
                    ledger.add(
                        who,
                        currency,
                        cents(&data["amount"]),
                        data["commission_count"].as_u64().unwrap(),
                    );
                } else {
                    paid += 1;
                }
            }
            _ => {}
        }
    }
    assert!(paid > 50 && failed > 5, "{paid} paid, {failed} failed");
}

#[test]
fn a_trackdesk_settlement_is_the_sum_of_the_approved_conversions_since_the_last() {
    let mut ledger = Ledger(BTreeMap::new());
    let mut settlements = 0;
    for event in events("trackdesk", 11) {
        let data = Value::Object(event.data);
        if event.event_type.as_str() == "settlement.created" {
            let s = &data["settlement"];
            let (sum, count) = ledger.take(&s["affiliatePublicId"], &s["currency"]);
            assert_eq!((cents(&s["amount"]), s["conversionCount"].as_u64().unwrap()), (sum, count));
            settlements += 1;
        } else if data["newStatus"] == "APPROVED" && data.get("conversion").is_some() {
            let c = &data["conversion"];
            ledger.add(&c["affiliatePublicId"], &c["currency"], cents(&c["commission"]), 1);
        }
    }
    assert!(settlements > 50, "{settlements}");
}

#[test]
fn a_generic_threshold_is_reached_by_commissions_that_were_told() {
    let mut earned = Ledger(BTreeMap::new());
    let mut reached = 0;
    for event in events("generic", 12) {
        let data = Value::Object(event.data);
        match event.event_type.as_str() {
            "payment_completed" => {
                earned.add(&data["affiliate_id"], &data["currency"], cents(&data["commission"]), 1);
            }
            "commission.threshold_reached" => {
                reached += 1;
                let key = (
                    data["affiliate_id"].as_str().unwrap().to_owned(),
                    data["currency"].as_str().unwrap().to_owned(),
                );
                let total = earned.0[&key].0;
                let (amount, threshold) = (cents(&data["amount"]), cents(&data["threshold"]));
                assert!(threshold <= amount && amount <= total, "{threshold} {amount} {total}");
            }
            _ => {}
        }
    }
    assert!(reached > 50, "{reached}");
}

#[test]
fn partners_are_approved_after_they_applied_and_stopped_after_that() {
    let mut applied = BTreeSet::new();
    let mut gone = BTreeSet::new();
    let mut approved = 0;
    for event in events("trcker", 13) {
        let partner = event.data.get("partnerId").and_then(Value::as_str).unwrap_or_default().to_owned();
        match event.event_type.as_str() {
            "partner.applied" => assert!(applied.insert(partner)),
            "partner.approved" => {
                approved += 1;
                assert!(applied.contains(&partner) && !gone.contains(&partner));
            }
            "partner.banned" => assert!(gone.insert(partner)),
            "conversion.created" | "conversion.approved" => assert!(!gone.contains(&partner), "{partner}"),
            "fraud.high_risk" => {
                assert!(
                    event.data["fraudScore"].as_u64().unwrap() > event.data["threshold"].as_u64().unwrap()
                );
            }
            "cap.reached" => assert_eq!(event.data["count"], event.data["limit"]),
            _ => {}
        }
    }
    assert!(approved > 5 && gone.len() > 5, "{approved} approved, {} banned", gone.len());
}

#[test]
fn a_platform_without_a_world_of_its_own_sends_its_samples() {
    let text = include_str!("../../platform/profiles/trcker.json").replacen("\"trcker\"", "\"newcomer\"", 1);
    let newcomer = Box::leak(Box::new(parse_profile(&text).unwrap()));
    let mut traffic = Traffic::new(newcomer, 1);
    let first = traffic.next(Timestamp::from_ms(0));
    assert_eq!(
        (first.event_type.as_str(), &first.data),
        ("conversion.created", &newcomer.catalogue[0].sample)
    );
    assert_ne!(traffic.next(Timestamp::from_ms(0)).id, first.id);
    assert_eq!(first.brand, traffic.brand());
}
