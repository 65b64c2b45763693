// The frame of the window: rail, screen, status strip.
import { Outlet, useRouter } from "@tanstack/react-router";
import { useKeys } from "../keys";
import css from "./frame.module.css";
import { Palette } from "./palette";
import { openPalette } from "./palette-state";
import { Rail } from "./rail";
import { Shortcuts, useShortcutList } from "./shortcuts";
import { Startup } from "./startup";
import { useStatus } from "./status";
import { Strip } from "./strip";

export function Frame() {
  const { data: status, error } = useStatus();
  const router = useRouter();
  const list = useShortcutList();
  useKeys("Everywhere", [
    { keys: "mod+k", label: "Go to or do anything", run: openPalette, inFields: true },
    { keys: "?", label: "Show all shortcuts", run: list.open },
    {
      keys: "Escape",
      label: "Back",
      run: () => {
        if (!router.history.canGoBack()) return false;
        router.history.back();
        return true;
      },
    },
  ]);
  const starting = status === undefined && error === null;
  const inTrouble = status?.state === "trouble";
  return (
    <div className={css.frame}>
      <Rail status={status} />
      <main className={css.main}>
        {starting ? null : inTrouble ? <Startup status={status} /> : <Outlet />}
      </main>
      <Strip status={status} problem={error} />
      <Palette />
      <Shortcuts opened={list.opened} onClose={list.close} />
    </div>
  );
}
