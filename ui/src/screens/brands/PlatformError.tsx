// What a platform refused, in plain words, with the program's own words beside.

import type { ReactNode } from "react";
import type { Problem } from "~/api";
import { useAdvanced } from "~/api";
import { ProblemBox, sentence, Verdict } from "~/parts";
import { refusal } from "./labels";

export interface RefusalProps {
  problem: Pick<Problem, "code" | "message" | "hint">;
  /** The platform's name for people. */
  platform: string;
  action?: ReactNode;
}

export function Refusal({ problem, platform, action }: RefusalProps) {
  const [advanced] = useAdvanced();
  const said = refusal(problem.code, platform);
  if (!said) return <ProblemBox problem={problem} action={action} />;
  return (
    <div role="alert" data-code={problem.code}>
      <Verdict headline={said.headline} actions={action}>
        {said.next}
        {advanced && (
          <span className="faint" style={{ display: "block" }}>
            {sentence(problem.message)}
          </span>
        )}
      </Verdict>
    </div>
  );
}
