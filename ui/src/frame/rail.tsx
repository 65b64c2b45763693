// The rail at the left: whose data is shown, the screens, and the way to everything else.
import { ActionIcon, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import {
  IconFlask,
  IconFolder,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconLogout,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useAct } from "../data/use-call";
import { Key } from "../parts/key";
import { usePreference } from "../preferences";
import { openPalette } from "./palette-state";
import css from "./rail.module.css";
import { type Screen, screens } from "./screens";
import type { Status } from "./standing";

export function Rail({ status }: { status: Status | undefined }) {
  const [rail, setRail] = usePreference("rail");
  const narrow = rail === "narrow";
  const Toggle = narrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const toggle = narrow ? "Show the words" : "Show only icons";
  return (
    <nav className={narrow ? `${css.rail} ${css.narrow}` : css.rail} aria-label="Screens">
      <BrandCard status={status} narrow={narrow} />
      {screens.map((screen) => (
        <Entry key={screen.to} screen={screen} status={status} narrow={narrow} />
      ))}
      <div className={css.foot}>
        {!narrow && (
          <UnstyledButton className={css.everything} onClick={openPalette}>
            Everything <Key keys="mod+k" />
          </UnstyledButton>
        )}
        <Tooltip label={toggle} position="right">
          <ActionIcon aria-label={toggle} size={24} onClick={() => setRail(narrow ? "wide" : "narrow")}>
            <Toggle size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
    </nav>
  );
}

function Entry({ screen, status, narrow }: { screen: Screen; status: Status | undefined; narrow: boolean }) {
  const note = status?.pulse ? screen.note?.(status.pulse) : null;
  const Icon = screen.icon;
  const link = (
    <Link
      to={screen.to}
      className={css.entry}
      activeProps={{ className: css.on, "aria-current": "page" }}
      activeOptions={{ exact: screen.to === "/", includeSearch: false }}
      aria-label={narrow ? screen.label : undefined}
    >
      <Icon aria-hidden size={16} stroke={1.6} />
      {!narrow && <span>{screen.label}</span>}
      {note && (
        <em className={note.bad ? css.bad : undefined} title={`${note.text} ${note.title}`}>
          {narrow ? (note.bad ? "•" : "") : note.text}
        </em>
      )}
    </Link>
  );
  return (
    <>
      {screen.apart && <hr />}
      {narrow ? (
        <Tooltip label={note ? `${screen.label}: ${note.text} ${note.title}` : screen.label} position="right">
          {link}
        </Tooltip>
      ) : (
        link
      )}
    </>
  );
}

function BrandCard({ status, narrow }: { status: Status | undefined; narrow: boolean }) {
  const start = useAct("start_demo");
  const leave = useAct("leave_demo");
  const folder = useAct("open_data_dir");
  const demo = status?.workspace === "demo";
  const name = demo ? "Demo" : "Hookbench";
  const what = demo ? "Emulated platform" : "Your data";
  return (
    <Menu position="bottom-start" width={220} withinPortal>
      <Menu.Target>
        <UnstyledButton className={css.brand} aria-label={narrow ? `${name}: ${what}` : undefined}>
          <i aria-hidden className={demo ? css.demo : undefined}>
            {demo ? "D" : "HB"}
          </i>
          {!narrow && (
            <span className={css.names}>
              <b>{name}</b>
              <small>{what}</small>
            </span>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {status && <Menu.Label>Hookbench {status.version}</Menu.Label>}
        {demo ? (
          <Menu.Item leftSection={<IconLogout />} onClick={() => void leave.run()}>
            Leave the demo
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconFlask />} onClick={() => void start.run()}>
            Start the demo
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconFolder />} onClick={() => void folder.run()}>
          Open the data folder
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
