// The strip below: how the program stands. Every number leads to what it counts.
import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Problem } from "../api";
import { useAct } from "../data/use-call";
import { sentence } from "../parts/problem-box";
import { count, plural, rate } from "../words";
import { type Status, standing } from "./standing";
import css from "./strip.module.css";

export function Strip({ status, problem }: { status: Status | undefined; problem: Problem | null }) {
  const leave = useAct("leave_demo");
  const pulse = status?.pulse;
  const told = status && standing(status);
  const queue = pulse ? pulse.waiting + pulse.in_flight : 0;
  const notes = status?.notes ?? [];
  return (
    <footer className={css.strip}>
      {told ? (
        <Tooltip label={told.title} multiline maw={360}>
          <Link to="/settings" className={css.state}>
            <span className={css.dot} style={{ background: `var(--${told.tone})` }} />
            {told.word}
          </Link>
        </Tooltip>
      ) : (
        <span className={css.state} title={problem?.message}>
          <span className={css.dot} style={{ background: problem ? "var(--fail)" : "var(--mark)" }} />
          {problem ? "No answer from the program" : "Starting"}
        </span>
      )}
      {pulse && (
        <>
          <Link to="/deliveries" search={{ state: ["waiting", "retrying", "in_flight"] }}>
            Queue {count(queue)}
          </Link>
          <Link to="/live">{rate(pulse.attempts_per_s)} deliveries/s</Link>
        </>
      )}
      {status?.receiver && <Link to="/receiver">Receiver {status.receiver.replace(/^https?:\/\//, "")}</Link>}
      {notes.length > 0 && (
        <Tooltip label={notes.map(sentence).join(" ")} multiline maw={360}>
          <Link to="/settings" className={css.note}>
            <IconInfoCircle aria-hidden size={14} stroke={1.6} />
            {plural(notes.length, "note")}
          </Link>
        </Tooltip>
      )}
      <span className={css.space} />
      {pulse && pulse.failing > 0 && (
        <Link to="/subscriptions" search={{ light: "failing" }} className={css.failing}>
          {plural(pulse.failing, "subscription")} failing
        </Link>
      )}
      {status?.workspace === "demo" && (
        <UnstyledButton className={css.leave} onClick={() => void leave.run()} disabled={leave.running}>
          Leave the demo
        </UnstyledButton>
      )}
    </footer>
  );
}
