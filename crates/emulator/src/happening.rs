//! What happens in an affiliate program, before any platform puts it into words.

use hookbench_domain::Timestamp;

/// Names a thing of the world. Platforms write ids differently: some count, some draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    /// Counts up; never given twice.
    pub(crate) number: u64,
    /// Drawn.
    pub(crate) bits: u128,
}

impl Key {
    /// The way Trcker's documentation shows ids: hex in groups, its first digit replaced by a
    /// letter that says what it names.
    pub(crate) fn hex(self, letter: char) -> String {
        let digits = format!("{:031x}", self.bits & ((1 << 124) - 1));
        let (a, b, c, d, e) = (&digits[..7], &digits[7..11], &digits[11..15], &digits[15..19], &digits[19..]);
        format!("{letter}{a}-{b}-{c}-{d}-{e}")
    }

    pub(crate) fn counted(self, prefix: &str) -> String {
        format!("{prefix}{}", self.number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Applied,
    Active,
    Refused,
    Suspended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tier {
    Bronze,
    Silver,
    Gold,
    Platinum,
}

impl Tier {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Bronze => "Bronze",
            Self::Silver => "Silver",
            Self::Gold => "Gold",
            Self::Platinum => "Platinum",
        }
    }

    /// The tier of a partner with so many approved conversions.
    pub(crate) const fn earned_by(conversions: u64) -> Self {
        match conversions {
            0..10 => Self::Bronze,
            10..40 => Self::Silver,
            40..120 => Self::Gold,
            _ => Self::Platinum,
        }
    }

    /// What it adds to a commission, in percent of it.
    pub(crate) const fn bonus(self) -> u64 {
        match self {
            Self::Bronze => 0,
            Self::Silver => 5,
            Self::Gold => 10,
            Self::Platinum => 15,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Partner {
    pub(crate) key: Key,
    pub(crate) name: String,
    /// The name as it stands in addresses.
    pub(crate) slug: String,
    pub(crate) country: &'static str,
    pub(crate) source: &'static str,
    pub(crate) broker: bool,
    pub(crate) method: &'static str,
    pub(crate) standing: Standing,
    pub(crate) tier: Tier,
    pub(crate) approved_conversions: u64,
    /// How suspicious the usual click is, 0 to 100.
    pub(crate) fraud: u64,
    /// The coupon code and the index of its offer.
    pub(crate) coupon: Option<(String, usize)>,
    pub(crate) joined_at: Timestamp,
}

impl Partner {
    pub(crate) fn email(&self) -> String {
        format!("hello@{}.example", self.slug)
    }
}

/// Why a partner was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Compliance,
    Fraud,
    Inactivity,
}

impl Cause {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Compliance => "compliance",
            Self::Fraud => "fraud",
            Self::Inactivity => "inactivity",
        }
    }
}

/// What a customer does that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Registration,
    Deposit,
    Trade,
    ChallengePurchase,
}

impl Action {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Deposit => "deposit",
            Self::Trade => "trade",
            Self::ChallengePurchase => "challenge_purchase",
        }
    }
}

/// How a commission is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    Cpa,
    RevShare,
    Hybrid,
}

impl Model {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Cpa => "cpa",
            Self::RevShare => "revshare",
            Self::Hybrid => "hybrid",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CapKind {
    Daily,
    Weekly,
    Global,
}

impl CapKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Global => "global",
        }
    }

    /// When counting starts again: the next midnight, the next Monday, or never.
    pub(crate) fn resets_after(self, now: Timestamp) -> Option<Timestamp> {
        const DAY: i64 = 86_400_000;
        let day = now.ms().div_euclid(DAY);
        match self {
            Self::Daily => Some(Timestamp::from_ms((day + 1) * DAY)),
            // Day 0 was a Thursday, day 4 the first Monday.
            Self::Weekly => Some(Timestamp::from_ms((day + 7 - (day - 4).rem_euclid(7)) * DAY)),
            Self::Global => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer {
    pub(crate) key: Key,
    /// Its place among the program's offers.
    pub(crate) index: usize,
    pub(crate) name: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) action: Action,
    pub(crate) model: Model,
}

/// A visitor who followed a link.
#[derive(Debug, Clone)]
pub(crate) struct Click {
    pub(crate) key: Key,
    pub(crate) partner: Partner,
    pub(crate) offer: Offer,
    pub(crate) country: &'static str,
    pub(crate) city: &'static str,
    pub(crate) device: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) ip: String,
    pub(crate) fraud: u64,
    pub(crate) at: Timestamp,
}

impl Click {
    /// The score above which a click is told as high risk.
    pub(crate) const THRESHOLD: u64 = 80;

    pub(crate) const fn is_high_risk(&self) -> bool {
        self.fraud > Self::THRESHOLD
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Conversion {
    pub(crate) key: Key,
    pub(crate) click: Click,
    pub(crate) customer: Key,
    pub(crate) revenue: u64,
    pub(crate) payout: u64,
    pub(crate) coupon: Option<String>,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct Commission {
    pub(crate) key: Key,
    pub(crate) conversion: Conversion,
}

#[derive(Debug, Clone)]
pub(crate) struct Payout {
    pub(crate) key: Key,
    pub(crate) partner: Partner,
    pub(crate) cents: u64,
    pub(crate) currency: &'static str,
    pub(crate) commissions: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TicketState {
    Open,
    InProgress,
    Resolved,
}

#[derive(Debug, Clone)]
pub(crate) struct Ticket {
    pub(crate) key: Key,
    pub(crate) partner: Partner,
    pub(crate) state: TicketState,
    pub(crate) subject: &'static str,
    pub(crate) text: &'static str,
    pub(crate) answer: &'static str,
    pub(crate) opened_at: Timestamp,
    pub(crate) changed_at: Timestamp,
}

/// One thing that happened. Partners are as they were at that moment.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    Applied(Partner),
    /// Accepted or refused, as its standing says.
    Reviewed(Partner),
    Suspended(Partner, Cause),
    Terminated(Partner, Cause),
    TierChanged {
        partner: Partner,
        from: Tier,
    },
    Clicked(Click),
    HighRisk(Click),
    SignedUp {
        click: Click,
        customer: Key,
    },
    Converted(Conversion),
    CustomerVerified(Conversion),
    Approved(Conversion),
    Rejected {
        conversion: Conversion,
        code: &'static str,
        words: &'static str,
    },
    CapReached {
        offer: Offer,
        kind: CapKind,
        limit: u64,
        count: u64,
    },
    CommissionCalculated(Commission),
    CommissionApproved(Commission),
    CommissionAdjusted {
        commission: Commission,
        less: u64,
        reason: &'static str,
    },
    ThresholdReached {
        partner: Partner,
        cents: u64,
        threshold: u64,
        currency: &'static str,
    },
    PayoutScheduled(Payout),
    PayoutProcessing(Payout),
    PayoutCompleted(Payout),
    PayoutFailed {
        payout: Payout,
        code: &'static str,
        words: &'static str,
    },
    TicketOpened(Ticket),
    TicketChanged(Ticket),
    CouponMade {
        partner: Partner,
        offer: Offer,
        key: Key,
        code: String,
    },
}
