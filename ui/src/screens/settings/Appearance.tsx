// The theme and the level of detail.

import { SegmentedControl } from "@mantine/core";
import { type Theme, useAdvanced, usePreference } from "~/api";
import classes from "./settings.module.css";

const THEMES: { value: Theme; label: string }[] = [
  { value: "auto", label: "System" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
];

export function Appearance() {
  const [theme, setTheme] = usePreference<Theme>("theme", "auto");
  const [advanced, setAdvanced] = useAdvanced();
  return (
    <div className="card">
      <div className={classes.choice}>
        <div>
          <b id="theme-name">Theme</b>
          <p className="dim">System follows the light or dark mode of your desktop.</p>
        </div>
        <SegmentedControl
          size="xs"
          aria-labelledby="theme-name"
          data={THEMES}
          value={theme}
          onChange={(value) => setTheme(value as Theme)}
        />
      </div>
      <div className={classes.choice}>
        <div>
          <b id="detail-name">Detail</b>
          <p className="dim">
            Simple hides headers and raw bytes. Advanced shows everything an integration engineer needs.
          </p>
        </div>
        <SegmentedControl
          size="xs"
          aria-labelledby="detail-name"
          data={[
            { value: "simple", label: "Simple" },
            { value: "advanced", label: "Advanced" },
          ]}
          value={advanced ? "advanced" : "simple"}
          onChange={(value) => setAdvanced(value === "advanced")}
        />
      </div>
    </div>
  );
}
