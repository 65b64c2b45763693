// Everything around the screens: looks, data, toasts, keys, addresses.
import { type MantineColorSchemeManager, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { preferences } from "./api";
import { createClient, followHints } from "./data/client";
import { listenToKeys } from "./keys";
import { router } from "./router";
import { cssVariables, theme } from "./theme";

/** The scheme lies with the other preferences. */
function schemes(): MantineColorSchemeManager {
  let stop = () => {};
  return {
    get: () => preferences.get().theme,
    set: (value) => preferences.set("theme", value),
    subscribe: (tell) => {
      stop = preferences.subscribe(() => tell(preferences.get().theme));
    },
    unsubscribe: () => stop(),
    clear: () => preferences.set("theme", "auto"),
  };
}

export function App() {
  const [client] = useState(createClient);
  const [scheme] = useState(schemes);
  useEffect(() => followHints(client), [client]);
  useEffect(listenToKeys, []);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" autoClose={4000} limit={4} transitionDuration={80} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
