// A dialog for a whole HTTP message, as printed by a log, a proxy or a capture.

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
          Request line, headers, an empty line, body. The message is split when pasted, and the body is
          preserved byte for byte.
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
              ? "Not an HTTP message. Expected lines of “Name: value”, an empty line, then the body."
              : null
          }
        />
        <div className="line" style={{ justifyContent: "flex-end" }}>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="filled" disabled={text.trim() === ""} onClick={() => take(text)}>
            Use message
          </Button>
        </div>
      </div>
    </Modal>
  );
}
