// The window: rail, screen, status bar; or the problem while the data folder cannot be used.

import { useQueryClient } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { useBrandInAddress } from "~/brand";
import { useCall } from "~/data";
import frame from "./frame.module.css";
import { KeyboardShortcuts } from "./KeyboardShortcuts";
import { Rail } from "./navigation/Rail";
import { Palette } from "./palette/Palette";
import { Opening, StartupProblem } from "./Startup";
import { Operations } from "./status/Operations";
import { StatusBar } from "./status/StatusBar";

export function Frame() {
  const status = useCall("status", null);
  useResetOnFolderChange(status.data?.data_dir);
  useBrandInAddress();
  if (status.isPending) return <Opening />;
  if (status.data?.state === "trouble") return <StartupProblem status={status.data} />;
  return (
    <div className={frame.window}>
      <Rail status={status.data} />
      <main className={frame.main} key={status.data?.workspace}>
        <Suspense fallback={null}>
          <Outlet />
        </Suspense>
        <Operations />
      </main>
      <StatusBar status={status.data} error={status.error} />
      <KeyboardShortcuts />
      <Palette />
    </div>
  );
}

/** Clears the cache when another data folder is shown, so that demo data never appears as the user's own. */
function useResetOnFolderChange(folder: string | undefined): void {
  const client = useQueryClient();
  const before = useRef(folder);
  useEffect(() => {
    if (before.current !== undefined && before.current !== folder) {
      void client.resetQueries({ predicate: (query) => query.queryKey[0] !== "status" });
    }
    before.current = folder;
  }, [client, folder]);
}
