//! An integration engineer receives: a source, a bad signature and why, a check of an endpoint.

use hookbench_journeys::{Window, Workplace, client};

#[tokio::test]
async fn a_refused_request_is_explained_and_a_target_is_checked() {
    let place = Workplace::new();
    let window = Window::open(&place, &[]).await;
    window.go("#/receiver").await;
    window.press("Add source").await;
    window.fill("Name", "shop").await;
    window.press("Create source").await;
    window.sees("is ready").await;
    let url = window.find("//*[@role='dialog']//code[contains(., '/in/shop')]").await.text().await.unwrap();
    window.press("Done").await;

    let forged = client().build().unwrap().post(&url).header("x-trcker-signature", "t=1,v1=00");
    let answer =
        forged.body(r#"{"id":"evt_1","event":"conversion.created","data":{}}"#).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 401);
    window.row().await.click().await.unwrap();
    window.sees("Diagnose").await;
    window.sees("Reason").await;

    window.go("#/receiver?tool=targets").await;
    window.press("Start").await;
    window.press("Run receiver check").await;
    window.fill("Signing secret", "a-secret-that-it-does-not-look-at").await;
    window.press("Run check").await;
    window.sees("It takes requests that it has to refuse").await;
    window.sees("Verify the signature over the whole body").await;
    window.close().await;
}
