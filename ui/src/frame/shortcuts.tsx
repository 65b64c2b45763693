// The list of all keyboard shortcuts that work now.
import { Modal } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type Scope, useScopes } from "../keys";
import { Key } from "../parts/key";
import css from "./shortcuts.module.css";

/** Whether the list is open. */
export function useShortcutList() {
  const [opened, { open, close }] = useDisclosure(false);
  return { opened, open, close };
}

/** Shortcuts by the name of their part, each key once: the last to register it has it. */
export function grouped(
  scopes: readonly Scope[],
): { name: string; shortcuts: { keys: string; label: string }[] }[] {
  const taken = new Set<string>();
  const groups = new Map<string, { keys: string; label: string }[]>();
  for (const scope of [...scopes].reverse()) {
    for (const { keys, label } of scope.shortcuts) {
      if (taken.has(keys)) continue;
      taken.add(keys);
      groups.set(scope.name, [...(groups.get(scope.name) ?? []), { keys, label }]);
    }
  }
  return [...groups].map(([name, shortcuts]) => ({ name, shortcuts }));
}

export function Shortcuts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const scopes = useScopes();
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size={480}>
      <div className={css.groups}>
        {grouped(scopes).map((group) => (
          <section key={group.name}>
            <h2>{group.name}</h2>
            <dl>
              {group.shortcuts.map(({ keys, label }) => (
                <div key={keys}>
                  <dt>{label}</dt>
                  <dd>
                    <Key keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
