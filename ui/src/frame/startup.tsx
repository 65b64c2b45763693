// The page that stands instead of every screen while the data folder cannot be used.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useAct } from "../data/use-call";
import { Confirm } from "../parts/confirm";
import { CopyButton } from "../parts/copy-button";
import { DefinitionList } from "../parts/definition-list";
import { ProblemBox, sentence } from "../parts/problem-box";
import { type Status, trouble } from "./standing";
import css from "./startup.module.css";

export function Startup({ status }: { status: Status }) {
  const retry = useAct("retry_open");
  const folder = useAct("open_data_dir");
  const demo = useAct("start_demo");
  const aside = useAct("set_aside", { done: "The old database was set aside. Nothing was deleted." });
  const [asking, setAsking] = useState(false);
  const problem = status.problem;
  const told = trouble(problem?.code ?? "");
  const failed = retry.problem ?? folder.problem ?? demo.problem;
  return (
    <div className={css.page}>
      <div className={css.column}>
        <h1>{told.headline}</h1>
        <p>{sentence(problem?.message ?? "The program did not say why")}</p>
        {problem?.hint && <p className={css.hint}>{sentence(problem.hint)}</p>}
        <div className={css.buttons}>
          <Button variant="filled" onClick={() => void retry.run()} loading={retry.running}>
            Try again
          </Button>
          <Button onClick={() => void folder.run()}>Open the data folder</Button>
          {told.setAside && <Button onClick={() => setAsking(true)}>Set aside and start afresh…</Button>}
          <Button onClick={() => void demo.run()} loading={demo.running}>
            Start the demo meanwhile
          </Button>
        </div>
        <ProblemBox problem={failed} />
        <DefinitionList
          items={[
            { term: "Data folder", value: status.data_dir, mono: true },
            { term: "Version", value: status.version },
            { term: "Problem", value: problem?.code, mono: true },
          ]}
        />
        <div>
          <CopyButton
            label="Copy these facts"
            text={[problem?.code, problem?.message, status.data_dir, status.version]
              .filter(Boolean)
              .join("\n")}
          />
        </div>
      </div>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title="Set the database aside?"
        confirm="Set aside"
        danger
        running={aside.running}
        problem={aside.problem}
        onConfirm={() => void aside.run()}
      >
        The database is renamed and stays in the data folder. Hookbench starts with an empty one: your
        subscriptions, deliveries and sources are not in it. Nothing is deleted.
      </Confirm>
    </div>
  );
}
