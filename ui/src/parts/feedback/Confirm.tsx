// Confirms an action that cannot be undone, or that affects many.

import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "~/api";
import { ProblemBox } from "./ProblemBox";

export interface ConfirmProps {
  open: boolean;
  /** The question: `Delete “CRM · approved”?` */
  title: string;
  /** What the action does. */
  children: ReactNode;
  /** The label of the button: `Delete`. With `null`, the dialog can only be closed. */
  action: string | null;
  /** The label of the dismiss button: `Cancel` by default. */
  dismiss?: string;
  /** Makes the button red. */
  danger?: boolean;
  busy?: boolean;
  /** The error of the last try. */
  problem?: Problem | null;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm(props: ConfirmProps) {
  const {
    open,
    title,
    children,
    action,
    dismiss = "Cancel",
    danger = false,
    busy = false,
    problem,
    onConfirm,
    onClose,
  } = props;
  return (
    <Modal opened={open} onClose={onClose} title={title} size={440}>
      <div className="stack">
        <div>{children}</div>
        {problem && <ProblemBox problem={problem} />}
        <div className="line" style={{ justifyContent: "flex-end" }}>
          {action === null ? (
            <Button onClick={onClose}>Close</Button>
          ) : (
            <>
              <Button onClick={onClose}>{dismiss}</Button>
              <Button
                variant="filled"
                color={danger ? "var(--fail)" : undefined}
                loading={busy}
                onClick={onConfirm}
              >
                {action}
              </Button>
            </>
          )}
        </div>
      </div>
    </Modal>
  );
}
