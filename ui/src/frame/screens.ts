// The screens, in the order of the rail.
import {
  IconActivity,
  IconDownload,
  IconHome,
  IconKey,
  IconLayoutGrid,
  IconMenu2,
  IconSettings,
  IconShare,
  type TablerIcon,
} from "@tabler/icons-react";
import type { Output } from "../api";
import { count, rate } from "../words";

/** What moves now, as `status` tells it. */
export type Pulse = NonNullable<Output<"status">["pulse"]>;

/** A number behind a label. */
export interface Note {
  text: string;
  /** What it counts, in words. */
  title: string;
  /** Whether it calls for somebody. */
  bad?: boolean;
}

/** An entry of the rail. */
export interface Screen {
  to:
    | "/"
    | "/subscriptions"
    | "/live"
    | "/deliveries"
    | "/signature-lab"
    | "/receiver"
    | "/events"
    | "/settings";
  label: string;
  icon: TablerIcon;
  /** What else one might call it, for the palette. */
  words: string;
  /** The number behind the label; nothing while there is nothing to count. */
  note?(pulse: Pulse): Note | null;
  /** Whether a line stands before it. */
  apart?: boolean;
}

const some = (n: number, note: Note): Note | null => (n > 0 ? note : null);

export const screens: readonly Screen[] = [
  { to: "/", label: "Home", icon: IconHome, words: "overview dashboard start" },
  {
    to: "/subscriptions",
    label: "Subscriptions",
    icon: IconShare,
    words: "endpoints webhooks urls",
    note: (p) => some(p.subscriptions, { text: count(p.subscriptions), title: "subscriptions" }),
  },
  {
    to: "/live",
    label: "Live",
    icon: IconActivity,
    words: "tail stream traffic",
    note: (p) => some(p.events_per_s, { text: `${rate(p.events_per_s)}/s`, title: "events a second" }),
  },
  {
    to: "/deliveries",
    label: "Deliveries",
    icon: IconMenu2,
    words: "attempts retries failures",
    note: (p) =>
      some(p.failed_24h, {
        text: p.failed_24h > 10_000 ? "10,000+" : count(p.failed_24h),
        title: "failed in the last 24 hours",
        bad: true,
      }),
  },
  { to: "/signature-lab", label: "Signature lab", icon: IconKey, words: "hmac secret verify sign" },
  {
    to: "/receiver",
    label: "Receiver",
    icon: IconDownload,
    words: "sources inbound",
    note: (p) => some(p.sources, { text: count(p.sources), title: "sources" }),
  },
  { to: "/events", label: "Events", icon: IconLayoutGrid, words: "catalogue types schema samples" },
  {
    to: "/settings",
    label: "Settings",
    icon: IconSettings,
    words: "appearance theme preferences",
    apart: true,
  },
];
