//! Message authentication codes and their comparison.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::encoding::to_hex;

/// The hash inside an HMAC. Every scheme uses SHA-256; the others are what people take by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC-SHA1.
    Sha1,
    /// HMAC-SHA256.
    Sha256,
    /// HMAC-SHA512.
    Sha512,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// Its name for people: `HMAC-SHA256`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "HMAC-SHA1",
            Self::Sha256 => "HMAC-SHA256",
            Self::Sha512 => "HMAC-SHA512",
        }
    }

    /// The length of its digest in bytes.
    #[must_use]
    pub const fn digest_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

impl Algorithm {
    /// The plain hash of the parts, without a key: never a signature, but taken for one by mistake.
    #[must_use]
    pub fn hash(self, parts: &[&[u8]]) -> Vec<u8> {
        fn finish<D: Digest>(parts: &[&[u8]]) -> Vec<u8> {
            let mut hash = D::new();
            parts.iter().for_each(|part| hash.update(part));
            hash.finalize().to_vec()
        }
        match self {
            Self::Sha1 => finish::<Sha1>(parts),
            Self::Sha256 => finish::<Sha256>(parts),
            Self::Sha512 => finish::<Sha512>(parts),
        }
    }
}

#[derive(Clone)]
enum State {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

/// A key made ready for one algorithm: many messages can be tried without preparing it again.
#[derive(Clone)]
pub struct MacKey(State);

// RFC 2104: a key longer than the hash's block is replaced by its hash, a shorter one is padded
// with zeros. Done here because a whole block can be set as a key without a failure to handle.
macro_rules! keyed {
    ($hash:ty, $block_bytes:literal, $key:expr) => {{
        let mut block = [0_u8; $block_bytes];
        if $key.len() > $block_bytes {
            let short = <$hash>::digest($key);
            block[..short.len()].copy_from_slice(&short);
        } else {
            block[..$key.len()].copy_from_slice($key);
        }
        let mac = <Hmac<$hash> as KeyInit>::new(&block.into());
        block.zeroize();
        mac
    }};
}

impl MacKey {
    /// Prepares a key of any length.
    #[must_use]
    pub fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        Self(match algorithm {
            Algorithm::Sha1 => State::Sha1(keyed!(Sha1, 64, key)),
            Algorithm::Sha256 => State::Sha256(keyed!(Sha256, 64, key)),
            Algorithm::Sha512 => State::Sha512(keyed!(Sha512, 128, key)),
        })
    }

    /// The code of the parts, one after the other.
    #[must_use]
    pub fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        fn finish<M: Mac + Clone>(mac: &M, parts: &[&[u8]]) -> Vec<u8> {
            let mut mac = mac.clone();
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().to_vec()
        }
        match &self.0 {
            State::Sha1(mac) => finish(mac, parts),
            State::Sha256(mac) => finish(mac, parts),
            State::Sha512(mac) => finish(mac, parts),
        }
    }
}

impl MacKey {
    /// Calls `each` with the length of every beginning of `body`, the whole left out, and the code
    /// of `before` followed by it, the shortest first, until `each` answers true. Each byte is
    /// hashed once.
    pub fn beginnings(&self, before: &[&[u8]], body: &[u8], mut each: impl FnMut(usize, &[u8]) -> bool) {
        fn go<M: Mac + Clone>(
            mac: &M,
            before: &[&[u8]],
            body: &[u8],
            each: &mut impl FnMut(usize, &[u8]) -> bool,
        ) {
            let mut mac = mac.clone();
            before.iter().for_each(|part| mac.update(part));
            for (length, byte) in body.iter().enumerate() {
                if each(length, &mac.clone().finalize().into_bytes()) {
                    return;
                }
                mac.update(std::slice::from_ref(byte));
            }
        }
        match &self.0 {
            State::Sha1(mac) => go(mac, before, body, &mut each),
            State::Sha256(mac) => go(mac, before, body, &mut each),
            State::Sha512(mac) => go(mac, before, body, &mut each),
        }
    }
}

impl std::fmt::Debug for MacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MacKey(…)")
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths only.
#[must_use]
pub fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// The plain SHA-256 of some bytes in lower-case hex: the id of a body that names none.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    to_hex(&Sha256::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2202 and RFC 4231, test cases 1, 2, 3 and 6 (a key longer than the block).
    #[test]
    fn published_vectors_are_met() {
        let cases: [(Algorithm, Vec<u8>, Vec<u8>, &str); 8] = [
            (
                Algorithm::Sha1,
                vec![0x0b; 20],
                b"Hi There".to_vec(),
                "b617318655057264e28bc0b6fb378c8ef146be00",
            ),
            (
                Algorithm::Sha1,
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
            (
                Algorithm::Sha1,
                vec![0xaa; 80],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "aa4ae5e15272d00e95705637ce8a3b55ed402112",
            ),
            (
                Algorithm::Sha256,
                vec![0x0b; 20],
                b"Hi There".to_vec(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                Algorithm::Sha256,
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                Algorithm::Sha256,
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                Algorithm::Sha512,
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
            (
                Algorithm::Sha512,
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
            ),
        ];
        for (algorithm, key, text, want) in cases {
            let (head, tail) = text.split_at(3);
            let got = MacKey::new(algorithm, &key).digest(&[head, b"", tail]);
            assert_eq!(to_hex(&got), want, "{algorithm:?}");
            assert_eq!(got.len(), algorithm.digest_bytes());
        }
    }

    #[test]
    fn the_code_of_every_beginning_is_that_of_the_text_cut_there() {
        let key = MacKey::new(Algorithm::Sha256, b"key");
        let mut seen = Vec::new();
        key.beginnings(&[b"1", b"."], b"body", |n, code| {
            seen.push((n, code.to_vec()));
            n == 2
        });
        let want = |n: usize| (n, key.digest(&[b"1.", &b"body"[..n]]));
        assert_eq!(seen, [want(0), want(1), want(2)]);
    }

    #[test]
    fn a_prefix_is_not_the_same() {
        assert!(same_bytes(b"", b""));
        assert!(same_bytes(b"abc", b"abc"));
        assert!(!same_bytes(b"abc", b"ab"));
        assert!(!same_bytes(b"abc", b"abd"));
    }
}
