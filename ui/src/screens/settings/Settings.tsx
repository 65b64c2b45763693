// Settings: appearance, data, retention, vault, retry presets, keyboard, diagnostics.

import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import { Page } from "~/parts";
import { About } from "./About";
import { Appearance } from "./Appearance";
import { Data } from "./Data";
import { Diagnostics } from "./Diagnostics";
import { Keyboard } from "./Keyboard";
import { Retention } from "./retention/Retention";
import { RetryPresets } from "./retries/RetryPresets";
import { routeApi, SECTIONS, type SectionId } from "./search";
import classes from "./settings.module.css";
import { Vault } from "./Vault";

const CONTENT: Record<SectionId, () => ReactNode> = {
  appearance: Appearance,
  data: Data,
  retention: Retention,
  vault: Vault,
  retries: RetryPresets,
  keys: Keyboard,
  diagnostics: Diagnostics,
  about: About,
};

export function Settings() {
  const { section } = routeApi.useSearch();
  const page = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The first section is the default.
    page.current?.querySelector(`#${section ?? "appearance"}`)?.scrollIntoView({ block: "start" });
  }, [section]);
  return (
    <Page title="Settings">
      <div className={classes.layout}>
        <nav aria-label="Sections" className={classes.sections}>
          {SECTIONS.map(({ id, name }) => (
            <Link
              key={id}
              to="/settings"
              search={{ section: id }}
              data-on={(section ?? "appearance") === id || undefined}
              aria-current={(section ?? "appearance") === id ? "location" : undefined}
            >
              {name}
            </Link>
          ))}
        </nav>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
        <div className={classes.page} ref={page} tabIndex={0}>
          {SECTIONS.map(({ id, name }) => {
            const Content = CONTENT[id];
            return (
              <section key={id} id={id} aria-labelledby={`${id}-name`} className={classes.section}>
                <h2 id={`${id}-name`}>{name}</h2>
                <Content />
              </section>
            );
          })}
        </div>
      </div>
    </Page>
  );
}
