//! The user's own profile files.

use hookbench_platform::{load_profiles, preset, preset_names, profile, profiles, refresh_profiles};

const TRCKER: &str = include_str!("../profiles/trcker.json");

#[test]
fn own_files_join_and_replace_the_built_in_ones_and_broken_ones_are_named_with_their_line() {
    let dir = tempfile::tempdir().unwrap();
    assert!(load_profiles(&dir.path().join("none")).is_empty(), "a folder that is not there holds none");
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    let mine = |text: &str| TRCKER.replacen("\"name\": \"trcker\"", &format!("\"name\": \"{text}\""), 1);
    write("mine.json", &mine("mine"));
    write("trcker.json", &TRCKER.replace("https://trcker.io", "https://other.example"));
    write("wrong-name.json", &mine("another"));
    write("cut.json", "{\n  \"name\": \"cut\",\n");
    write("route.json", &mine("route").replace("GET /api/public/webhooks\"", "LIST /api/public/webhooks\""));
    write("rule.json", &mine("rule").replace("webhooks/{id}", "webhooks/it"));
    write("notes.txt", "not a profile");
    let broken = load_profiles(dir.path());
    let said: Vec<String> = broken.iter().map(ToString::to_string).collect();
    let name = |n: usize| broken[n].path.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(
        (0..broken.len()).map(name).collect::<Vec<_>>(),
        ["cut.json", "route.json", "rule.json", "wrong-name.json"]
    );
    let line = |text: &str, of: &str| text.lines().position(|l| l.contains(of)).unwrap() + 1;
    assert_eq!(broken[0].line, Some(3), "{}", said[0]);
    assert!(
        said[1].contains("is no route") && said[1].contains(&format!("line {}", line(TRCKER, "\"list\""))),
        "{}",
        said[1]
    );
    assert!(said[2].contains("{id}") && broken[2].line == Some(line(TRCKER, "\"delete\"")), "{}", said[2]);
    assert!(said[3].contains("another.json"), "{}", said[3]);
    assert!(said.iter().all(|s| s.ends_with("this profile is not used")));

    assert_eq!(
        profiles().iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
        ["generic", "mine", "track360", "trackdesk", "trcker"]
    );
    assert_eq!(preset("mine"), preset("trcker"));
    assert!(preset_names().contains(&"mine"));
    let base = || profile("trcker").unwrap().api.as_ref().unwrap().base_url.clone().unwrap();
    assert_eq!(base(), "https://other.example");
    assert_eq!(load_profiles(dir.path()).len(), 4, "reading them again changes nothing");
    assert_eq!(profiles().len(), 5);
    assert!(refresh_profiles(dir.path()).is_none(), "nothing changed");
    for name in ["mine.json", "trcker.json", "cut.json"] {
        std::fs::remove_file(dir.path().join(name)).unwrap();
    }
    assert_eq!(refresh_profiles(dir.path()).map(|broken| broken.len()), Some(3));
    assert!(profile("mine").is_none(), "a file that is removed is no longer used");
    assert_eq!(base(), "https://trcker.io", "and gives the built-in one its place back");
}
