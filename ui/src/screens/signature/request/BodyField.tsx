// The body with its size: text, or the exact bytes of a file.

import { Button } from "@mantine/core";
import { type DragEvent, useRef, useState } from "react";
import { count, plural } from "~/parts/format";
import classes from "../signature.module.css";
import { BodyEditor } from "./BodyEditor";
import { type Body, bodyOf, bytesOf, EMPTY_BODY } from "./bytes";
import { edit } from "./draft";
import { HiddenBytes } from "./HiddenBytes";
import type { Message } from "./message";

/** Larger files are rejected: no platform sends such a body. */
const MOST = 16 * 1024 * 1024;

export interface BodyFieldProps {
  body: Body;
  onMessage: (message: Message) => void;
  /** How its length differs from the signed body. */
  remark: string;
  problem: string | null;
}

export function BodyField({ body, onMessage, remark, problem }: BodyFieldProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [fileError, setFileError] = useState<string | null>(null);
  const size = bytesOf(body).length;

  const take = async (file: File | undefined) => {
    setOver(false);
    if (file === undefined) return;
    if (file.size > MOST) {
      setFileError(`${file.name} has ${count(file.size)} bytes. The limit is ${count(MOST)}.`);
      return;
    }
    try {
      edit({
        body: bodyOf(new Uint8Array(await file.arrayBuffer()), file.name),
        from: `File ${file.name}`,
      });
      setFileError(null);
    } catch (error) {
      setFileError(`${file.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const dragged = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };
  const dropped = (event: DragEvent) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    void take(event.dataTransfer.files[0]);
  };

  return (
    <section
      className={`${classes.body} ${over ? classes.over : ""}`}
      aria-label="Request body"
      onDragOverCapture={dragged}
      onDragLeave={() => setOver(false)}
      onDropCapture={dropped}
    >
      <div className={classes.label}>
        <span>Body</span>
        <span className="num" role="status">
          {plural(size, "byte")} · {"text" in body ? "UTF-8" : "not UTF-8"}
          {remark !== "" && (
            <>
              {" · "}
              <b className={classes.more}>{remark}</b>
            </>
          )}
        </span>
        <Button size="xs" onClick={() => chooser.current?.click()}>
          Choose file…
        </Button>
      </div>
      <input
        ref={chooser}
        type="file"
        hidden
        onChange={(event) => {
          void take(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
      {"text" in body ? (
        <>
          <BodyEditor value={body.text} onChange={(text) => edit({ body: { text } })} onMessage={onMessage} />
          <HiddenBytes text={body.text} onChange={(text) => edit({ body: { text } })} />
        </>
      ) : (
        <div className={classes.file}>
          <b>{body.name}</b>
          <span className="dim">
            Not UTF-8 text. The exact bytes of the file are verified. They may be compressed or in another
            character set.
          </span>
          <Button size="xs" onClick={() => edit({ body: EMPTY_BODY, from: null })}>
            Remove file
          </Button>
        </div>
      )}
      {(fileError ?? problem) !== null && (
        <p className={classes.more} role="alert">
          {fileError ?? problem}
        </p>
      )}
    </section>
  );
}
