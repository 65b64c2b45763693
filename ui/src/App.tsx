// The providers: theme, data, toasts, routes.

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";
import { followHints, newClient } from "~/data";
import { router } from "./router";
import { cssVariables, theme, themeKeeper } from "./theme";

const client = newClient();
const keeper = themeKeeper();

export function App() {
  useEffect(() => followHints(client), []);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={keeper}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
      <Notifications position="bottom-right" autoClose={4000} limit={3} transitionDuration={80} />
    </MantineProvider>
  );
}
