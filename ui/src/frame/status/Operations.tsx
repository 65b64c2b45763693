// Running operations, above the status bar: visible on every screen until they end and, if something
// went wrong, until they are dismissed.

import { ActionIcon, Button, Progress } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { OperationView } from "~/api/types";
import { useAct, useCall } from "~/data";
import { sentence } from "~/parts";
import { count } from "~/parts/format";
import frame from "../frame.module.css";
import { doing, results, shownOperations } from "./operations";

/** The height of one, in pixels. */
const ROW = 32;

export function Operations() {
  const { data } = useCall("operations", { limit: 10, cursor: null });
  // Operations that ended before the window opened are not shown.
  const [since] = useState(() => Date.now());
  const [read, setRead] = useState<readonly string[]>([]);
  const shown = shownOperations(data?.items ?? [], since, read);
  const rows = shown.length;
  useEffect(() => {
    document.documentElement.style.setProperty("--operations", `${rows * ROW}px`);
  }, [rows]);
  if (shown.length === 0) return null;
  return (
    <section className={frame.operations} aria-label="Operations">
      {shown.map((operation) => (
        <Operation key={operation.id} operation={operation} onRead={() => setRead([...read, operation.id])} />
      ))}
    </section>
  );
}

function Operation({ operation, onRead }: { operation: OperationView; onRead: () => void }) {
  const cancel = useAct("operation_cancel");
  const { total, delivered, failed, left_out, ended, why, held } = operation;
  const share = (n: number) => (total === 0 ? 0 : (n / total) * 100);
  const note = cancel.error?.message ?? why ?? held;
  const trouble = operation.state === "stopped" || failed > 0;
  return (
    <div className={frame.operation}>
      {ended &&
        (trouble ? (
          <IconAlertTriangle size={15} stroke={1.8} color="var(--fail)" aria-hidden="true" />
        ) : (
          <IconCircleCheck size={15} stroke={1.8} color="var(--ok)" aria-hidden="true" />
        ))}
      <b>{doing(operation)}</b>
      <Progress.Root size={6} className={frame.progress} aria-label={`${doing(operation)}, progress`}>
        <Progress.Section value={share(delivered)} color="var(--ok)" />
        <Progress.Section value={share(failed)} color="var(--fail)" />
        <Progress.Section value={share(left_out)} color="var(--skip)" />
      </Progress.Root>
      <span className="dim" role="status">
        {count(delivered + failed + left_out)} of {count(total)}
        {results(operation)}
      </span>
      <span className="grow ellipsis dim" title={note ?? undefined}>
        {note && sentence(note)}
      </span>
      {failed > 0 && operation.subscription && (
        <Link
          to="/deliveries"
          search={{ subscription: [operation.subscription], state: ["failed"], range: "all" }}
        >
          View failed deliveries
        </Link>
      )}
      {ended ? (
        <ActionIcon size="sm" aria-label="Dismiss" title="Dismiss" onClick={onRead}>
          <IconX size={14} stroke={1.6} />
        </ActionIcon>
      ) : (
        <Button
          size="compact-xs"
          loading={cancel.isPending}
          onClick={() => cancel.mutate({ id: operation.id })}
        >
          Stop
        </Button>
      )}
    </div>
  );
}
