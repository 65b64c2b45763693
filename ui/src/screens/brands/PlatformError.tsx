// An error from a platform's API, explained.

import type { ReactNode } from "react";
import type { Problem } from "~/api";
import { useAdvanced } from "~/api";
import { ProblemBox, sentence, Verdict } from "~/parts";
import { explainPlatformError } from "./labels";

export interface PlatformErrorProps {
  problem: Pick<Problem, "code" | "message" | "hint">;
  /** The platform's title. */
  platform: string;
  action?: ReactNode;
}

export function PlatformError({ problem, platform, action }: PlatformErrorProps) {
  const [advanced] = useAdvanced();
  const explained = explainPlatformError(problem.code, platform);
  if (!explained) return <ProblemBox problem={problem} action={action} />;
  return (
    <div role="alert" data-code={problem.code}>
      <Verdict headline={explained.headline} actions={action}>
        {explained.next}
        {advanced && (
          <span className="faint" style={{ display: "block" }}>
            {sentence(problem.message)}
          </span>
        )}
      </Verdict>
    </div>
  );
}
