//! Trcker's words: camelCase, cents, ids in hex.

use hookbench_domain::Timestamp;
use serde_json::{Value, json};

use crate::happening::{Cause, Click, Conversion, Happening, Standing};

pub(crate) fn trcker(happening: &Happening, now: Timestamp) -> Option<(&'static str, Value)> {
    let told = match happening {
        Happening::Applied(partner) => (
            "partner.applied",
            json!({
                "partnerId": partner.key.hex('p'),
                "name": partner.name,
                "email": partner.email(),
                "website": format!("https://{}.example", partner.slug),
                "country": partner.country,
                "trafficSource": partner.source,
                "status": "pending",
            }),
        ),
        Happening::Reviewed(partner) if partner.standing == Standing::Active => (
            "partner.approved",
            json!({
                "partnerId": partner.key.hex('p'),
                "name": partner.name,
                "email": partner.email(),
                "status": "active",
                "approvedAt": now,
            }),
        ),
        Happening::Suspended(partner, cause) => {
            let (by, reason) = match cause {
                Cause::Fraud => ("automation_rule", "Fraud score above 90 on five clicks in an hour"),
                Cause::Compliance => ("manual", "Claims in ads that the program does not allow"),
                Cause::Inactivity => ("automation_rule", "No traffic for 90 days"),
            };
            (
                "partner.banned",
                json!({
                    "partnerId": partner.key.hex('p'),
                    "name": partner.name,
                    "email": partner.email(),
                    "status": "banned",
                    "bannedAt": now,
                    "bannedBy": by,
                    "reason": reason,
                }),
            )
        }
        Happening::HighRisk(click) => ("fraud.high_risk", high_risk(click)),
        Happening::Converted(c) => ("conversion.created", conversion(c, "pending")),
        Happening::Approved(c) => {
            let mut data = conversion(c, "approved");
            data["approvedAt"] = json!(now);
            data["approvedBy"] = json!(if c.revenue >= 12_000 { "manual" } else { "hold_time" });
            ("conversion.approved", data)
        }
        Happening::Rejected { conversion: c, words, .. } => {
            let mut data = conversion(c, "rejected");
            data["rejectedAt"] = json!(now);
            data["reason"] = json!(words);
            ("conversion.rejected", data)
        }
        Happening::CapReached { offer, kind, limit, count } => (
            "cap.reached",
            json!({
                "offerId": offer.key.hex('o'),
                "offerName": offer.name,
                "cap": kind.as_str(),
                "limit": limit,
                "count": count,
                "resetsAt": kind.resets_after(now),
            }),
        ),
        Happening::Reviewed(_)
        | Happening::Terminated(..)
        | Happening::TierChanged { .. }
        | Happening::Clicked(_)
        | Happening::SignedUp { .. }
        | Happening::CustomerVerified(_)
        | Happening::CommissionCalculated(_)
        | Happening::CommissionApproved(_)
        | Happening::CommissionAdjusted { .. }
        | Happening::ThresholdReached { .. }
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

fn conversion(c: &Conversion, status: &str) -> Value {
    json!({
        "conversionId": c.key.hex('c'),
        "partnerId": c.click.partner.key.hex('p'),
        "offerId": c.click.offer.key.hex('o'),
        "clickId": c.click.key.hex('k'),
        "revenueCents": c.revenue,
        "payoutCents": c.payout,
        "currency": c.click.offer.currency,
        "status": status,
        "sub1": c.click.mark,
        "externalTxnId": c.customer.counted("shopify-order-"),
    })
}

fn high_risk(click: &Click) -> Value {
    let signals: &[&str] = match click.fraud % 3 {
        0 => &["datacenter_ip", "ipsum_hit"],
        1 => &["velocity"],
        _ => &["device_mismatch", "datacenter_ip"],
    };
    json!({
        "clickId": click.key.hex('k'),
        "partnerId": click.partner.key.hex('p'),
        "offerId": click.offer.key.hex('o'),
        "fraudScore": click.fraud,
        "threshold": Click::THRESHOLD,
        "signals": signals,
        "ip": click.ip,
        "country": click.country,
    })
}
