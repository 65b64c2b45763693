// Starts the screens.
import "@fontsource-variable/inter/standard.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./style.css";
import { createRoot } from "react-dom/client";
import { preferences } from "./api";
import { App } from "./app";

const host = document.getElementById("root");
if (!host) throw new Error("the page has no #root");
await preferences.load();
createRoot(host).render(<App />);
