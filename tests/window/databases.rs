//! The window opens where the data cannot, and says what to do.

use hookbench_journeys::{Window, Workplace};

#[tokio::test]
async fn a_damaged_database_can_be_set_aside_and_is_kept() {
    let place = Workplace::new();
    std::fs::create_dir_all(place.data()).unwrap();
    std::fs::write(place.data().join("hookbench.db"), vec![7u8; 8192]).unwrap();
    let window = Window::open(&place, &[]).await;
    window.sees("The database cannot be read").await;
    window.press("Set aside and start afresh…").await;
    window.press("Set aside and start afresh").await;
    window.press("Create a subscription").await;
    window.close().await;
    let kept: Vec<String> = std::fs::read_dir(place.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("set-aside"))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(std::fs::read(place.data().join(&kept[0])).unwrap(), vec![7u8; 8192]);
}

#[tokio::test]
async fn beside_a_running_dispatcher_the_window_looks_on_and_can_queue_work() {
    let place = Workplace::new();
    let program = place.start().await;
    let window = Window::open(&place, &[]).await;
    window.sees("hookbench run").await;
    program.terminate().await;
    window.close().await;
}
