//! Random secrets, headers and bodies, through every scheme: nobody who does not know the secret
//! gets through.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbench_signature::{Scheme, Secret, verify};

use crate::chaos::Chaos;

const NAMES: [&str; 14] = [
    "x-trcker-signature",
    "x-track360-signature",
    "x-track360-timestamp",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "stripe-signature",
    "x-hub-signature-256",
    "x-shopify-hmac-sha256",
    "svix-id",
    "svix-timestamp",
    "svix-signature",
    "x-webhook-signature",
    "x-api-key",
];

/// How many of so many inputs panic, and how many are taken for genuine.
pub(super) fn broken(inputs: u64) -> (u64, u64) {
    let (mut panics, mut accepted) = (0, 0);
    for n in 0..inputs {
        match catch_unwind(AssertUnwindSafe(|| one(&mut Chaos::from(!n)))) {
            Ok(valid) => accepted += u64::from(valid),
            Err(_) => panics += 1,
        }
    }
    (panics, accepted)
}

fn value(chaos: &mut Chaos) -> Vec<u8> {
    match chaos.below(6) {
        0 => format!("t={},v1={}", chaos.signed(), hex(chaos)).into_bytes(),
        1 => format!("sha256={}", hex(chaos)).into_bytes(),
        2 => format!("v1,{}", chaos.text(44)).into_bytes(),
        3 => hex(chaos).into_bytes(),
        4 => chaos.signed().to_string().into_bytes(),
        _ => chaos.bytes(120),
    }
}

fn hex(chaos: &mut Chaos) -> String {
    (0..4).map(|_| format!("{:016x}", chaos.next())).collect()
}

fn one(chaos: &mut Chaos) -> bool {
    // Without a secret everything is genuine: that scheme promises nothing.
    let scheme = *chaos.one(&Scheme::ALL);
    if scheme == Scheme::None {
        return false;
    }
    let Ok(secret) = Secret::new(format!("known to nobody {:016x}", chaos.next()).into_bytes()) else {
        return false;
    };
    let headers: Vec<(String, Vec<u8>)> =
        (0..chaos.below(5)).map(|_| ((*chaos.one(&NAMES)).to_owned(), value(chaos))).collect();
    let body = chaos.bytes(200);
    verify(scheme, &[secret], &headers, &body, chaos.signed(), chaos.signed()).valid
}
