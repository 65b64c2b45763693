//! The glossary's words: flat fields, amounts as numbers in the currency's main unit.

use hookbench_domain::Timestamp;
use serde_json::{Value, json};

use crate::happening::{Conversion, Happening};

pub(crate) fn generic(happening: &Happening, _now: Timestamp) -> Option<(&'static str, Value)> {
    let told = match happening {
        Happening::SignedUp { click, customer } => (
            "referral.created",
            json!({
                "affiliate_id": click.partner.key.counted("aff_"),
                "customer_id": customer.counted("cus_"),
                "referral_code": click.partner.slug,
                "landing_page": "https://app.example/signup",
            }),
        ),
        Happening::Converted(c) => {
            let mut data = paid(c);
            data["status"] = json!("pending");
            ("conversion.created", data)
        }
        Happening::Approved(c) => {
            let mut data = paid(c);
            data["payment_id"] = json!(c.key.counted("pay_"));
            ("payment_completed", data)
        }
        Happening::ThresholdReached { partner, cents, threshold, currency } => (
            "commission.threshold_reached",
            json!({
                "affiliate_id": partner.key.counted("aff_"),
                "amount": number(*cents),
                "threshold": number(*threshold),
                "currency": currency,
            }),
        ),
        Happening::Applied(_)
        | Happening::Reviewed(_)
        | Happening::Suspended(..)
        | Happening::Terminated(..)
        | Happening::TierChanged { .. }
        | Happening::Clicked(_)
        | Happening::HighRisk(_)
        | Happening::CustomerVerified(_)
        | Happening::Rejected { .. }
        | Happening::CapReached { .. }
        | Happening::CommissionCalculated(_)
        | Happening::CommissionApproved(_)
        | Happening::CommissionAdjusted { .. }
        | Happening::PayoutScheduled(_)
        | Happening::PayoutProcessing(_)
        | Happening::PayoutCompleted(_)
        | Happening::PayoutFailed { .. }
        | Happening::TicketOpened(_)
        | Happening::TicketChanged(_)
        | Happening::CouponMade { .. } => return None,
    };
    Some(told)
}

fn paid(c: &Conversion) -> Value {
    json!({
        "affiliate_id": c.click.partner.key.counted("aff_"),
        "customer_id": c.customer.counted("cus_"),
        "amount": number(c.revenue),
        "currency": c.click.offer.currency,
        "conversion_id": c.key.counted("cnv_"),
        "commission": number(c.payout),
    })
}

/// Cents as a number with at most two decimals. The nearest float to `n / 100` is written with
/// just these digits.
fn number(cents: u64) -> Value {
    let cents = u32::try_from(cents).unwrap_or(u32::MAX);
    json!(f64::from(cents) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_two_decimals_at_most() {
        for cents in (0..200_000).chain([99_999_999, 4_200_000_001]) {
            let text = number(cents).to_string();
            let (whole, part) = text.split_once('.').unwrap();
            assert!(part.len() <= 2, "{text}");
            let part: u64 = format!("{part:0<2}").parse().unwrap();
            assert_eq!(whole.parse::<u64>().unwrap() * 100 + part, cents, "{text}");
        }
    }
}
