// The looks, configured once: tokens for both schemes, and Mantine's parts set by them.
import {
  ActionIcon,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Input,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
  NumberInput,
  SegmentedControl,
  Select,
  Switch,
  Textarea,
  TextInput,
  Tooltip,
} from "@mantine/core";
import css from "./theme.module.css";

/** What a colour says. */
export type Tone = "ok" | "wait" | "retry" | "fail" | "skip" | "accent";

// `--x` fills marks and bars, `--x-text` is for words (4.5 to 1 on every ground), `--x-bg` lies under
// them. `--mark` draws lines that are not words, such as the frame of a checkbox.
const light = {
  "--bg": "#f7f7f5",
  "--panel": "#ffffff",
  "--sunk": "#f2f2ef",
  "--line": "#e6e5e1",
  "--text": "#1b1b19",
  "--dim": "#64635d",
  "--faint": "#6f6d64",
  "--mark": "#9a988f",
  "--hover": "#ebeae6",
  "--accent": "#5b5bd6",
  "--accent-text": "#5b5bd6",
  "--accent-bg": "#eeeefb",
  "--on-accent": "#ffffff",
  "--ok": "#208a56",
  "--ok-text": "#1d7b4d",
  "--ok-bg": "#e6f5ec",
  "--wait": "#0b76d1",
  "--wait-text": "#0a6dc1",
  "--wait-bg": "#e6f1fb",
  "--retry": "#b06a00",
  "--retry-text": "#9c5e00",
  "--retry-bg": "#fdf1dc",
  "--fail": "#d1373e",
  "--fail-text": "#cb2f36",
  "--fail-bg": "#fdebeb",
  "--skip": "#7d7b74",
  "--skip-text": "#6c6a64",
  "--skip-bg": "#eeede9",
  "--sel": "#f0f0fb",
  "--shadow": "0 4px 16px rgb(0 0 0 / 0.1)",
} as const;

const dark: Record<keyof typeof light, string> = {
  "--bg": "#131312",
  "--panel": "#1a1a19",
  "--sunk": "#151514",
  "--line": "#2b2b29",
  "--text": "#edecea",
  "--dim": "#a3a19a",
  "--faint": "#8e8c84",
  "--mark": "#74726b",
  "--hover": "#222220",
  "--accent": "#8f8ff0",
  "--accent-text": "#8f8ff0",
  "--accent-bg": "#25254a",
  "--on-accent": "#12122a",
  "--ok": "#4cc38a",
  "--ok-text": "#4cc38a",
  "--ok-bg": "#13301f",
  "--wait": "#5eb1ef",
  "--wait-text": "#5eb1ef",
  "--wait-bg": "#11283c",
  "--retry": "#f0b354",
  "--retry-text": "#f0b354",
  "--retry-bg": "#36260c",
  "--fail": "#f2777d",
  "--fail-text": "#f2777d",
  "--fail-bg": "#3c1618",
  "--skip": "#97958d",
  "--skip-text": "#97958d",
  "--skip-bg": "#252523",
  "--sel": "#22223a",
  "--shadow": "0 4px 16px rgb(0 0 0 / 0.5)",
};

const shared = {
  "--row": "32px",
  "--mono": '"JetBrains Mono Variable", monospace',
};

/** Mantine's own variables, told by our tokens. */
const mantine = {
  "--mantine-color-body": "var(--panel)",
  "--mantine-color-text": "var(--text)",
  "--mantine-color-bright": "var(--text)",
  "--mantine-color-dimmed": "var(--dim)",
  "--mantine-color-placeholder": "var(--faint)",
  "--mantine-color-anchor": "var(--accent-text)",
  "--mantine-color-error": "var(--fail-text)",
  "--mantine-color-default": "var(--panel)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--text)",
  "--mantine-color-default-border": "var(--line)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-filled-hover": "var(--accent)",
  "--mantine-primary-color-contrast": "var(--on-accent)",
  "--mantine-primary-color-light": "var(--accent-bg)",
  "--mantine-primary-color-light-color": "var(--accent-text)",
  "--mantine-shadow-sm": "var(--shadow)",
  "--mantine-shadow-md": "var(--shadow)",
  "--mantine-shadow-lg": "var(--shadow)",
  "--mantine-shadow-xl": "var(--shadow)",
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: shared,
  light: { ...light, ...mantine },
  dark: { ...dark, ...mantine },
});

const iris: MantineColorsTuple = [
  "#f4f4fd",
  "#eeeefb",
  "#d9d9f7",
  "#bcbcf0",
  "#8f8ff0",
  "#7171e0",
  "#5b5bd6",
  "#5151c2",
  "#4646a8",
  "#39398a",
];

const warmDark: MantineColorsTuple = [
  "#edecea",
  "#c9c7c1",
  "#a3a19a",
  "#8e8c84",
  "#3a3a37",
  "#2b2b29",
  "#222220",
  "#1a1a19",
  "#151514",
  "#131312",
];

const field = {
  classNames: {
    wrapper: css.wrapper,
    input: css.input,
    label: css.label,
    description: css.description,
    error: css.error,
  },
};

export const theme = createTheme({
  primaryColor: "iris",
  primaryShade: { light: 6, dark: 4 },
  colors: { iris, dark: warmDark },
  fontFamily: '"Inter Variable", sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", monospace',
  fontSizes: { xs: "11px", sm: "12px", md: "13px", lg: "15px", xl: "22px" },
  lineHeights: { xs: "16px", sm: "18px", md: "20px", lg: "22px", xl: "30px" },
  spacing: { xs: "4px", sm: "8px", md: "12px", lg: "16px", xl: "24px" },
  radius: { xs: "4px", sm: "6px", md: "7px", lg: "8px", xl: "10px" },
  defaultRadius: "md",
  headings: { fontWeight: "600" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({
      defaultProps: { variant: "subtle", color: "gray", size: 26 },
      classNames: { root: css.icon },
    }),
    Button: Button.extend({ defaultProps: { variant: "default" }, classNames: { root: css.button } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: "xs" } }),
    Input: Input.extend({ classNames: { wrapper: css.wrapper, input: css.input } }),
    TextInput: TextInput.extend(field),
    Textarea: Textarea.extend(field),
    NumberInput: NumberInput.extend(field),
    Notification: Notification.extend({
      defaultProps: { closeButtonProps: { "aria-label": "Close" } },
      classNames: { root: css.dropdown },
    }),
    Select: Select.extend({
      ...field,
      defaultProps: { allowDeselect: false, comboboxProps: { transitionProps: { duration: 0 } } },
    }),
    Menu: Menu.extend({
      defaultProps: { transitionProps: { duration: 0 }, shadow: "md", position: "bottom-start" },
      classNames: { dropdown: css.dropdown, item: css.item, label: css.menuLabel },
    }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        transitionProps: { duration: 80 },
        overlayProps: { backgroundOpacity: 0.35, blur: 0 },
        shadow: "md",
        closeButtonProps: { "aria-label": "Close" },
      },
      classNames: { title: css.modalTitle, content: css.dropdown },
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: "xs", transitionDuration: 0 },
      classNames: { root: css.segments, label: css.segment },
    }),
    Switch: Switch.extend({ defaultProps: { size: "xs" } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, transitionProps: { duration: 0 } },
      classNames: { tooltip: css.tooltip },
    }),
  },
});
