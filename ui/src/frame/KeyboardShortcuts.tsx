// The global keyboard shortcuts, and the list of all shortcuts.

import { Modal } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useLayoutEffect, useState } from "react";
import { focusSearch, listenToKeys, useShortcutList, useShortcuts } from "~/keys";
import { Key } from "~/parts";
import frame from "./frame.module.css";
import { openPalette } from "./palette/Palette";

export function KeyboardShortcuts() {
  const router = useRouter();
  const [listed, setListed] = useState(false);
  // Registered before any dialog's listener, so that an open dialog is still there when it runs.
  useLayoutEffect(listenToKeys, []);
  useShortcuts("Global", [
    { keys: "mod+k", label: "Find anything", run: openPalette, whileTyping: true },
    { keys: "/", label: "Search this page", run: focusSearch },
    {
      keys: "Escape",
      label: "Go back",
      whileTyping: true,
      run: () => {
        const focused = document.activeElement;
        if (focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement) focused.blur();
        else if (router.history.canGoBack()) router.history.back();
      },
    },
    { keys: "?", label: "Show keyboard shortcuts", run: () => setListed(true) },
  ]);
  return (
    <Modal opened={listed} onClose={() => setListed(false)} title="Keyboard shortcuts" size={620}>
      <ShortcutList />
    </Modal>
  );
}

function ShortcutList() {
  const scopes = useShortcutList();
  return (
    <div className={frame.shortcuts}>
      {scopes.map(({ scope, shortcuts }) => (
        <section key={scope}>
          <h3>{scope}</h3>
          {shortcuts.map(({ keys, label }) => (
            <div key={`${keys} ${label}`}>
              <span>{label}</span>
              <Key keys={keys} />
            </div>
          ))}
        </section>
      ))}
    </div>
  );
}
