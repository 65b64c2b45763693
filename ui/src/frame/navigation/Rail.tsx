// The rail on the left: the brand switcher, the screens, and the command palette.

import { ActionIcon, UnstyledButton } from "@mantine/core";
import { IconCommand, IconLayoutSidebar } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type StatusView, usePreference } from "~/api";
import { Key } from "~/parts";
import frame from "../frame.module.css";
import { openPalette } from "../palette/Palette";
import { SCREENS, type Screen } from "../screens";
import { BrandSwitcher } from "./BrandSwitcher";

export function Rail({ status }: { status: StatusView | undefined }) {
  const [narrow, setNarrow] = usePreference("rail.narrow", false);
  return (
    <nav className={frame.rail} aria-label="Screens" data-narrow={narrow || undefined}>
      <BrandSwitcher status={status} narrow={narrow} />
      {SCREENS.map((screen) => (
        <Entry key={screen.to} screen={screen} status={status} narrow={narrow} />
      ))}
      <div className={frame.end}>
        <UnstyledButton
          className={`${frame.entry} ${frame.everything}`}
          onClick={openPalette}
          aria-label={narrow ? "Find anything" : undefined}
          title={narrow ? "Find anything (Ctrl K)" : undefined}
        >
          {narrow ? (
            <IconCommand size={16} stroke={1.6} />
          ) : (
            <>
              Find anything <Key keys="mod+k" />
            </>
          )}
        </UnstyledButton>
        <ActionIcon
          onClick={() => setNarrow(!narrow)}
          aria-label={narrow ? "Expand sidebar" : "Collapse sidebar"}
          title={narrow ? "Expand sidebar" : "Collapse sidebar"}
        >
          <IconLayoutSidebar size={16} stroke={1.6} />
        </ActionIcon>
      </div>
    </nav>
  );
}

function Entry({
  screen,
  status,
  narrow,
}: {
  screen: Screen;
  status: StatusView | undefined;
  narrow: boolean;
}) {
  const badge = status?.pulse ? (screen.badge?.(status.pulse) ?? null) : null;
  const Icon = screen.icon;
  return (
    <>
      {screen.apart && <hr className={frame.rule} />}
      <Link
        to={screen.to}
        className={frame.entry}
        activeOptions={{ exact: screen.to === "/", includeSearch: false }}
        aria-label={badge && !narrow ? `${screen.name} ${badge.text}, ${badge.label}` : screen.name}
        title={narrow ? [screen.name, badge?.label].filter(Boolean).join(": ") : badge?.label}
      >
        <Icon size={16} stroke={1.6} aria-hidden="true" />
        {!narrow && `${screen.name} `}
        {badge && !narrow && (
          <span className={frame.badge} data-alarm={badge.alarm || undefined}>
            {badge.text}
          </span>
        )}
        {badge?.alarm && narrow && <span className={frame.alarm} />}
      </Link>
    </>
  );
}
