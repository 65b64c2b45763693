// Asks before something that cannot be taken back, or that touches many.

import { Button, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "~/api";
import { ProblemBox } from "./ProblemBox";

export interface ConfirmProps {
  open: boolean;
  /** The question: `Delete “CRM · approved”?` */
  title: string;
  /** What happens then. */
  children: ReactNode;
  /** The word on the button: `Delete`. Without one there is nothing to do but to close. */
  action: string | null;
  /** The word for leaving it: `Cancel` unless said. */
  dismiss?: string;
  /** Makes the button red. */
  danger?: boolean;
  busy?: boolean;
  /** Why it did not work; stays until the next try. */
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
