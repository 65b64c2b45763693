// Explains the demo, with a button to leave it.

import { Button } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useAct } from "~/data";
import { ProblemBox } from "~/parts";
import css from "./home.module.css";

export function DemoBanner() {
  const leave = useAct("leave_demo", { done: "The demo has ended. You are back in your own data." });
  return (
    <>
      <section className={css.demo} aria-label="Demo">
        <IconFlask size={16} stroke={1.6} aria-hidden="true" />
        <span className="grow">
          <b>This is a demo.</b>{" "}
          <span className="dim">
            A simulated affiliate program sends events to five endpoints on this machine: one is slow, one is
            unreliable, one rejects every request, and one is disabled. Nothing leaves this machine, and your
            own data is untouched.
          </span>
        </span>
        <Button size="xs" loading={leave.isPending} onClick={() => leave.mutate(null)}>
          Leave the demo
        </Button>
      </section>
      {leave.error && <ProblemBox problem={leave.error} />}
    </>
  );
}
