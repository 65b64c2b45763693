// The screens in the rail, in order. A screen enters this list when it works.

import {
  IconActivity,
  IconDownload,
  IconHome,
  IconKey,
  IconLayoutGrid,
  IconMenu2,
  IconPlugConnected,
  IconSettings,
  IconShare,
  type TablerIcon,
} from "@tabler/icons-react";
import type { LiveMetricsView } from "~/api";
import { count, rate } from "~/parts/format";

/** The badge beside a screen's name. */
export interface RailBadge {
  text: string;
  /** Whether it asks for attention. */
  alarm: boolean;
  /** The same in full words. */
  label: string;
}

export interface Screen {
  to:
    | "/"
    | "/subscriptions"
    | "/live"
    | "/deliveries"
    | "/signature"
    | "/receiver"
    | "/events"
    | "/brands"
    | "/settings";
  name: string;
  icon: TablerIcon;
  /** Other words that find it in the palette. */
  keywords?: string;
  badge?: (pulse: LiveMetricsView) => RailBadge | null;
  /** Below the divider. */
  apart?: boolean;
}

export const SCREENS: readonly Screen[] = [
  { to: "/", name: "Home", icon: IconHome, keywords: "overview health" },
  {
    to: "/subscriptions",
    name: "Subscriptions",
    icon: IconShare,
    keywords: "endpoints webhooks targets",
    badge: ({ subscriptions }) => ({
      text: count(subscriptions),
      alarm: false,
      label: `${count(subscriptions)} subscriptions`,
    }),
  },
  {
    to: "/live",
    name: "Live",
    icon: IconActivity,
    keywords: "tail stream traffic now",
    badge: ({ events_per_s }) =>
      events_per_s >= 0.05
        ? { text: `${rate(events_per_s)}/s`, alarm: false, label: `${rate(events_per_s)} events per second` }
        : null,
  },
  {
    to: "/deliveries",
    name: "Deliveries",
    icon: IconMenu2,
    keywords: "attempts failures retry log",
    badge: ({ failed_24h }) =>
      failed_24h > 0
        ? {
            text: count(failed_24h, 10_000),
            alarm: true,
            label: `${count(failed_24h, 10_000)} failed in the last 24 hours`,
          }
        : null,
  },
  { to: "/signature", name: "Signature lab", icon: IconKey, keywords: "hmac verify secret diagnose sign" },
  { to: "/receiver", name: "Receiver", icon: IconDownload, keywords: "inbound sources incoming" },
  { to: "/events", name: "Events", icon: IconLayoutGrid, keywords: "catalogue types schema sample" },
  {
    to: "/brands",
    name: "Brands",
    icon: IconPlugConnected,
    keywords: "platforms accounts keys connect sync trackdesk trcker track360",
  },
  {
    to: "/settings",
    name: "Settings",
    icon: IconSettings,
    keywords: "preferences theme appearance",
    apart: true,
  },
];
