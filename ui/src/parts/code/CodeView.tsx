// The editor behind `Code`.

import { ActionIcon } from "@mantine/core";
import { IconTextWrap } from "@tabler/icons-react";
import CodeMirror from "@uiw/react-codemirror";
import { useMemo } from "react";
import { usePreference } from "~/api";
import { CopyButton } from "../feedback/CopyButton";
import type { CodeProps } from "./Code";
import css from "./Code.module.css";
import { readOnly } from "./codemirror";

export default function CodeView({
  text,
  label,
  language = "json",
  maxHeight = 480,
  numbers = false,
  bare = false,
}: CodeProps) {
  const [wrap, setWrap] = usePreference("code.wrap", true);
  const big = text.length > 1_000_000;
  const json = language === "json" && !big;
  const code = language === "code" && !big;
  const extensions = useMemo(
    () => readOnly({ label, json, code, wrap, numbers }),
    [label, json, code, wrap, numbers],
  );
  return (
    <div className={css.box} data-full={maxHeight === 0 || undefined}>
      <CodeMirror
        value={text}
        extensions={extensions}
        basicSetup={false}
        theme="none"
        readOnly
        {...(maxHeight === 0
          ? { height: "100%", style: { height: "100%" } }
          : { maxHeight: `${maxHeight}px` })}
      />
      {!bare && (
        <div className={css.tools}>
          <ActionIcon
            size="xs"
            aria-pressed={wrap}
            aria-label="Wrap long lines"
            title={wrap ? "Do not wrap long lines" : "Wrap long lines"}
            data-on={wrap || undefined}
            onClick={() => setWrap(!wrap)}
          >
            <IconTextWrap size={14} stroke={1.6} />
          </ActionIcon>
          <CopyButton text={text} label={`Copy: ${label}`} />
        </div>
      )}
    </div>
  );
}
