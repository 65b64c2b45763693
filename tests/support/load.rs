//! Load: events published over many connections until the program is gone.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Program;

/// What was published until the program was gone.
#[derive(Default)]
pub struct Load {
    /// The id of every event that was sent, answered or not.
    pub sent: HashSet<String>,
    /// The ids of those that were answered with 202: they must not be lost.
    pub acknowledged: HashSet<String>,
}

impl Load {
    pub fn add(&mut self, more: Load) {
        self.sent.extend(more.sent);
        self.acknowledged.extend(more.acknowledged);
    }
}

/// Connections that publish one event after the other.
pub struct Publishing {
    senders: JoinSet<Load>,
    counted: watch::Receiver<usize>,
}

impl Publishing {
    /// Starts so many; `tag` makes the ids of their events unique.
    pub fn start(program: &Program, connections: usize, tag: &str) -> Self {
        let (count, counted) = watch::channel(0usize);
        let count = Arc::new(count);
        let mut senders = JoinSet::new();
        for connection in 0..connections {
            let (url, token) = (format!("{}/v1/events", program.base), program.token.clone());
            let (tag, count) = (tag.to_owned(), count.clone());
            senders.spawn(async move {
                let client = crate::client().build().unwrap();
                let mut load = Load::default();
                for n in 0.. {
                    let id = format!("evt_{tag}_{connection}_{n}");
                    let event = json!({"id": id, "event": "click.tracked", "data": {"n": n}});
                    load.sent.insert(id.clone());
                    match client.post(&url).bearer_auth(&token).json(&event).send().await {
                        Ok(response) if response.status().as_u16() == 202 => load.acknowledged.insert(id),
                        _ => break,
                    };
                    count.send_modify(|n| *n += 1);
                }
                load
            });
        }
        Self { senders, counted }
    }

    /// Waits until so many events were acknowledged.
    pub async fn acknowledged(&mut self, enough: usize) {
        self.counted.wait_for(|n| *n >= enough).await.unwrap();
    }

    /// What was published, once the program is gone.
    pub async fn end(mut self) -> Load {
        let mut all = Load::default();
        while let Some(load) = self.senders.join_next().await {
            all.add(load.unwrap());
        }
        all
    }
}
