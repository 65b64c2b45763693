// The command palette: every screen, every action, and what the screens' search providers find.

import { Modal } from "@mantine/core";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { Key } from "~/parts";
import { SCREENS } from "../screens";
import { type Action, filterActions, searchEverything, useRegisteredActions } from "./actions";
import css from "./Palette.module.css";

const [store, palette] = createSpotlight();

export function openPalette(): void {
  palette.open();
}

const NOTHING: readonly Action[] = [];
/** How long the palette waits after a key before it asks. */
const PAUSE_MS = 120;

export function Palette() {
  const navigate = useNavigate();
  const offered = useRegisteredActions();
  const [query, setQuery] = useState("");
  const found = useFound(query.trim());
  const screens = useMemo<readonly Action[]>(
    () =>
      SCREENS.map(({ to, name, icon: Icon, keywords = "" }) => ({
        id: `screen ${to}`,
        label: name,
        group: "Screens",
        keywords,
        icon: <Icon size={16} stroke={1.6} />,
        run: (navigate) => navigate({ to }),
      })),
    [],
  );
  const groups = useMemo(() => {
    const byGroup = new Map<string, Action[]>();
    for (const action of [...filterActions(query, [...screens, ...offered]), ...found]) {
      const group = byGroup.get(action.group) ?? [];
      group.push(action);
      byGroup.set(action.group, group);
    }
    return [...byGroup];
  }, [query, screens, offered, found]);

  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={420}
      size={600}
      centered={false}
      yOffset={96}
      transitionProps={{ duration: 0 }}
      overlayProps={{ blur: 0, backgroundOpacity: 0.3, transitionProps: { duration: 0 } }}
      classNames={{
        search: css.search,
        action: css.action,
        actionsList: css.list,
        actionsGroup: css.group,
        empty: css.empty,
      }}
    >
      <Modal.Title className="hidden">Find anything</Modal.Title>
      <Spotlight.Search
        placeholder="Screens, actions, subscriptions, deliveries by id"
        aria-label="Find anything"
        leftSection={<IconSearch size={16} stroke={1.6} />}
      />
      <Spotlight.ActionsList>
        {groups.map(([group, actions]) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {actions.map((action) => (
              <Spotlight.Action
                key={action.id}
                label={action.label}
                {...(action.description ? { description: action.description } : {})}
                leftSection={action.icon}
                rightSection={action.keys ? <Key keys={action.keys} /> : null}
                onClick={() => void action.run(navigate)}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty>No results</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useFound(query: string): readonly Action[] {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (query.length < 2) {
      setFound(NOTHING);
      return;
    }
    const asking = new AbortController();
    const timer = setTimeout(async () => {
      const results = await searchEverything(query, asking.signal);
      if (!asking.signal.aborted) setFound(results);
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [query]);
  return found;
}
