// Small coloured words.
import type { TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Tone } from "../theme";
import css from "./badge.module.css";
import { type Light, type Look, lights, stateLook } from "./tones";

/** A coloured word with an icon. */
export function Badge(props: { tone: Tone; icon?: TablerIcon; children: ReactNode; title?: string }) {
  const Icon = props.icon;
  return (
    <span className={`${css.badge} ${css[props.tone]}`} title={props.title}>
      {Icon && <Icon aria-hidden />}
      {props.children}
    </span>
  );
}

function LookBadge({ look, iconOnly }: { look: Look; iconOnly: boolean }) {
  if (!iconOnly) {
    return (
      <Badge tone={look.tone} icon={look.icon}>
        {look.word}
      </Badge>
    );
  }
  const Icon = look.icon;
  return (
    <span
      className={`${css.badge} ${css.iconOnly} ${css[look.tone]}`}
      role="img"
      aria-label={look.word}
      title={look.word}
    >
      <Icon aria-hidden />
    </span>
  );
}

/** The state of a delivery. `iconOnly` for narrow columns; the word stays for screen readers. */
export function StateBadge({ state, iconOnly = false }: { state: string; iconOnly?: boolean }) {
  return <LookBadge look={stateLook(state)} iconOnly={iconOnly} />;
}

/** How a subscription does. */
export function LightBadge({ light, iconOnly = false }: { light: Light; iconOnly?: boolean }) {
  return <LookBadge look={lights[light]} iconOnly={iconOnly} />;
}
