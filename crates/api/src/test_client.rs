//! For tests: the API on a fresh folder, asked without a network.

use std::sync::Arc;

use axum::body::Body;
use hookbench_workbench::{VaultKeySource, Workbench};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::Service;

/// The API on a fresh folder.
pub(crate) struct TestClient {
    _folder: tempfile::TempDir,
    router: axum::Router,
    pub(crate) workbench: Workbench,
}

impl TestClient {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open(folder.path(), key).await.unwrap();
        let addr = "127.0.0.1:4400".parse().unwrap();
        let router = crate::router(crate::State {
            workbench: workbench.clone(),
            health: crate::ServiceHealth::default(),
            stopping: tokio::sync::watch::channel(false).1,
            doorkeeper: Arc::new(crate::guard::RequestGuard::new("t0ken".into(), addr)),
        });
        Self { _folder: folder, router, workbench }
    }

    /// Asks with the token, and says the status and the JSON that was answered.
    pub(crate) async fn ask(&mut self, method: &str, target: &str, body: &str) -> (u16, Value) {
        let request = http::Request::builder()
            .method(method)
            .uri(target)
            .header("host", "127.0.0.1:4400")
            .header("authorization", "Bearer t0ken")
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let response = self.router.call(request).await.unwrap_or_else(|never| match never {});
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}
