//! A newcomer opens Hookbench for the first time.

use hookbench_journeys::{Window, Workplace};

#[tokio::test]
async fn one_click_shows_live_deliveries_and_the_answer_of_a_failed_one() {
    let place = Workplace::new();
    let window = Window::open(&place, &[]).await;
    window.press("Start the demo").await;
    window.sees("Partner portal").await;
    // Live: events come in, each with what became of it.
    window.go("#/live").await;
    window.sees("Conversion created").await;
    // The log: what fails says why, and who has to act.
    window.go("#/deliveries?state=failed").await;
    window.press_row().await;
    window.sees("Owner of the next step").await;
    window.press("Response").await;
    window.sees("HTTP").await;
    // The demo ends, and leaves nothing behind.
    window.press("Leave the demo").await;
    window.sees("Start the demo").await;
    window.close().await;
    assert!(place.data().join("hookbench.db").exists(), "the user's own folder was opened beside it");
}

#[tokio::test]
async fn light_and_dark_are_a_choice_that_is_kept() {
    let place = Workplace::new();
    let window = Window::open(&place, &[]).await;
    let scheme = "return document.documentElement.getAttribute('data-mantine-color-scheme')";
    window.go("#/settings").await;
    window.press("Dark").await;
    window.find("//html[@data-mantine-color-scheme='dark']").await;
    window.press("Light").await;
    window.find("//html[@data-mantine-color-scheme='light']").await;
    assert_eq!(window.script(scheme).await, "light");
    window.close().await;
}
