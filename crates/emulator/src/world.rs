//! A small affiliate program that lives: what happens next, and what follows from it.

use std::collections::BTreeMap;

use hookbench_domain::Timestamp;
use hookbench_platform::Profile;

use crate::dice::Dice;
use crate::happening::{
    Cause, Click, Commission, Conversion, Happening, Key, Offer, Partner, Payout, Standing, Ticket,
    TicketState, Tier,
};
use crate::vocabulary as words;

/// The balance at which a partner is paid out, in cents.
const PAY_FROM: u64 = 10_000;
const PARTNERS: usize = 12;

/// What is still to come; it comes due after a number of steps, not of seconds, so that the
/// traffic is the same at any rate.
#[derive(Debug)]
enum Todo {
    Tell(Happening),
    Review(u64),
    Terminate(u64, Cause),
    SignUp(Click),
    Convert(Click, Key),
    Decide(Conversion),
    ApproveCommission(Commission),
    Adjust(Commission),
    PayOut(u64, &'static str),
    Process(Payout),
    Settle(Payout),
    Answer(Ticket),
}

#[derive(Debug)]
struct Balance {
    partner: Partner,
    cents: u64,
    commissions: u64,
    /// A payout is on its way to the agenda.
    asked: bool,
}

#[derive(Debug, Default)]
struct CapCount {
    limit: u64,
    count: u64,
    until: Option<Timestamp>,
}

#[derive(Debug)]
pub(crate) struct World {
    dice: Dice,
    step: u64,
    now: Timestamp,
    last_number: u64,
    agenda: BTreeMap<(u64, u64), Todo>,
    partners: Vec<Partner>,
    offers: Vec<Offer>,
    caps: Vec<CapCount>,
    balances: BTreeMap<(u64, &'static str), Balance>,
    /// Commissions wait for approval, are adjusted, and payouts fail, only where the platform
    /// tells of it: what it does not tell must not move its money.
    holds: bool,
    adjusts: bool,
    fails: bool,
}

impl World {
    pub(crate) fn new(profile: &Profile, mut dice: Dice) -> Self {
        let last_number = 10_000 + dice.between(0, 900_000);
        let mut world = Self {
            dice,
            step: 0,
            now: Timestamp::from_ms(0),
            last_number,
            agenda: BTreeMap::new(),
            partners: Vec::new(),
            offers: Vec::new(),
            caps: Vec::new(),
            balances: BTreeMap::new(),
            holds: profile.knows("commission.approved"),
            adjusts: profile.knows("commission.adjusted"),
            fails: profile.knows("payout.failed"),
        };
        for (index, seed) in words::OFFERS.iter().enumerate() {
            let key = world.key();
            let offer = Offer {
                key,
                index,
                name: seed.name,
                currency: seed.currency,
                action: seed.action,
                model: seed.model,
            };
            world.offers.push(offer);
            world
                .caps
                .push(CapCount { limit: seed.cap.map_or(0, |(_, limit)| limit), ..CapCount::default() });
        }
        world
    }

    pub(crate) fn key(&mut self) -> Key {
        self.last_number += self.dice.between(1, 7);
        let bits = (u128::from(self.dice.draw()) << 64) | u128::from(self.dice.draw());
        Key { number: self.last_number, bits }
    }

    /// One step of the program's life. Some steps have nothing to tell.
    pub(crate) fn step(&mut self, now: Timestamp) -> Option<Happening> {
        self.now = now;
        if self.partners.is_empty() {
            self.open_program();
        }
        self.step += 1;
        match self.agenda.first_entry() {
            Some(entry) if entry.key().0 <= self.step => {
                let todo = entry.remove();
                self.follow(todo)
            }
            Some(_) | None => self.something_new(),
        }
    }

    /// Puts something on the agenda, between `low` and `high` steps from now.
    fn later(&mut self, low: u64, high: u64, todo: Todo) {
        let due = self.step + self.dice.between(low, high);
        // Later entries of the same step come later.
        let after = self.agenda.range((due, 0)..=(due, u64::MAX)).next_back().map_or(0, |((_, n), _)| n + 1);
        self.agenda.insert((due, after), todo);
    }

    fn next_told(&mut self, happening: Happening) {
        self.later(0, 0, Todo::Tell(happening));
    }

    /// The program has partners before anybody watches.
    fn open_program(&mut self) {
        for _ in 0..PARTNERS {
            let mut partner = self.new_partner();
            partner.standing = Standing::Active;
            partner.approved_conversions = self.dice.between(0, 60);
            partner.tier = Tier::earned_by(partner.approved_conversions);
            partner.joined_at = self.now.minus_ms(self.dice.between(10, 400) * 86_400_000);
            self.partners.push(partner);
        }
    }

    fn new_partner(&mut self) -> Partner {
        let key = self.key();
        let (first, second) = (self.dice.pick(&words::FIRST), self.dice.pick(&words::SECOND));
        let ascii = second.replace('é', "e");
        Partner {
            key,
            name: format!("{first} {second}"),
            slug: format!("{first}-{ascii}-{}", key.number).to_ascii_lowercase(),
            country: self.dice.pick(&words::PLACES).0,
            source: self.dice.pick(&words::SOURCES),
            broker: self.dice.per_mille(250),
            method: self.dice.pick(&["bank_transfer", "bank_transfer", "e_wallet", "crypto"]),
            standing: Standing::Applied,
            tier: Tier::Bronze,
            approved_conversions: 0,
            fraud: self.dice.between(2, 30),
            coupon: None,
            joined_at: self.now,
        }
    }

    fn partner(&mut self, number: u64) -> Option<&mut Partner> {
        self.partners.iter_mut().find(|p| p.key.number == number)
    }

    fn active(&self) -> impl Iterator<Item = &Partner> {
        self.partners.iter().filter(|p| p.standing == Standing::Active)
    }

    fn any_active(&mut self) -> Option<Partner> {
        let index = self.dice.index(self.active().count());
        self.active().nth(index).cloned()
    }

    fn something_new(&mut self) -> Option<Happening> {
        match self.dice.between(0, 999) {
            0..15 => self.apply(),
            15..22 => self.suspend(),
            22..40 => self.open_ticket(),
            40..52 => self.make_coupon(),
            _ => self.click(),
        }
    }

    fn apply(&mut self) -> Option<Happening> {
        if self.partners.len() >= PARTNERS + 4 {
            return None;
        }
        let partner = self.new_partner();
        self.partners.push(partner.clone());
        self.later(10, 80, Todo::Review(partner.key.number));
        Some(Happening::Applied(partner))
    }

    fn suspend(&mut self) -> Option<Happening> {
        if self.active().count() < PARTNERS - 3 {
            return None;
        }
        let number = self.any_active()?.key.number;
        let cause = self.dice.pick(&[Cause::Fraud, Cause::Fraud, Cause::Compliance, Cause::Inactivity]);
        let partner = self.partner(number)?;
        partner.standing = Standing::Suspended;
        let partner = partner.clone();
        // Long after everything that was under way for this partner.
        self.later(500, 900, Todo::Terminate(number, cause));
        Some(Happening::Suspended(partner, cause))
    }

    fn open_ticket(&mut self) -> Option<Happening> {
        let partner = self.any_active()?;
        let (subject, text, answer) = self.dice.pick(&words::TICKETS);
        let (key, state) = (self.key(), TicketState::Open);
        let ticket =
            Ticket { key, partner, state, subject, text, answer, opened_at: self.now, changed_at: self.now };
        self.later(5, 40, Todo::Answer(ticket.clone()));
        Some(Happening::TicketOpened(ticket))
    }

    fn make_coupon(&mut self) -> Option<Happening> {
        let number = self.any_active()?.key.number;
        let (key, index) = (self.key(), self.dice.index(self.offers.len()));
        let offer = *self.offers.get(index)?;
        let partner = self.partner(number)?;
        let word = partner.name.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        let code = format!("{word}{}", key.number);
        partner.coupon = Some((code.clone(), index));
        Some(Happening::CouponMade { partner: partner.clone(), offer, key, code })
    }

    fn click(&mut self) -> Option<Happening> {
        let partner = self.any_active()?;
        let index = self.dice.index(self.offers.len());
        let (country, city) = self.dice.pick(&words::PLACES);
        let fraud = if self.dice.per_mille(25) {
            self.dice.between(Click::THRESHOLD + 1, 99)
        } else {
            partner.fraud + self.dice.between(0, 20)
        };
        let click = Click {
            key: self.key(),
            partner,
            offer: *self.offers.get(index)?,
            country,
            city,
            device: self.dice.pick(&words::DEVICES),
            mark: self.dice.pick(&words::MARKS),
            ip: format!("{}.{}", self.dice.pick(&words::NETWORKS), self.dice.between(1, 254)),
            fraud,
            at: self.now,
        };
        if click.is_high_risk() {
            self.next_told(Happening::HighRisk(click.clone()));
        }
        if self.dice.per_mille(300) {
            self.later(1, 10, Todo::SignUp(click.clone()));
        }
        Some(Happening::Clicked(click))
    }

    fn follow(&mut self, todo: Todo) -> Option<Happening> {
        match todo {
            Todo::Tell(happening) => Some(happening),
            Todo::Review(number) => self.review(number),
            Todo::Terminate(number, cause) => {
                let index = self.partners.iter().position(|p| p.key.number == number)?;
                self.balances.retain(|(owner, _), _| *owner != number);
                Some(Happening::Terminated(self.partners.remove(index), cause))
            }
            Todo::SignUp(click) => {
                let customer = self.key();
                if self.dice.per_mille(850) {
                    self.later(1, 15, Todo::Convert(click.clone(), customer));
                }
                Some(Happening::SignedUp { click, customer })
            }
            Todo::Convert(click, customer) => self.convert(click, customer),
            Todo::Decide(conversion) => self.decide(conversion),
            Todo::ApproveCommission(commission) => {
                self.credit(&commission.conversion);
                if self.adjusts && self.dice.per_mille(80) {
                    self.later(1, 8, Todo::Adjust(commission.clone()));
                }
                Some(Happening::CommissionApproved(commission))
            }
            Todo::Adjust(commission) => self.adjust(commission),
            Todo::PayOut(number, currency) => self.pay_out(number, currency),
            Todo::Process(payout) => {
                self.later(4, 15, Todo::Settle(payout.clone()));
                Some(Happening::PayoutProcessing(payout))
            }
            Todo::Settle(payout) => self.settle(payout),
            Todo::Answer(mut ticket) => {
                ticket.changed_at = self.now;
                ticket.state = match ticket.state {
                    TicketState::Open if self.dice.per_mille(500) => TicketState::InProgress,
                    TicketState::Open | TicketState::InProgress | TicketState::Resolved => {
                        TicketState::Resolved
                    }
                };
                if ticket.state == TicketState::InProgress {
                    self.later(5, 40, Todo::Answer(ticket.clone()));
                }
                Some(Happening::TicketChanged(ticket))
            }
        }
    }

    fn review(&mut self, number: u64) -> Option<Happening> {
        let accepted = !self.dice.per_mille(120);
        let index = self.partners.iter().position(|p| p.key.number == number)?;
        let partner = self.partners.get_mut(index)?;
        partner.standing = if accepted { Standing::Active } else { Standing::Refused };
        let partner = partner.clone();
        if !accepted {
            self.partners.remove(index);
        }
        Some(Happening::Reviewed(partner))
    }

    fn convert(&mut self, click: Click, customer: Key) -> Option<Happening> {
        let partner =
            self.partner(click.partner.key.number).filter(|p| p.standing == Standing::Active)?.clone();
        let offer = click.offer;
        let seed = words::OFFERS.get(offer.index)?;
        let revenue = self.dice.pick(&seed.prices);
        let base = seed.fixed + (revenue * seed.percent + 50) / 100;
        let payout = (base * (100 + partner.tier.bonus()) + 50) / 100;
        let coupon = match partner.coupon {
            Some((code, index)) if index == offer.index && self.dice.per_mille(400) => Some(code),
            Some(_) | None => None,
        };
        let conversion =
            Conversion { key: self.key(), click, customer, revenue, payout, coupon, at: self.now };
        if self.dice.per_mille(120) {
            self.later(1, 5, Todo::Tell(Happening::CustomerVerified(conversion.clone())));
        }
        self.later(8, 60, Todo::Decide(conversion.clone()));
        self.count_towards_cap(offer);
        Some(Happening::Converted(conversion))
    }

    /// A cap that is reached is raised by as much again until its period ends: the program goes on.
    fn count_towards_cap(&mut self, offer: Offer) {
        let Some((kind, limit)) = words::OFFERS.get(offer.index).and_then(|seed| seed.cap) else { return };
        let now = self.now;
        let Some(cap) = self.caps.get_mut(offer.index) else { return };
        if cap.until.is_some_and(|until| until <= now) {
            (cap.limit, cap.count) = (limit, 0);
        }
        cap.until = kind.resets_after(now);
        cap.count += 1;
        if cap.count == cap.limit {
            let reached = Happening::CapReached { offer, kind, limit: cap.limit, count: cap.count };
            cap.limit += limit;
            self.next_told(reached);
        }
    }

    fn decide(&mut self, conversion: Conversion) -> Option<Happening> {
        let number = conversion.click.partner.key.number;
        let stopped = self.partner(number).is_none_or(|p| p.standing != Standing::Active);
        if stopped || conversion.click.is_high_risk() {
            return Some(Happening::Rejected {
                conversion,
                code: "fraud",
                words: "Traffic looks fraudulent",
            });
        }
        if self.dice.per_mille(150) {
            let (code, words) = self.dice.pick(&words::REFUSALS);
            return Some(Happening::Rejected { conversion, code, words });
        }
        let partner = self.partner(number)?;
        partner.approved_conversions += 1;
        let (from, to) = (partner.tier, Tier::earned_by(partner.approved_conversions));
        partner.tier = to;
        let partner = partner.clone();
        if from != to {
            self.next_told(Happening::TierChanged { partner, from });
        }
        if self.holds {
            let commission = Commission { key: self.key(), conversion: conversion.clone() };
            self.next_told(Happening::CommissionCalculated(commission.clone()));
            self.later(10, 40, Todo::ApproveCommission(commission));
        } else {
            self.credit(&conversion);
        }
        Some(Happening::Approved(conversion))
    }

    /// Adds what a conversion earned to its partner's balance.
    fn credit(&mut self, conversion: &Conversion) {
        let partner = self.partner(conversion.click.partner.key.number).map(|p| p.clone());
        let partner = partner.unwrap_or_else(|| conversion.click.partner.clone());
        self.add_to_balance(partner, conversion.click.offer.currency, conversion.payout, 1);
    }

    fn add_to_balance(&mut self, partner: Partner, currency: &'static str, cents: u64, commissions: u64) {
        let number = partner.key.number;
        let fresh = Balance { partner: partner.clone(), cents: 0, commissions: 0, asked: false };
        let balance = self.balances.entry((number, currency)).or_insert(fresh);
        balance.cents += cents;
        balance.commissions += commissions;
        if balance.cents >= PAY_FROM && !balance.asked {
            balance.asked = true;
            let cents = balance.cents;
            self.next_told(Happening::ThresholdReached { partner, cents, threshold: PAY_FROM, currency });
            self.later(20, 80, Todo::PayOut(number, currency));
        }
    }

    /// Takes back a commission, wholly or in part, as long as it has not been paid out.
    fn adjust(&mut self, commission: Commission) -> Option<Happening> {
        let conversion = &commission.conversion;
        let less = conversion.payout / self.dice.between(1, 3);
        let (less, reason) = (less.max(1), self.dice.pick(&["chargeback", "clawback", "correction"]));
        let owner = (conversion.click.partner.key.number, conversion.click.offer.currency);
        let balance = self.balances.get_mut(&owner).filter(|b| b.cents > less)?;
        balance.cents -= less;
        Some(Happening::CommissionAdjusted { commission, less, reason })
    }

    fn pay_out(&mut self, number: u64, currency: &'static str) -> Option<Happening> {
        let balance = self.balances.remove(&(number, currency))?;
        let Balance { partner, cents, commissions, .. } = balance;
        let payout = Payout { key: self.key(), partner, cents, currency, commissions };
        self.later(3, 12, Todo::Process(payout.clone()));
        Some(Happening::PayoutScheduled(payout))
    }

    fn settle(&mut self, payout: Payout) -> Option<Happening> {
        if !self.fails || !self.dice.per_mille(120) {
            return Some(Happening::PayoutCompleted(payout));
        }
        let (code, words) = self.dice.pick(&words::PAYOUT_FAILURES);
        self.add_to_balance(payout.partner.clone(), payout.currency, payout.cents, payout.commissions);
        Some(Happening::PayoutFailed { payout, code, words })
    }
}
