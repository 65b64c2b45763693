// Recent deliveries, to load the request of one of them.

import { Modal, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconList, IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useCall } from "~/data";
import { Empty, ProblemBox, StateBadge, Time } from "~/parts";
import { useEventTitles } from "~/parts/format/eventTitles";
import { aboutWords } from "~/parts/format/money";
import classes from "../signature.module.css";

export interface PickDeliveryProps {
  open: boolean;
  onClose: () => void;
  onPick: (delivery: string) => void;
}

/** Up and down between the lines. */
function move(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  const lines = [...event.currentTarget.querySelectorAll<HTMLElement>("input, li button")];
  const next = lines[lines.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

function Found({ search, onPick }: { search: string; onPick: (delivery: string) => void }) {
  const title = useEventTitles();
  const { data, error } = useCall(
    "deliveries",
    { limit: 50, ...(search ? { search } : {}) },
    { live: false },
  );
  if (error) return <ProblemBox problem={error} />;
  if (!data) return null;
  const sent = data.items.filter((delivery) => delivery.attempt_count > 0);
  if (sent.length === 0) {
    return (
      <Empty icon={IconList} title={search ? "No sent deliveries match" : "No deliveries sent yet"}>
        Every delivery with at least one attempt can be loaded with the exact bytes that were sent.
      </Empty>
    );
  }
  return (
    <ul className={`${classes.list} ${classes.picks}`}>
      {sent.map((delivery) => (
        <li key={delivery.id}>
          <UnstyledButton className={classes.pick} onClick={() => onPick(delivery.id)}>
            <StateBadge state={delivery.state} attempts={delivery.attempt_count} bare />
            <span className="dim num">
              <Time at={delivery.created_at} form="absolute" />
            </span>
            <span className="ellipsis">
              {title(delivery.event_type)} <span className="faint">{aboutWords(delivery.about)}</span>
            </span>
            <span className="dim ellipsis">{delivery.subscription_name || delivery.url}</span>
            <span className="mono dim">{delivery.status ?? delivery.outcome ?? ""}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
}

export function PickDelivery({ open, onClose, onPick }: PickDeliveryProps) {
  const [text, setText] = useState("");
  const [search] = useDebouncedValue(text.trim(), 200);
  return (
    <Modal opened={open} onClose={onClose} title="Choose a delivery" size={760}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the lines inside */}
      <div className="stack" onKeyDown={move}>
        <TextInput
          data-autofocus
          aria-label="Search deliveries"
          placeholder="Payloads, responses, URLs, ids"
          leftSection={<IconSearch size={15} stroke={1.6} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {open && <Found search={search} onPick={onPick} />}
      </div>
    </Modal>
  );
}
