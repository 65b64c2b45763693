//! An affiliate manager connects a platform, has it tell the CRM, and mends what somebody changed
//! there.

use hookbench_journeys::{Emulated, Sink, Window, Workplace};

/// Chooses the card or link with this heading.
#[expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]
async fn choose(window: &Window, heading: &str) {
    let card =
        format!("//main//*[self::a or self::button][.//b[starts-with(normalize-space(.), '{heading}')]]");
    window.find(&card).await.click().await.unwrap();
}

#[expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]
async fn sync(window: &Window) {
    window.find("//main//button[starts-with(normalize-space(.), 'Sync')]").await.click().await.unwrap();
}

/// From the first start to the form for the key.
async fn to_the_key(window: &Window, emulated: &Emulated) {
    window.press("Connect a platform").await;
    choose(window, "Trcker").await;
    window.press("Use another URL").await;
    window.fill("API URL", &emulated.base_url).await;
}

#[tokio::test]
async fn a_platform_is_connected_from_the_first_start_and_a_webhook_there_is_mended() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let emulated = place.emulate("trcker", "").await;
    let window = Window::open(&place, &[]).await;
    to_the_key(&window, &emulated).await;
    window.fill("API key", &emulated.key).await;
    window.sees("API key accepted").await;
    window.press("Connect Trcker").await;
    window.sees("Trcker is connected.").await;
    // The first goal leads to a webhook at the platform, tested from here and fired from there.
    choose(&window, "Send approved conversions to my CRM").await;
    window.sees("A webhook in the account").await;
    window.press("Next").await;
    window.fill("Endpoint URL", &sink.url("/crm")).await;
    window.press("Create and test").await;
    window.sees("its signature is valid").await;
    sink.wait("the test", |hits| hits.iter().any(|hit| hit.header("x-hookbench-test") == "true")).await;
    sink.wait("the platform", |hits| hits.iter().any(|hit| hit.header("x-hookbench-test").is_empty())).await;
    window.press("Done").await;
    window.sees("Active").await;
    assert_eq!(emulated.webhooks().await.len(), 1);
    // Somebody removes it on the platform's own page.
    emulated.remove_webhooks().await;
    window.go("#/brands").await;
    window.row().await.click().await.unwrap();
    sync(&window).await;
    window.sees("differs from the webhook at").await;
    window.go("#/subscriptions").await;
    window.row().await.click().await.unwrap();
    window.sees("This webhook was removed at Trcker").await;
    window.press("Recreate").await;
    window.sees("Active").await;
    assert_eq!(emulated.webhooks().await[0]["url"], sink.url("/crm"));
    // Somebody points it elsewhere, and that is right.
    emulated.change_webhooks(&sink.url("/other"), &["conversion.approved"]).await;
    let there = emulated.webhooks().await;
    window.go("#/brands").await;
    window.row().await.click().await.unwrap();
    sync(&window).await;
    window.sees("differs from the webhook at").await;
    window.go("#/subscriptions").await;
    window.row().await.click().await.unwrap();
    window.sees(&sink.url("/other")).await;
    window.press("Accept Trcker’s version").await;
    window.lacks("//button[normalize-space(.)='Repair']").await;
    window.find(&format!("//dd[contains(., '{}')]", sink.url("/other"))).await;
    assert_eq!(emulated.webhooks().await, there, "nothing changes at the platform");
    window.close().await;
}

#[tokio::test]
async fn a_wrong_key_a_web_page_and_a_revoked_key_are_said_in_words() {
    let place = Workplace::new();
    let emulated = place.emulate("trcker", "").await;
    let page = place.emulate("trcker", "html").await;
    let window = Window::open(&place, &[]).await;
    to_the_key(&window, &emulated).await;
    window.fill("API key", "tk_nobody_has_this_key").await;
    window.sees("Trcker does not accept this API key.").await;
    window.fill("API URL", &page.base_url).await;
    window.sees("This URL returns a web page, not an API.").await;
    window.fill("API URL", "http://example.com").await;
    window.sees("the key would travel in the open").await;
    window.fill("API URL", &emulated.base_url).await;
    window.fill("API key", &emulated.key).await;
    window.sees("API key accepted").await;
    window.press("Connect Trcker").await;
    window.sees("Trcker is connected.").await;
    // The next platform at the same address knows another key: as if this one was revoked.
    let address = emulated.base_url.trim_start_matches("http://").to_owned();
    emulated.stop().await;
    let again = place.emulate_at("trcker", &address).await;
    window.go("#/brands").await;
    window.row().await.click().await.unwrap();
    sync(&window).await;
    window.sees("Trcker does not accept this API key.").await;
    window.press("Replace API key").await;
    window.fill("API key", &again.key).await;
    window.press("Test and save").await;
    window.sees("Connected").await;
    window.close().await;
}
