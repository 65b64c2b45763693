// A correct verifier for the scheme, in the reader's programming language.

import { UnstyledButton } from "@mantine/core";
import { type KeyboardEvent, useId } from "react";
import { usePreference } from "~/api";
import type { SnippetView } from "~/api/types";
import { Code, CopyButton } from "~/parts";
import classes from "../signature.module.css";

export function Fix({ snippets }: { snippets: SnippetView[] }) {
  const [language, setLanguage] = usePreference<string>("lab.language", "node");
  const id = useId();
  const shown = snippets.find((snippet) => snippet.language === language) ?? snippets[0];
  if (shown === undefined) return null;
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = (snippets.indexOf(shown) + step + snippets.length) % snippets.length;
    setLanguage(snippets[at]?.language ?? "node");
    event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[at]?.focus();
  };
  return (
    <section aria-label="Verification code">
      <div className={classes.langs}>
        <h3>Verification code</h3>
        <div role="tablist" aria-label="Programming language" className={classes.langList} onKeyDown={move}>
          {snippets.map((snippet) => (
            <UnstyledButton
              key={snippet.language}
              role="tab"
              id={`${id}-${snippet.language}`}
              aria-selected={snippet === shown}
              aria-controls={`${id}-code`}
              tabIndex={snippet === shown ? 0 : -1}
              className={classes.lang}
              onClick={() => setLanguage(snippet.language)}
            >
              {snippet.name}
            </UnstyledButton>
          ))}
        </div>
        <CopyButton text={shown.code} label={`Copy ${shown.name} code`} small />
      </div>
      <div role="tabpanel" id={`${id}-code`} aria-labelledby={`${id}-${shown.language}`}>
        <Code language="code" text={shown.code} label={`${shown.name} code`} />
      </div>
    </section>
  );
}
