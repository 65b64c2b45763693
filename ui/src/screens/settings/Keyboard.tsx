// The keyboard shortcuts of this screen; other screens list their own.

import { keyName, useShortcutList } from "~/keys";
import { Key } from "~/parts";
import classes from "./settings.module.css";

export function Keyboard() {
  const scopes = useShortcutList();
  return (
    <div className={`card ${classes.keys}`}>
      {scopes.map(({ scope, shortcuts }) => (
        <div key={scope}>
          <h3>{scope}</h3>
          {shortcuts.map(({ keys, label }) => (
            <div key={`${keys} ${label}`} className={classes.key}>
              <span>{label}</span>
              <Key keys={keys} />
            </div>
          ))}
        </div>
      ))}
      <p className="dim">
        Each screen has its own shortcuts. Press <kbd className={classes.kbd}>{keyName("?")}</kbd> there to
        see them.
      </p>
    </div>
  );
}
