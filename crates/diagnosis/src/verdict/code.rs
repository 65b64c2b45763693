//! The verdicts: their names, who acts, and the next step.

use serde::{Serialize, Serializer};

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Actor {
    /// Whoever runs Hookbench: the URL, the secret, a setting.
    You,
    /// Whoever runs the endpoint.
    Receiver,
    /// Whoever runs what lies between.
    Network,
    /// The affiliate platform.
    Platform,
}

macro_rules! verdicts {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $who:ident, $next:literal;)+) => {
        /// What went wrong with an attempt.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub enum VerdictCode { $($(#[$doc])+ $variant),+ }

        impl VerdictCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The name used in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
            /// Who has to act.
            #[must_use]
            pub const fn who(self) -> Actor {
                match self { $(Self::$variant => Actor::$who),+ }
            }
            /// What to do next.
            #[must_use]
            pub const fn next_step(self) -> &'static str {
                match self { $(Self::$variant => $next),+ }
            }
        }
    };
}

verdicts! {
    /// The name does not exist.
    DnsNotFound = "dns_not_found", You, "Check the host name in the subscription's URL; if it is right, its owner must publish a DNS record.";
    /// The name server did not answer.
    DnsUnavailable = "dns_unavailable", Network, "Check this machine's network and name server; the schedule tries again by itself.";
    /// Nothing listens on the port.
    ConnectRefused = "connect_refused", Receiver, "Start the endpoint, or correct the port in the URL.";
    /// No route to the address.
    ConnectUnreachable = "connect_unreachable", Network, "Check the network, VPN and firewall between this machine and the receiver.";
    /// No answer to the attempt to connect.
    ConnectTimeout = "connect_timeout", Network, "A firewall that drops packets is likely: open the port, or allow this machine's address.";
    /// Any other failure to connect.
    ConnectFailed = "connect_failed", Network, "Read the detail; the schedule tries again by itself.";
    /// The certificate has run out.
    TlsExpired = "tls_expired", Receiver, "The receiver must renew its certificate; then retry what failed.";
    /// The certificate's time has not begun.
    TlsNotYetValid = "tls_not_yet_valid", Receiver, "Check this machine's clock first; else the receiver must install a certificate that is valid now.";
    /// The certificate is for another name.
    TlsWrongHost = "tls_wrong_host", Receiver, "Use the host name that the certificate is made for, or have the receiver add this one to it.";
    /// Nobody this machine trusts issued the certificate.
    TlsUnknownIssuer = "tls_unknown_issuer", Receiver, "The receiver must send its intermediate certificates too; for a private authority give its certificate to this subscription, or add it to this machine's trust store.";
    /// The certificate was revoked.
    TlsRevoked = "tls_revoked", Receiver, "The receiver must install a new certificate.";
    /// No common protocol or cipher.
    TlsOldProtocol = "tls_old_protocol", Receiver, "The receiver must offer TLS 1.2 or later.";
    /// The port does not speak TLS.
    TlsNotTls = "tls_not_tls", You, "The port answers without TLS: correct the port, or use http:// for a local target.";
    /// The receiver asks for a client certificate.
    TlsClientCertificate = "tls_client_certificate", Receiver, "The endpoint wants a client certificate, which webhooks do not carry: use another endpoint.";
    /// Any other failure of the handshake.
    TlsFailed = "tls_failed", Receiver, "Read the detail; compare with `openssl s_client -connect HOST:PORT`.";
    /// Time ran out while resolving the name.
    TimeoutDns = "timeout_dns", Network, "Check this machine's name server.";
    /// Time ran out while connecting.
    TimeoutConnect = "timeout_connect", Network, "A firewall that drops packets is likely: open the port, or allow this machine's address.";
    /// Time ran out in the TLS handshake.
    TimeoutTls = "timeout_tls", Receiver, "The receiver accepts connections but does not finish the handshake: check its load and its TLS proxy.";
    /// Time ran out while waiting for the answer.
    TimeoutResponse = "timeout_response", Receiver, "The endpoint must answer 2xx at once and do its work afterwards, in a queue; it may have handled this event already.";
    /// The connection ended before a status line.
    Reset = "reset", Receiver, "Look for a crash or restart of the endpoint at that time; it may have handled this event already.";
    /// What came is not HTTP.
    Protocol = "protocol", Receiver, "Check that the URL's port belongs to a web server.";
    /// Response headers over the limit.
    HeadersTooLarge = "headers_too_large", Receiver, "The endpoint must send less than 64 KiB of headers; look for cookies that grow.";
    /// This machine ran out of sockets, ports or memory.
    Overloaded = "overloaded", You, "This machine is at its limit, not the receiver: raise the limit of open files (ulimit -n), or lower concurrency; it is tried again by itself and uses up no retries.";
    /// Our own rules refused the address.
    Blocked = "blocked", You, "If the address is meant, allow private addresses on this subscription; metadata and link-local addresses are never sent to.";
    /// There was nothing to send: a template or macro lacks a value, a secret does not open.
    NotSendable = "not_sendable", You, "Correct what is named, in the subscription or in the event; then retry: the next attempt uses what is saved then.";
    /// The event was sent out and came in again, over and over.
    DeliveryLoop = "delivery_loop", You, "Break the circle: have the subscription leave out what comes in through that source, by type, brand or filter, or change its URL.";
    /// Our process ended.
    Interrupted = "interrupted", You, "Nothing: it is sent again under the same event id.";
    /// Redirected to the same address with https.
    RedirectHttps = "redirect_https", You, "Change the subscription's URL to https://.";
    /// Redirected to the host with or without `www.`.
    RedirectWww = "redirect_www", You, "Change the subscription's URL to the host it is redirected to.";
    /// Redirected to a login.
    RedirectLogin = "redirect_login", Receiver, "The endpoint must be reachable without a login: exempt its path, the signature protects it.";
    /// Redirected to the path with or without its last slash.
    RedirectSlash = "redirect_slash", You, "Change the subscription's URL to the path it is redirected to, slash included.";
    /// Redirected elsewhere.
    Redirect = "redirect", You, "If the new address is right, put it into the subscription's URL; redirects are never followed.";
    /// A firewall or bot check answered.
    Firewall = "firewall", Receiver, "The receiver must exempt the webhook path from its firewall or bot check, or allow this machine's address.";
    /// A login page answered.
    LoginPage = "login_page", Receiver, "The endpoint must be reachable without a login: exempt its path, the signature protects it.";
    /// The receiver refused the signature.
    SignatureRefused = "signature_refused", You, "Compare the secrets on both sides, then run the signature autopsy on this delivery.";
    /// Too many requests.
    RateLimited = "rate_limited", Receiver, "Lower the subscription's rate, or have the receiver raise its limit.";
    /// 401, 403 or 407 for another reason.
    Unauthorized = "unauthorized", You, "Add the header that the receiver asks for, or ask it to let this path through.";
    /// 404.
    NotFound = "not_found", You, "Correct the path in the subscription's URL; if it is right, the receiver must deploy the endpoint.";
    /// 405.
    MethodNotAllowed = "method_not_allowed", Receiver, "The path exists but does not take this method: the receiver must accept POST there.";
    /// 410.
    Gone = "gone", Receiver, "The receiver says it wants no more: delete the subscription, or ask for the new address.";
    /// 413.
    PayloadTooLarge = "payload_too_large", Receiver, "The receiver must raise its limit of the request body.";
    /// 415.
    UnsupportedMediaType = "unsupported_media_type", Receiver, "The receiver must accept the content type of the event, application/json.";
    /// Any other 4xx.
    Rejected = "rejected", Receiver, "Read what the receiver says and compare with the event's fields.";
    /// 502, 503, 504 and Cloudflare's 52x: a proxy has no application behind it.
    GatewayError = "gateway_error", Receiver, "The application behind the receiver's proxy is down, starting or too slow: check it; the schedule tries again by itself.";
    /// Any other 5xx.
    ServerError = "server_error", Receiver, "The endpoint failed inside: its own log at that time has the cause; the schedule tries again by itself.";
    /// A status of no known class.
    UnexpectedStatus = "unexpected_status", Receiver, "The endpoint must answer 2xx once it has taken the event.";
}

impl Serialize for VerdictCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}
