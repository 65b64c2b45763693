//! The built-in profile files: their facts, their schemas and samples, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use hookbench_domain::{Class, Next, Outcome, Timestamp};
use hookbench_platform::{Profile, known_anywhere, parse_profile, preset, preset_names, profile, profiles};
use serde_json::{Value, json};

const TRCKER: &str = include_str!("../profiles/trcker.json");
const FILE_SCHEMA: &str = include_str!("../profiles/profile.schema.json");

fn get(name: &str) -> &'static Profile {
    profile(name).unwrap()
}

fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

#[test]
fn every_sample_keeps_to_its_schema() {
    for profile in profiles() {
        for kind in &profile.catalogue {
            jsonschema::meta::validate(&kind.schema)
                .unwrap_or_else(|e| panic!("{}: {e}", kind.name.as_str()));
            let sample = Value::Object(kind.sample.clone());
            let errors: Vec<_> =
                validator(&kind.schema).iter_errors(&sample).map(|e| e.to_string()).collect();
            assert_eq!(errors, [""; 0], "{} {}", profile.name, kind.name.as_str());
        }
    }
}

#[test]
fn a_schema_refuses_data_that_lacks_a_field() {
    for profile in profiles() {
        for kind in &profile.catalogue {
            let validator = validator(&kind.schema);
            assert!(!validator.is_valid(&json!({})), "{} {}", profile.name, kind.name.as_str());
            assert!(!validator.is_valid(&json!([])), "{} {}", profile.name, kind.name.as_str());
        }
    }
}

#[test]
fn the_files_keep_to_the_schema_of_profile_files() {
    let schema: Value = serde_json::from_str(FILE_SCHEMA).unwrap();
    let validator = validator(&schema);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/profiles");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("profile.schema.json") {
            continue;
        }
        let file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let errors: Vec<_> =
            validator.iter_errors(&file).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert_eq!(errors, [""; 0], "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, profiles().len());
}

#[test]
fn the_catalogues_are_the_documented_ones() {
    let names = |p: &str| get(p).catalogue.iter().map(|k| k.name.as_str()).collect::<Vec<_>>();
    assert_eq!(
        names("trcker"),
        [
            "conversion.created",
            "conversion.approved",
            "conversion.rejected",
            "partner.applied",
            "partner.approved",
            "partner.banned",
            "fraud.high_risk",
            "cap.reached"
        ]
    );
    assert_eq!((names("trackdesk").len(), names("track360").len(), names("generic").len()), (10, 17, 4));
    assert!(get("trackdesk").knows("affiliate.tier_changed") && !get("trackdesk").knows("partner.banned"));
    assert!(known_anywhere("payment_completed") && !known_anywhere("payment_complete"));
}

#[test]
fn the_schedules_are_the_documented_ones() {
    let waits = |name: &str| {
        let policy = preset(name).unwrap();
        let (start, mut now, mut seconds) = (Timestamp::from_ms(0), Timestamp::from_ms(0), Vec::new());
        while let Next::At(at) = policy.next(u32::try_from(seconds.len()).unwrap(), start, now, None, 0.0) {
            seconds.push(at.since(now) / 1000);
            now = at;
        }
        seconds
    };
    assert_eq!(waits("trcker"), [1, 5, 30, 300, 1800, 7200]);
    assert_eq!(waits("track360"), [30, 120, 600, 3600, 14_400]);
    assert_eq!(waits("trackdesk"), [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
    assert_eq!(waits("generic")[..4], [300, 900, 3600, 3600]);
    assert_eq!(waits("none"), [0u64; 0]);
}

#[test]
fn each_platform_judges_an_answer_as_its_document_says() {
    for (name, outcome, status, want) in [
        ("trcker", Outcome::HttpStatus, Some(404), Class::Retry),
        ("trcker", Outcome::HttpStatus, Some(302), Class::Retry),
        ("trcker", Outcome::HttpStatus, Some(429), Class::Retry),
        ("trcker", Outcome::HttpStatus, Some(503), Class::Retry),
        ("trcker", Outcome::Connect, None, Class::Retry),
        ("trackdesk", Outcome::HttpStatus, Some(301), Class::Retry),
        ("trackdesk", Outcome::HttpStatus, Some(400), Class::Retry),
        ("trackdesk", Outcome::Timeout, None, Class::Retry),
        ("track360", Outcome::HttpStatus, Some(403), Class::Final),
        ("track360", Outcome::Dns, None, Class::Retry),
        ("track360", Outcome::Tls, None, Class::Retry),
        ("generic", Outcome::HttpStatus, Some(302), Class::Retry),
        ("generic", Outcome::HttpStatus, Some(500), Class::Retry),
        ("generic", Outcome::Tls, None, Class::Retry),
        ("trackdesk", Outcome::HttpStatus, Some(410), Class::Retry),
        ("track360", Outcome::HttpStatus, Some(400), Class::Final),
        ("track360", Outcome::HttpStatus, Some(301), Class::Final),
        ("track360", Outcome::HttpStatus, Some(429), Class::Retry),
        ("track360", Outcome::HttpStatus, Some(500), Class::Retry),
        ("track360", Outcome::Timeout, None, Class::Retry),
        ("generic", Outcome::HttpStatus, Some(410), Class::Gone),
        ("generic", Outcome::HttpStatus, Some(404), Class::Retry),
        ("none", Outcome::HttpStatus, Some(410), Class::Retry),
    ] {
        assert_eq!(preset(name).unwrap().classify(outcome, status), want, "{name} {status:?}");
    }
}

#[test]
fn presets_are_the_platforms_and_none() {
    assert_eq!(preset_names(), ["generic", "track360", "trackdesk", "trcker", "none"]);
    assert!(preset_names().iter().all(|n| preset(n).is_some_and(|p| p.check().is_ok())));
    assert!(preset("Trcker").is_none() && profile("none").is_none());
    assert!(profiles().iter().all(|p| p.policy.honour_retry_after));
}

#[test]
fn only_track360_insists_on_a_secret_and_on_https() {
    let strict = |f: fn(&Profile) -> bool| -> Vec<_> {
        profiles().iter().filter(|p| f(p)).map(|p| p.name.as_str()).collect()
    };
    assert_eq!(strict(|p| p.signature.required), ["track360"]);
    assert_eq!(strict(|p| p.https_only), ["track360"]);
}

#[test]
fn trcker_names_event_and_webhook_in_headers() {
    assert_eq!(
        get("trcker").headers_for("conversion.created", "01JABC", "evt_{event}"),
        [
            ("X-Trcker-Event".to_owned(), "conversion.created".to_owned()),
            ("X-Trcker-Webhook-Id".to_owned(), "wh_01JABC".to_owned())
        ]
    );
    assert!(get("generic").headers_for("a", "b", "c").is_empty());
}

#[test]
fn a_profile_is_shown_whole_and_its_schemas_stand_on_their_own() {
    let shown = serde_json::to_value(get("trackdesk")).unwrap();
    let keys: BTreeSet<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["name", "envelope", "signature", "policy", "facts", "decisions", "catalogue"] {
        assert!(keys.contains(key), "{key}");
    }
    assert!(!keys.contains("definitions") && !keys.contains("$schema"));
    let coupon =
        shown["catalogue"].as_array().unwrap().iter().find(|k| k["name"] == "coupon.created").unwrap();
    assert!(
        coupon["schema"]["$defs"]["affiliate"].is_object() && coupon["schema"]["$defs"]["email"].is_object()
    );
    assert!(coupon["schema"]["$defs"]["conversion"].is_null(), "only what is referred to is carried along");
    assert_eq!(coupon["version"], "1");
}

#[test]
fn a_newer_version_of_a_type_is_written_and_shown() {
    let again = r#"{ "name": "conversion.created", "version": "2", "title": "New", "meaning": "New.", "schema": { "type": "object" }, "sample": {} }"#;
    let text = TRCKER.replacen(
        "\"catalogue\": [",
        &format!("\"catalogue\": [{},", again.replace("\"2\"", "\"0\"")),
        1,
    );
    let profile = parse_profile(&text).unwrap();
    assert_eq!(profile.event("conversion.created").unwrap().version, "1", "the later entry is the newer one");
    assert_eq!(profile.catalogue[0].version, "0");
}

#[test]
fn a_bad_profile_is_refused_with_line_and_reason() {
    for (from, to, line, reason) in [
        ("\"name\": \"trcker\"", "\"name\": \"Trcker!\"", "line 3", "lower-case"),
        ("\"name\": \"trcker\"", "\"name\": \"none\"", "line 3", "preset"),
        ("\"title\": \"Trcker\"", "\"titel\": \"Trcker\"", "line 4", "titel"),
        ("\"title\": \"Trcker\"", "\"title\": \" \"", "line 4", "empty"),
        ("\"source\": \"brand_id\"", "\"source\": \"brand\"", "line 41", "brand"),
        ("\"source\": \"brand_id\"", "\"source\": \"data\"", "line 37", "once"),
        ("\"field\": \"brandId\"", "\"field\": \"createdAt\"", "line 41", "twice"),
        ("\"source\": \"id\"", "\"source\": \"created_at\"", "line 37", "id"),
        ("\"X-Trcker-Event\"", "\"Host\"", "line 50", "Hookbench"),
        ("{webhook_id}", "{webhook}", "line 51", "braces"),
        ("\"jitter\": 0", "\"jitter\": 0.5", "line 56", "0.2"),
        ("\"final\": []", "\"final\": [\"9xx\"]", "line 58", "9xx"),
        ("\"timeout_ms\": 10000,", "", "line ", "timeout_ms"),
        ("\"partner.banned\"", "\"partner.approved\"", "line ", "twice"),
        ("\"partner.banned\"", "\"partner banned\"", "line ", "event type"),
        ("#/$defs/cents", "#/$defs/euros", "line ", "euros"),
        (
            "\"scheme\": \"trcker\",\n    \"required\": false",
            "\"scheme\": \"none\",\n    \"required\": true",
            "line 45",
            "none",
        ),
    ] {
        assert!(TRCKER.contains(from), "{from}");
        let error = parse_profile(&TRCKER.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains(line) && error.contains(reason), "{to}: {error}");
    }
}
