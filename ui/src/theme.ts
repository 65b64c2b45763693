// The theme: every color, size and component default, in one place.

import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  Input,
  type MantineColorScheme,
  type MantineColorSchemeManager,
  type MantineColorsTuple,
  Menu,
  Modal,
  Popover,
  Radio,
  Select,
  Switch,
  Tooltip,
  type VariantColorsResolver,
} from "@mantine/core";
import { onPreferences, preference, remember } from "~/api";

/** The tokens in both schemes. Text colors have a contrast of 4.5:1 on every ground they are used on. */
const TOKENS = {
  bg: ["#f7f7f5", "#131312"],
  panel: ["#ffffff", "#1a1a19"],
  sunk: ["#f2f2ef", "#151514"],
  line: ["#e6e5e1", "#2b2b29"],
  edge: ["#8f8d85", "#6f6d66"],
  text: ["#1b1b19", "#edecea"],
  dim: ["#5c5b55", "#a3a19a"],
  faint: ["#6b6963", "#96938a"],
  accent: ["#5b5bd6", "#8f8ff0"],
  "accent-strong": ["#4d4dc4", "#a3a3f5"],
  "accent-bg": ["#eeeefb", "#25254a"],
  "on-accent": ["#ffffff", "#12122a"],
  ok: ["#1d7c4d", "#4cc38a"],
  "ok-bg": ["#e6f5ec", "#13301f"],
  wait: ["#0a6ec2", "#5eb1ef"],
  "wait-bg": ["#e6f1fb", "#11283c"],
  retry: ["#9c5e00", "#f0b354"],
  "retry-bg": ["#fdf1dc", "#36260c"],
  fail: ["#c7343b", "#f2777d"],
  "fail-strong": ["#b02a31", "#f58e93"],
  "fail-bg": ["#fdebeb", "#3c1618"],
  skip: ["#6b6963", "#97958d"],
  "skip-bg": ["#eeede9", "#252523"],
  sel: ["#f0f0fb", "#22223a"],
  hover: ["#f4f4f1", "#20201f"],
  shadow: ["0 4px 16px rgb(27 27 25 / 0.12)", "0 4px 16px rgb(0 0 0 / 0.5)"],
} as const;

/** Names of the tokens; in CSS `var(--name)`. */
export type Token = keyof typeof TOKENS;

/** The meaning of a color. Each tone has a token of its name and one with `-bg`. */
export type Tone = "ok" | "wait" | "retry" | "fail" | "skip" | "accent";

const SANS = '"Inter Variable", Inter, system-ui, sans-serif';
const MONO = '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace';
const SHADOW = "var(--shadow)";

function scheme(index: 0 | 1): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, pair] of Object.entries(TOKENS)) variables[`--${name}`] = pair[index];
  return {
    ...variables,
    "--mantine-color-body": "var(--panel)",
    "--mantine-color-text": "var(--text)",
    "--mantine-color-bright": "var(--text)",
    "--mantine-color-dimmed": "var(--dim)",
    "--mantine-color-placeholder": "var(--faint)",
    "--mantine-color-anchor": "var(--accent)",
    "--mantine-color-error": "var(--fail)",
    "--mantine-color-success": "var(--ok)",
    "--mantine-color-default": "var(--panel)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-default-color": "var(--text)",
    "--mantine-color-default-border": "var(--line)",
    "--mantine-color-disabled": "var(--sunk)",
    "--mantine-color-disabled-color": "var(--faint)",
    "--mantine-color-disabled-border": "var(--line)",
    "--mantine-primary-color-filled": "var(--accent)",
    "--mantine-primary-color-filled-hover": "var(--accent-strong)",
    "--mantine-primary-color-contrast": "var(--on-accent)",
    "--mantine-primary-color-light": "var(--accent-bg)",
    "--mantine-primary-color-light-hover": "var(--accent-bg)",
    "--mantine-primary-color-light-color": "var(--accent)",
  };
}

/** The tokens as CSS variables, for both schemes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { "--sans": SANS, "--mono": MONO, "--row": "32px" },
  light: scheme(0),
  dark: scheme(1),
});

const iris: MantineColorsTuple = [
  "#f0f0fb",
  "#e3e3f9",
  "#c7c7f3",
  "#abaaf1",
  "#8f8ff0",
  "#7474e3",
  "#5b5bd6",
  "#4d4dc4",
  "#4141ad",
  "#353591",
];
const warm: MantineColorsTuple = [
  "#f7f7f5",
  "#f2f2ef",
  "#eeede9",
  "#e6e5e1",
  "#d6d4ce",
  "#b8b6ae",
  "#8f8d85",
  "#6f6d67",
  "#4a4945",
  "#1b1b19",
];
const night: MantineColorsTuple = [
  "#edecea",
  "#d0cec8",
  "#a3a19a",
  "#8e8b83",
  "#3a3a37",
  "#2b2b29",
  "#1a1a19",
  "#181817",
  "#151514",
  "#131312",
];

/** Control heights in pixels by size: in a row, default, in a standalone form. */
const HEIGHT: Record<string, string> = { xs: "24px", sm: "28px", md: "32px" };
const height = (size: unknown) => HEIGHT[typeof size === "string" ? size : "sm"] ?? "28px";
const FAST = { duration: 80, transition: "fade" } as const;
const AT_ONCE = { duration: 0 } as const;

/** Mantine's colors, with readable text on filled grounds. */
const variants: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input);
  if (input.variant !== "filled") return colours;
  const ground = input.color === undefined || input.color === "iris" ? "var(--accent)" : colours.background;
  const hover = `color-mix(in srgb, ${ground} 88%, var(--text))`;
  return {
    ...colours,
    background: ground,
    hover,
    color: "var(--on-accent)",
    border: "1px solid transparent",
  };
};

export const theme = createTheme({
  variantColorResolver: variants,
  primaryColor: "iris",
  primaryShade: { light: 6, dark: 4 },
  colors: { iris, gray: warm, dark: night },
  black: "#1b1b19",
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "15px", xl: "22px" },
  lineHeights: { xs: "16px", sm: "18px", md: "20px", lg: "22px", xl: "30px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "4px", sm: "5px", md: "7px", lg: "8px", xl: "10px" },
  defaultRadius: "md",
  shadows: { xs: SHADOW, sm: SHADOW, md: SHADOW, lg: SHADOW, xl: SHADOW },
  headings: {
    fontFamily: SANS,
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "15px", lineHeight: "20px" },
      h2: { fontSize: "13px", lineHeight: "20px" },
      h3: { fontSize: "12px", lineHeight: "18px" },
    },
  },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { variant: "default" },
      vars: (_, props) => ({
        root: {
          "--button-height": height(props.size),
          "--button-padding-x": props.size === "xs" ? "7px" : "10px",
          "--button-fz": props.size === "xs" ? "12px" : "13px",
        },
      }),
    }),
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: "subtle", color: "gray" },
      vars: (_, props) => ({ root: { "--ai-size": height(props.size) } }),
    }),
    Input: Input.extend({
      vars: (_, props) => ({
        wrapper: {
          "--input-height": height(props.size),
          "--input-fz": "13px",
          "--input-size": height(props.size),
        },
      }),
    }),
    Badge: Badge.extend({ defaultProps: { variant: "default", radius: "sm", tt: "none" } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: "xs" } }),
    Radio: Radio.extend({ defaultProps: { size: "xs" } }),
    Switch: Switch.extend({ defaultProps: { size: "xs", withThumbIndicator: false } }),
    Select: Select.extend({ defaultProps: { allowDeselect: false, checkIconPosition: "right" } }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        radius: "xl",
        transitionProps: AT_ONCE,
        overlayProps: { backgroundOpacity: 0.35, transitionProps: AT_ONCE },
      },
    }),
    Popover: Popover.extend({ defaultProps: { transitionProps: AT_ONCE, shadow: "md" } }),
    Menu: Menu.extend({ defaultProps: { transitionProps: AT_ONCE, shadow: "md", position: "bottom-end" } }),
    Tooltip: Tooltip.extend({ defaultProps: { transitionProps: FAST, openDelay: 400, fz: 12 } }),
  },
});

/** Stores the color scheme (light, dark or system) in the preferences. */
export function themeKeeper(): MantineColorSchemeManager {
  let stop = () => {};
  const read = (): MantineColorScheme => {
    const stored = preference<string>("theme", "auto");
    return stored === "light" || stored === "dark" ? stored : "auto";
  };
  return {
    get: read,
    set: (value) => {
      if (value !== read()) remember("theme", value);
    },
    subscribe: (update) => {
      let last = read();
      stop = onPreferences(() => {
        const next = read();
        if (next !== last) update(next);
        last = next;
      });
    },
    unsubscribe: () => stop(),
    clear: () => remember("theme", "auto"),
  };
}
