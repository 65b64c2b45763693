// A field for one whole HTTP message, as a log, a proxy or a capture prints it.

import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import classes from "../signature.module.css";
import { type Message, splitMessage } from "./message";

export interface PasteMessageProps {
  open: boolean;
  onClose: () => void;
  onMessage: (message: Message) => void;
}

export function PasteMessage({ open, onClose, onMessage }: PasteMessageProps) {
  const [text, setText] = useState("");
  const [failed, setFailed] = useState(false);
  const take = (raw: string) => {
    const message = splitMessage(raw);
    setFailed(message === null);
    if (message === null) return;
    onMessage(message);
    setText("");
    onClose();
  };
  return (
    <Modal opened={open} onClose={onClose} title="Paste a raw HTTP message" size={680}>
      <div className="stack">
        <p className="dim">
          Request line, headers, an empty line, body. Pasting takes it apart at once and keeps the body byte
          for byte.
        </p>
        <Textarea
          className={classes.mono}
          aria-label="Raw HTTP message"
          data-autofocus
          autosize
          minRows={12}
          maxRows={22}
          spellCheck={false}
          placeholder={
            'POST /hooks/trcker HTTP/1.1\nContent-Type: application/json\nX-Trcker-Signature: t=…,v1=…\n\n{"id":"evt_…"}'
          }
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setFailed(false);
          }}
          onPaste={(event) => {
            const raw = event.clipboardData.getData("text/plain");
            if (text !== "" || splitMessage(raw) === null) return;
            event.preventDefault();
            take(raw);
          }}
          error={
            failed
              ? "This does not begin like an HTTP message: lines of “Name: value”, then an empty line, then the body."
              : null
          }
        />
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="filled" disabled={text.trim() === ""} onClick={() => take(text)}>
            Take it apart
          </Button>
        </div>
      </div>
    </Modal>
  );
}
