//! A request as a cURL command that repeats it byte for byte.

use hookbench_domain::DeliveryId;

use crate::WorkbenchError;
use crate::body::BodyView;
use crate::deliveries::views::RequestView;
use crate::handles::Exports;

/// Headers that cURL sets itself.
const OF_CURL: [&str; 3] = ["host", "content-length", "connection"];

/// Quotes text for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The command. Masked credentials stay masked: they have to be put in by hand.
pub(crate) fn command(request: &RequestView) -> String {
    let mut lines = vec![format!("curl --request {} {}", request.method, quoted(&request.url))];
    for (name, value) in &request.headers {
        if !OF_CURL.contains(&name.to_ascii_lowercase().as_str()) {
            lines.push(format!("--header {}", quoted(&format!("{name}: {value}"))));
        }
    }
    match &request.body {
        BodyView::Body(text) if text.is_empty() => lines.join(" \\\n  "),
        BodyView::Body(text) => {
            lines.push(format!("--data-binary {}", quoted(text)));
            lines.join(" \\\n  ")
        }
        BodyView::BodyBase64(text) => {
            lines.push("--data-binary @-".to_owned());
            format!("printf %s {} | base64 -d | {}", quoted(text), lines.join(" \\\n  "))
        }
    }
}

impl Exports {
    /// An attempt's request as a cURL command; the last attempt's if no number is given.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or no request was sent.
    pub async fn curl(&self, id: DeliveryId, attempt: Option<u32>) -> Result<String, WorkbenchError> {
        let detail = self.0.deliveries().get(id).await?;
        let wanted = |number: u32| attempt.is_none_or(|a| a == number);
        let request =
            detail.attempts.iter().rev().filter(|a| wanted(a.number)).find_map(|a| a.request.as_ref());
        let mut text = request
            .map(command)
            .ok_or_else(|| WorkbenchError::State(format!("{id} has no such request: nothing was sent")))?;
        self.0.known_secrets().await.clean(&mut text);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_bytes_survive_the_shell() {
        let request = |body| RequestView {
            method: "POST".to_owned(),
            url: "https://a.example/x?y='1'".to_owned(),
            headers: vec![
                ("Host".to_owned(), "a.example".to_owned()),
                ("X-A".to_owned(), "it's $HOME".to_owned()),
            ],
            body,
        };
        let text = command(&request(BodyView::of(b"{\"a\":\"it's\"}")));
        assert_eq!(
            text,
            "curl --request POST 'https://a.example/x?y='\\''1'\\''' \\\n  --header 'X-A: it'\\''s $HOME' \\\n  --data-binary '{\"a\":\"it'\\''s\"}'"
        );
        assert!(
            command(&request(BodyView::of(&[0xff, 0]))).starts_with("printf %s '/wA=' | base64 -d | curl")
        );
        assert!(!command(&request(BodyView::of(b""))).contains("--data"));
    }
}
