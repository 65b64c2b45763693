// The palette: type, and go to or do anything.
import { Spotlight } from "@mantine/spotlight";
import { IconDeviceDesktop, IconMoon, IconSearch, IconSun, IconToggleLeft } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Key } from "../parts/key";
import { usePreference } from "../preferences";
import css from "./palette.module.css";
import {
  type Action,
  type ActionGroup,
  filterActions,
  palette,
  paletteStore,
  useActions,
  useRegistered,
} from "./palette-state";
import { screens } from "./screens";

/** How long the user must pause before the searches run, in milliseconds. */
const PAUSE_MS = 120;

function useOwnActions(): void {
  const navigate = useNavigate();
  const [theme, setTheme] = usePreference("theme");
  const [advanced, setAdvanced] = usePreference("advanced");
  useActions(
    "Go to",
    screens.map((screen) => ({
      id: screen.to,
      label: screen.label,
      icon: screen.icon,
      words: screen.words,
      run: () => void navigate({ to: screen.to }),
    })),
  );
  const themes = [
    { id: "light", label: "Light", icon: IconSun },
    { id: "dark", label: "Dark", icon: IconMoon },
    { id: "auto", label: "Light or dark as the system", icon: IconDeviceDesktop },
  ] as const;
  useActions("Appearance", [
    ...themes
      .filter(({ id }) => id !== theme)
      .map(({ id, ...rest }) => ({ id, ...rest, words: "theme scheme colours", run: () => setTheme(id) })),
    {
      id: "advanced",
      label: advanced ? "Simple: hide bytes and headers" : "Advanced: show bytes and headers",
      icon: IconToggleLeft,
      run: () => setAdvanced(!advanced),
    },
  ]);
}

function useFound(typed: string): readonly ActionGroup[] {
  const registered = useRegistered();
  const [found, setFound] = useState<readonly ActionGroup[]>([]);
  useEffect(() => {
    const finders = registered.filter((one) => one.find);
    if (typed.trim() === "" || finders.length === 0) {
      setFound([]);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const answers = await Promise.allSettled(
        finders.map((one) => one.find?.(typed.trim(), stop.signal) ?? []),
      );
      if (stop.signal.aborted) return;
      setFound(
        answers.map((answer, n) => ({
          group: finders[n]?.group ?? "",
          actions: answer.status === "fulfilled" ? answer.value : [],
        })),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [typed, registered]);
  return found;
}

function together(groups: readonly ActionGroup[]): ActionGroup[] {
  const byName = new Map<string, readonly Action[]>();
  for (const { group, actions } of groups) byName.set(group, [...(byName.get(group) ?? []), ...actions]);
  return [...byName]
    .map(([group, actions]) => ({ group, actions }))
    .filter(({ actions }) => actions.length > 0);
}

export function Palette() {
  useOwnActions();
  const [typed, setTyped] = useState("");
  const registered = useRegistered();
  const found = useFound(typed);
  const fixed = registered.map((one) => ({
    group: one.group,
    actions: filterActions(one.actions ?? [], typed),
  }));
  const groups = together([...found, ...fixed]);
  return (
    <Spotlight.Root
      store={paletteStore}
      query={typed}
      onQueryChange={setTyped}
      shortcut={null}
      size={560}
      yOffset="14vh"
      centered={false}
      transitionProps={{ duration: 0 }}
      overlayProps={{ backgroundOpacity: 0.25, blur: 0 }}
      classNames={{ content: css.content }}
      maxHeight={440}
      scrollable
      attributes={{ content: { "aria-label": "Everything" } }}
    >
      <Spotlight.Search
        placeholder="Go to, find or do anything"
        aria-label="Go to, find or do anything"
        leftSection={<IconSearch size={16} stroke={1.6} />}
        classNames={{ input: css.search }}
      />
      <Spotlight.ActionsList className={css.list}>
        {groups.map(({ group, actions }) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {actions.map((action) => (
              <Spotlight.Action
                key={action.id}
                className={css.action}
                onClick={() => {
                  palette.close();
                  action.run();
                }}
              >
                {action.icon && <action.icon aria-hidden size={16} stroke={1.6} />}
                <span>{action.label}</span>
                {action.description && <span className={css.description}>{action.description}</span>}
                {action.keys && <Key keys={action.keys} />}
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty>Nothing is called that.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
