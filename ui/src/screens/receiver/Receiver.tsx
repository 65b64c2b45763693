// Receiver: sources for inbound webhooks, the received requests, and why any was rejected.

import { Button } from "@mantine/core";
import { IconDownload, IconPlus } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { CopyButton, Empty, Page, ProblemBox, Split } from "~/parts";
import classes from "./receiver.module.css";
import { RequestDetail } from "./requests/RequestDetail";
import { Requests } from "./requests/Requests";
import { withKeys } from "./requests/requests";
import { type ReceiverSearch, routeApi } from "./search";
import { CreateSource } from "./sources/CreateSource";
import { SourceSetup } from "./sources/SourceSetup";
import { Sources } from "./sources/Sources";
import { PublicEndpoint } from "./tools/PublicEndpoint";
import { ReceiverCheck } from "./tools/ReceiverCheck";
import { ScriptedTargets } from "./tools/ScriptedTargets";

/** The id in the query while there is no source. */
const NO_SOURCE = "";

export function Receiver() {
  const search = routeApi.useSearch();
  const navigate = useNavigate({ from: "/receiver" });
  const { data: status } = useCall("status", null);
  const { data: sources, error } = useCall("sources", null);
  const leave = useAct("leave_demo");
  const { data: reach } = useCall("public_endpoint", null);
  const source = sources?.find(({ id }) => id === search.source) ?? sources?.[0];
  const received = useCall(
    "received",
    { id: source?.id ?? NO_SOURCE },
    { enabled: source !== undefined, keep: false },
  );
  const request = useMemo(
    () => withKeys(received.data ?? []).find(({ key }) => key === search.request)?.request,
    [received.data, search.request],
  );
  const change = (part: Partial<ReceiverSearch>, replace = false) =>
    void navigate({ search: (old) => ({ ...old, ...part }), replace });
  const add = () => change({ new: true });
  useShortcuts("Receiver", [
    {
      keys: "Escape",
      label: "Close the request",
      enabled: search.request !== undefined,
      run: () => change({ request: undefined }, true),
    },
    { keys: "n", label: "New source", run: add },
  ]);
  const receiver = status?.receiver ?? null;
  const inDemo = status?.workspace === "demo";

  return (
    <Page
      title="Receiver"
      subtitle={
        receiver ? (
          <span className="line">
            Listening at <code className="mono">{receiver}</code>
            <CopyButton text={receiver} label="Copy receiver address" small />
          </span>
        ) : (
          status && (inDemo ? "Not listening: the demo only sends" : "Not listening")
        )
      }
      actions={
        source && (
          <Button variant="filled" leftSection={<IconPlus size={15} stroke={1.6} />} onClick={add}>
            Add source
          </Button>
        )
      }
    >
      {error && <ProblemBox problem={error} />}
      {sources && (
        <div className={classes.layout}>
          <Sources sources={sources} selected={source?.id} tool={search.tool} />
          <div>
            {search.tool === "targets" && (
              <ScriptedTargets
                selected={search.target}
                onSelect={(target) => change({ target }, true)}
                onCheck={(url) => void navigate({ search: { tool: "check", url } })}
              />
            )}
            {search.tool === "check" && <ReceiverCheck key={search.url} url={search.url} />}
            {search.tool === "public-endpoint" && <PublicEndpoint receiver={receiver} />}
            {search.tool === undefined && !source && (
              <Empty
                icon={IconDownload}
                title="Receive webhooks here"
                action={
                  inDemo ? (
                    <Button variant="filled" loading={leave.isPending} onClick={() => leave.mutate(null)}>
                      Leave demo and add source
                    </Button>
                  ) : (
                    <Button variant="filled" onClick={add}>
                      Add source
                    </Button>
                  )
                }
              >
                A source is a URL on this machine that receives webhooks from one sender. Each request is
                verified against its raw bytes, deduplicated, and sent to the matching subscriptions. Rejected
                requests are listed with the reason.
                {inDemo &&
                  " The demo simulates its traffic and does not listen, so that your ports stay free."}
              </Empty>
            )}
            {search.tool === undefined && source && (
              <Split
                id="receiver"
                label={request ? "Request" : "Source"}
                width={440}
                left={
                  <Requests
                    requests={received.data}
                    error={received.error}
                    show={search.show}
                    onShow={(show) => change({ show, request: undefined }, true)}
                    selected={search.request ?? null}
                    onSelect={(key) => change({ request: key }, search.request !== undefined)}
                  />
                }
                right={
                  request ? (
                    <RequestDetail
                      key={search.request}
                      request={request}
                      source={source}
                      onClose={() => change({ request: undefined }, true)}
                    />
                  ) : (
                    <SourceSetup
                      key={source.id}
                      source={source}
                      receiver={receiver}
                      publicUrl={reach?.public_url ?? null}
                      onDeleted={() => void navigate({ search: {} })}
                    />
                  )
                }
              />
            )}
          </div>
        </div>
      )}
      {search.new && (
        <CreateSource
          receiver={receiver}
          onClose={(created) =>
            void navigate({ search: created ? { source: created } : (old) => ({ ...old, new: undefined }) })
          }
        />
      )}
    </Page>
  );
}
