//! Server-sent events: what happens, as it happens, resumable by `Last-Event-ID`.

use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream::unfold;
use hookbench_workbench::{Feed, FeedItem, FeedPosition};
use http::HeaderMap;
use tokio::sync::watch;

use crate::extract::Nothing;
use crate::problem::Problem;
use crate::server::told_to_stop;

pub(crate) async fn stream(
    State(state): State<crate::State>,
    headers: HeaderMap,
    _: Nothing,
) -> Result<Sse<impl Stream<Item = Result<Event, axum::Error>>>, Problem> {
    let from: Option<FeedPosition> =
        headers.get("last-event-id").map(|v| String::from_utf8_lossy(v.as_bytes()).parse()).transpose()?;
    let feed = state.workbench.events().feed(from).await?;
    let messages = unfold((feed, state.stopping.clone()), next);
    Ok(Sse::new(messages).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

type Reader = (Feed, watch::Receiver<bool>);

async fn next((mut feed, mut stopping): Reader) -> Option<(Result<Event, axum::Error>, Reader)> {
    let item = tokio::select! {
        item = feed.next() => item,
        () = told_to_stop(&mut stopping) => return None,
    };
    match item {
        Ok(Some((position, item))) => Some((message(position, &item), (feed, stopping))),
        Ok(None) => None,
        Err(error) => {
            tracing::warn!(%error, "a stream ends");
            None
        }
    }
}

fn message(position: FeedPosition, item: &FeedItem) -> Result<Event, axum::Error> {
    let (name, event) = match item {
        FeedItem::Event(event) => ("event", Event::default().json_data(event)?),
        FeedItem::Attempt(attempt) => ("attempt", Event::default().json_data(attempt)?),
    };
    Ok(event.event(name).id(position.to_string()))
}
