//! Trackdesk's words: entities by public ids, decimals with two digits, statuses in capitals.

use hookbench_domain::Timestamp;
use serde_json::{Value, json};

use super::decimal;
use crate::happening::{Conversion, Happening, Partner, Standing, Ticket, TicketState};

pub(crate) fn trackdesk(happening: &Happening, now: Timestamp) -> Option<(&'static str, Value)> {
    let told = match happening {
        Happening::Applied(partner) => ("affiliate.created", json!({ "affiliate": affiliate(partner) })),
        Happening::Reviewed(partner) => {
            ("affiliate.status_changed", status_changed(partner, Standing::Applied))
        }
        Happening::Suspended(partner, _) => {
            ("affiliate.status_changed", status_changed(partner, Standing::Active))
        }
        Happening::TierChanged { partner, from } => (
            "affiliate.tier_changed",
            json!({
                "affiliateEmail": partner.email(),
                "affiliatePublicId": partner.key.counted("aff-"),
                "originalTierName": from.as_str(),
                "newTierName": partner.tier.as_str(),
            }),
        ),
        Happening::TicketOpened(t) => ("affiliate.ticket_created", ticket(t)),
        Happening::TicketChanged(t) => ("affiliate.ticket_updated", ticket(t)),
        Happening::Clicked(click) => (
            "click.created",
            json!({ "click": {
                "publicId": click.key.counted("clk-"),
                "affiliatePublicId": click.partner.key.counted("aff-"),
                "offerPublicId": click.offer.key.counted("off-"),
                "landingPageUrl": format!("https://shop.example/{}", click.offer.name.to_lowercase().replace(' ', "-")),
                "country": click.country,
                "device": click.device,
                "sub1": click.mark,
                "createdAt": click.at,
            }}),
        ),
        Happening::Converted(c) => ("conversion.created", json!({ "conversion": conversion(c, "PENDING") })),
        Happening::Approved(c) => ("conversion.status_changed", decided(c, "APPROVED")),
        Happening::Rejected { conversion: c, .. } => ("conversion.status_changed", decided(c, "REJECTED")),
        Happening::CouponMade { partner, offer, key, code } => (
            "coupon.created",
            json!({
                "couponId": key.counted("cpn-"),
                "code": code,
                "revenueOriginId": offer.key.counted("rev-"),
                "affiliate": affiliate(partner),
                "offer": { "publicId": offer.key.counted("off-"), "name": offer.name },
            }),
        ),
        Happening::PayoutScheduled(payout) => (
            "settlement.created",
            json!({ "settlement": {
                "publicId": payout.key.counted("set-"),
                "affiliatePublicId": payout.partner.key.counted("aff-"),
                "affiliateEmail": payout.partner.email(),
                "amount": decimal(payout.cents),
                "currency": payout.currency,
                "conversionCount": payout.commissions,
                "status": "CREATED",
                "createdAt": now,
            }}),
        ),
        Happening::Terminated(..)
        | Happening::HighRisk(_)
        | Happening::SignedUp { .. }
        | Happening::CustomerVerified(_)
        | Happening::CapReached { .. }
        | Happening::CommissionCalculated(_)
        | Happening::CommissionApproved(_)
        | Happening::CommissionAdjusted { .. }
        | Happening::ThresholdReached { .. }
        | Happening::PayoutProcessing(_)
        | Happening::PayoutCompleted(_)
        | Happening::PayoutFailed { .. } => return None,
    };
    Some(told)
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Applied => "PENDING",
        Standing::Active => "APPROVED",
        Standing::Refused => "REJECTED",
        Standing::Suspended => "SUSPENDED",
    }
}

fn affiliate(partner: &Partner) -> Value {
    json!({
        "publicId": partner.key.counted("aff-"),
        "email": partner.email(),
        "name": partner.name,
        "status": standing(partner.standing),
        "tierName": partner.tier.as_str(),
        "country": partner.country,
        "createdAt": partner.joined_at,
    })
}

fn status_changed(partner: &Partner, from: Standing) -> Value {
    json!({
        "affiliate": affiliate(partner),
        "originalStatus": standing(from),
        "newStatus": standing(partner.standing),
    })
}

fn conversion(c: &Conversion, status: &str) -> Value {
    let mut conversion = json!({
        "publicId": c.key.counted("con-"),
        "clickPublicId": c.click.key.counted("clk-"),
        "affiliatePublicId": c.click.partner.key.counted("aff-"),
        "offerPublicId": c.click.offer.key.counted("off-"),
        "customerId": c.customer.counted("cus_"),
        "status": status,
        "amount": decimal(c.revenue),
        "commission": decimal(c.payout),
        "currency": c.click.offer.currency,
        "createdAt": c.at,
    });
    if let Some(code) = &c.coupon {
        conversion["couponCode"] = json!(code);
    }
    conversion
}

fn decided(c: &Conversion, status: &str) -> Value {
    json!({ "conversion": conversion(c, status), "originalStatus": "PENDING", "newStatus": status })
}

fn ticket(t: &Ticket) -> Value {
    let (status, note) = match t.state {
        TicketState::Open => ("OPEN", None),
        TicketState::InProgress => ("IN_PROGRESS", Some("We are looking into it")),
        TicketState::Resolved => ("RESOLVED", Some(t.answer)),
    };
    json!({
        "affiliateAccountEmail": t.partner.email(),
        "affiliateSourcePublicId": t.partner.key.counted("aff-"),
        "ticket": {
            "id": t.key.counted("tic-"),
            "status": status,
            "fieldAnswers": [
                { "field": "What is it about?", "answer": t.subject },
                { "field": "Your message", "answer": t.text },
            ],
            "note": note,
            "createdAt": t.opened_at,
            "updatedAt": t.changed_at,
        },
    })
}
