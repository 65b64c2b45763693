//! Track360's words: snake_case, decimals with two digits as text, brokers instead of shops.

use hookbench_domain::Timestamp;
use serde_json::{Value, json};

use super::decimal;
use crate::happening::{Action, Click, Commission, Conversion, Happening, Partner, Payout, Standing};

pub(crate) fn track360(happening: &Happening, now: Timestamp) -> Option<(&'static str, Value)> {
    let told = match happening {
        Happening::Applied(p) => ("partner.registered", partner(p, "registered")),
        Happening::Reviewed(p) if p.standing == Standing::Active => {
            ("partner.approved", with(partner(p, "active"), "approved_at", json!(now)))
        }
        Happening::Suspended(p, cause) => {
            ("partner.suspended", with(partner(p, "suspended"), "reason", json!(cause.as_str())))
        }
        Happening::Terminated(p, cause) => {
            ("partner.terminated", with(partner(p, "terminated"), "reason", json!(cause.as_str())))
        }
        Happening::TierChanged { partner: p, from } => (
            "commission.tier_changed",
            json!({
                "affiliate_id": p.key.counted("aff_"),
                "affiliate_name": p.name,
                "original_tier": from.as_str(),
                "new_tier": p.tier.as_str(),
                "effective_from": now,
            }),
        ),
        Happening::Clicked(click) => ("click.tracked", clicked(click)),
        Happening::Converted(c) => ("conversion.created", conversion(c, "pending")),
        Happening::CustomerVerified(c) => {
            let change = json!([{ "field": "kyc_status", "from": "pending", "to": "verified" }]);
            ("conversion.updated", with(conversion(c, "pending"), "changes", change))
        }
        Happening::Approved(c) => {
            let earned = json!({
                "amount": decimal(c.payout),
                "currency": c.click.offer.currency,
                "model": c.click.offer.model.as_str(),
            });
            let data = with(conversion(c, "qualified"), "qualified_at", json!(now));
            ("conversion.qualified", with(data, "commission", earned))
        }
        Happening::Rejected { conversion: c, code, .. } => {
            let data = with(conversion(c, "rejected"), "rejected_at", json!(now));
            ("conversion.rejected", with(data, "reason", json!(code)))
        }
        Happening::CommissionCalculated(c) => ("commission.calculated", commission(c, "calculated", 0)),
        Happening::CommissionApproved(c) => {
            ("commission.approved", with(commission(c, "approved", 0), "approved_at", json!(now)))
        }
        Happening::CommissionAdjusted { commission: c, less, reason } => {
            let data = with(
                commission(c, "adjusted", *less),
                "original_amount",
                json!(decimal(c.conversion.payout)),
            );
            let data = with(data, "adjustment", json!(format!("-{}", decimal(*less))));
            ("commission.adjusted", with(data, "reason", json!(reason)))
        }
        Happening::PayoutScheduled(p) => {
            ("payout.scheduled", with(payout(p, "scheduled"), "scheduled_for", json!(now)))
        }
        Happening::PayoutProcessing(p) => ("payout.processing", at_provider(p, "processing")),
        Happening::PayoutCompleted(p) => {
            ("payout.completed", with(at_provider(p, "completed"), "paid_at", json!(now)))
        }
        Happening::PayoutFailed { payout: p, code, words } => {
            let failure = json!({ "code": code, "message": words });
            ("payout.failed", with(at_provider(p, "failed"), "failure", failure))
        }
        Happening::Reviewed(_)
        | Happening::HighRisk(_)
        | Happening::SignedUp { .. }
        | Happening::CapReached { .. }
        | Happening::ThresholdReached { .. }
        | Happening::TicketOpened(_)
        | Happening::TicketChanged(_)
        | Happening::CouponMade { .. } => return None,
    };
    Some(told)
}

fn with(mut data: Value, field: &str, value: Value) -> Value {
    data[field] = value;
    data
}

fn partner(p: &Partner, status: &str) -> Value {
    json!({
        "affiliate_id": p.key.counted("aff_"),
        "affiliate_name": p.name,
        "email": p.email(),
        "partner_type": if p.broker { "ib" } else { "affiliate" },
        "country": p.country,
        "status": status,
    })
}

fn clicked(click: &Click) -> Value {
    let page = match click.offer.action {
        Action::Registration => "open-account",
        Action::Deposit => "start",
        Action::Trade => "markets",
        Action::ChallengePurchase => "challenge",
    };
    json!({
        "click_id": click.key.counted("clk_"),
        "affiliate_id": click.partner.key.counted("aff_"),
        "affiliate_name": click.partner.name,
        "campaign_id": click.offer.key.counted("cmp_"),
        "landing_page": format!("https://broker.example/{page}"),
        "traffic_source": click.partner.source,
        "sub_ids": { "sub1": click.mark, "sub2": click.device },
        "geo": { "country": click.country, "city": click.city },
        "fraud_score": click.fraud,
    })
}

fn conversion(c: &Conversion, status: &str) -> Value {
    let click = &c.click;
    json!({
        "conversion_id": c.key.counted("cnv_"),
        "conversion_type": click.offer.action.as_str(),
        "status": status,
        "affiliate_id": click.partner.key.counted("aff_"),
        "affiliate_name": click.partner.name,
        "customer_id": c.customer.counted("ply_"),
        "click_id": click.key.counted("clk_"),
        "qualifying_event": {
            "event": click.offer.action.as_str(),
            "amount": decimal(c.revenue),
            "currency": click.offer.currency,
        },
        "traffic_source": click.partner.source,
        "sub_ids": { "sub1": click.mark, "sub2": click.device },
        "geo": { "country": click.country, "city": click.city },
    })
}

fn commission(c: &Commission, status: &str, less: u64) -> Value {
    let conversion = &c.conversion;
    let click = &conversion.click;
    json!({
        "commission_id": c.key.counted("com_"),
        "conversion_id": conversion.key.counted("cnv_"),
        "affiliate_id": click.partner.key.counted("aff_"),
        "affiliate_name": click.partner.name,
        "customer_id": conversion.customer.counted("ply_"),
        "amount": decimal(conversion.payout.saturating_sub(less)),
        "currency": click.offer.currency,
        "model": click.offer.model.as_str(),
        "status": status,
    })
}

fn payout(p: &Payout, status: &str) -> Value {
    json!({
        "payout_id": p.key.counted("pay_"),
        "affiliate_id": p.partner.key.counted("aff_"),
        "affiliate_name": p.partner.name,
        "amount": decimal(p.cents),
        "currency": p.currency,
        "method": p.partner.method,
        "commission_count": p.commissions,
        "status": status,
    })
}

fn at_provider(p: &Payout, status: &str) -> Value {
    with(payout(p, status), "provider_reference", json!(p.key.counted("pp-")))
}
