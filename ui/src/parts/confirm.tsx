// Asks before something that cannot be taken back, or that does much.
import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import css from "./confirm.module.css";
import { ProblemBox } from "./problem-box";

/** What is asked. */
export interface ConfirmProps {
  opened: boolean;
  onClose: () => void;
  /** The question, such as "Retry 34 deliveries?" */
  title: string;
  /** What will happen. */
  children?: ReactNode;
  /** The word on the button, a verb: "Retry 34". */
  confirm: string;
  onConfirm: () => void;
  /** Whether it destroys something. */
  danger?: boolean;
  /** Whether it is being done. */
  running?: boolean;
  /** Whether it cannot be done yet. */
  disabled?: boolean;
  /** Why it failed. */
  problem?: unknown;
}

export function Confirm(props: ConfirmProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title} size={460}>
      <div className={css.text}>{props.children}</div>
      {props.problem != null && (
        <div className={css.problem}>
          <ProblemBox problem={props.problem} />
        </div>
      )}
      <div className={css.buttons}>
        <Button onClick={props.onClose}>Cancel</Button>
        <Button
          variant={props.danger ? "danger" : "filled"}
          onClick={props.onConfirm}
          loading={props.running}
          disabled={props.disabled}
          data-autofocus
        >
          {props.confirm}
        </Button>
      </div>
    </Modal>
  );
}
