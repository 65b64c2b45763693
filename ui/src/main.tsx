// Starts the window's page.

// First, because it defines the order of the layers.
import "./styles/base.css";
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { loadPreferences } from "~/api";
import { App } from "./App";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");

await loadPreferences();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
