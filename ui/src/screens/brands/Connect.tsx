// Connecting a platform: choose it, paste its API key, see what was found.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconCheck, IconCircle, IconLoader2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { BrandForm, BrandView, KeyCheck, PlatformView } from "~/api/types";
import { useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { fieldError, Page, Pill, ProblemBox, Verdict } from "~/parts";
import { plural } from "~/parts/format";
import css from "./brands.module.css";
import { fieldOf, inputError } from "./labels";
import { PlatformError } from "./PlatformError";
import { routeApi } from "./search";

/** How long after the last keystroke the API key is tested. */
const PAUSE_MS = 500;
/** The shortest input that is tested as a key. */
const SHORTEST = 8;
const FIELDS = ["name", "base_url", "secret"];

export function Connect() {
  const search = routeApi.useSearch();
  const navigate = routeApi.useNavigate();
  const { data: platforms, error } = useCall("platforms", null, { live: false });
  const { data: brands } = useCall("brands", null);
  const [created, setCreated] = useState<BrandView | null>(null);
  const leave = () => void navigate({ search: created ? { id: created.id } : {} });
  useShortcuts("Connect a platform", [
    {
      keys: "Escape",
      label: "Back",
      run: () => (search.platform && !created ? void navigate({ search: { do: "connect" } }) : leave()),
    },
  ]);
  const platform = platforms?.find((one) => one.name === search.platform && one.has_api);
  const step = created ? 3 : platform ? 2 : 1;
  return (
    <Page
      title="Connect a platform"
      filters={<Progress step={step} />}
      actions={
        step < 3 && (
          <>
            <Button onClick={leave}>Cancel</Button>
            {step === 2 && <Button onClick={() => void navigate({ search: { do: "connect" } })}>Back</Button>}
          </>
        )
      }
      padded
    >
      <div className={css.connect}>
        {error && <ProblemBox problem={error} />}
        {step === 1 && <Choose platforms={platforms ?? []} />}
        {step === 2 && platform && (
          <KeyForm
            key={platform.name}
            platform={platform}
            existingNames={(brands ?? []).map(({ name }) => name)}
            onConnected={setCreated}
          />
        )}
        {created && (
          <Connected brand={created} platform={platforms?.find((p) => p.name === created.platform)} />
        )}
      </div>
    </Page>
  );
}

const STEPS = ["Platform", "API key", "Connected"];

function Progress({ step }: { step: number }) {
  return (
    <ol className={css.steps} aria-label="Steps">
      {STEPS.map((name, index) => (
        <li key={name} aria-current={index + 1 === step ? "step" : undefined}>
          {index + 1} {name}
        </li>
      ))}
    </ol>
  );
}

function Choose({ platforms }: { platforms: readonly PlatformView[] }) {
  const order = (one: PlatformView) => (one.name === "generic" ? 1 : 0);
  const shown = platforms.filter((one) => one.has_api).toSorted((a, b) => order(a) - order(b));
  return (
    <>
      <h2>Which platform runs your affiliate program?</h2>
      <p className="dim">
        Hookbench creates, edits and monitors its webhooks for you. You need an API key for your account.
      </p>
      <div className={css.platforms}>
        {shown.map((one) => (
          <Link
            key={one.name}
            to="/brands"
            search={{ do: "connect", platform: one.name }}
            className={css.platform}
          >
            <b>{one.name === "generic" ? "Other platform" : one.title}</b>
            <span className="dim">{one.summary}</span>
          </Link>
        ))}
      </div>
    </>
  );
}

interface KeyFormProps {
  platform: PlatformView;
  /** The names of existing brands. */
  existingNames: readonly string[];
  onConnected: (brand: BrandView) => void;
}

/** An unused brand name. */
export function freeName(wanted: string, existingNames: readonly string[]): string {
  let name = wanted;
  for (let n = 2; existingNames.includes(name); n++) name = `${wanted} ${n}`;
  return name;
}

function KeyForm({ platform, existingNames, onConnected }: KeyFormProps) {
  const [elsewhere, setElsewhere] = useState(platform.base_url === null);
  const check = useAct("brand_test");
  const add = useAct("brand_add", { after: onConnected });
  const form = useForm({
    initialValues: {
      name: freeName(platform.title, existingNames),
      url: platform.base_url ?? "",
      key: "",
    },
    onValuesChange: () => add.reset(),
  });
  const { name, url, key } = form.values;
  const brand: BrandForm = { platform: platform.name, base_url: url.trim(), secret: key.trim() };
  const ready = url.trim() !== "" && key.trim() !== "";
  const tested = check.variables;
  const current =
    tested !== undefined && tested.secret === brand.secret && tested.base_url === brand.base_url;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing restarts the timer
  useEffect(() => {
    if (!ready || key.trim().length < SHORTEST) return;
    const timer = setTimeout(() => check.mutate(brand), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [key, url]);
  const connect = () => {
    if (ready && !add.isPending) add.mutate({ ...brand, name: name.trim() });
  };
  const problem = add.error ?? (current ? check.error : null);
  const wrong = problem ? fieldOf(problem, platform.title) : null;
  const general = problem && !FIELDS.some((field) => fieldError(problem, field).error);
  return (
    <form className="stack" onSubmit={form.onSubmit(connect)}>
      <div>
        <h2>Paste the API key of your {platform.title} account</h2>
        <p className="dim">
          You find it in the settings of {platform.title}, as “API key” or “token”
          {platform.key_prefix && (
            <>
              {" "}
              starting with <code className="mono">{platform.key_prefix}</code>
            </>
          )}
          . It is stored in the vault on this machine and sent only to {platform.title}.
        </p>
      </div>
      {elsewhere && (
        <TextInput
          label="API URL"
          description={
            platform.base_url === null
              ? `${platform.title} does not publish it. Check its API documentation or ask its support.`
              : undefined
          }
          placeholder="https://api.example.com"
          type="url"
          spellCheck={false}
          autoFocus={platform.base_url === null}
          {...form.getInputProps("url")}
          {...inputError(problem, "base_url")}
        />
      )}
      <PasswordInput
        label="API key"
        placeholder={`${platform.key_prefix}…`}
        autoComplete="off"
        spellCheck={false}
        autoFocus={platform.base_url !== null}
        {...form.getInputProps("key")}
        error={wrong === "secret"}
        {...inputError(problem, "secret")}
      />
      {!elsewhere && (
        <p className="dim">
          API URL: <code className="mono">{url}</code>.{" "}
          <button type="button" className={css.link} onClick={() => setElsewhere(true)}>
            Use another URL
          </button>
        </p>
      )}
      <TextInput
        label="Name"
        description="The name of your program or shop, shown in the brand switcher."
        {...form.getInputProps("name")}
        {...inputError(add.error, "name")}
      />
      <KeyCheckProgress
        busy={check.isPending}
        found={current ? check.data : undefined}
        asked={ready}
        adding={add.isPending}
      />
      {general && problem && <PlatformError problem={problem} platform={platform.title} />}
      <div className="line">
        <Button
          type="submit"
          variant="filled"
          disabled={!ready || name.trim() === ""}
          loading={add.isPending}
        >
          Connect {platform.title}
        </Button>
        <span className="dim">Connecting changes nothing at {platform.title}.</span>
      </div>
    </form>
  );
}

interface KeyCheckProgressProps {
  busy: boolean;
  found: KeyCheck | undefined;
  asked: boolean;
  adding: boolean;
}

/** The result of testing the API key. */
function KeyCheckProgress({ busy, found, asked, adding }: KeyCheckProgressProps) {
  const steps = [
    { name: found ? "API key accepted" : "API key", done: found !== undefined },
    {
      name: found ? plural(found.event_types, "event type") : "Event types",
      done: found !== undefined,
    },
    {
      name: found
        ? found.webhooks === 0
          ? "No existing webhooks"
          : plural(found.webhooks, "existing webhook")
        : "Existing webhooks",
      done: found !== undefined,
    },
  ];
  if (!asked) return null;
  return (
    <div className={css.live} role="status">
      {steps.map(({ name, done }) => (
        <span key={name} className={css.liveStep} data-done={done || undefined}>
          {done ? (
            <IconCheck size={15} stroke={2} aria-hidden="true" />
          ) : busy || adding ? (
            <IconLoader2 size={15} className={css.turning} aria-hidden="true" />
          ) : (
            <IconCircle size={15} stroke={1.4} aria-hidden="true" />
          )}
          {name}
        </span>
      ))}
      {found?.warnings.map((warning) => (
        <p key={warning} style={{ color: "var(--retry)" }}>
          {warning}
        </p>
      ))}
    </div>
  );
}

/** What was found at the platform, and the next steps. */
function Connected({ brand, platform }: { brand: BrandView; platform: PlatformView | undefined }) {
  const { data } = useCall("brand", { id: brand.id });
  const title = platform?.title ?? brand.platform_title;
  const there = data?.webhooks.filter((one) => one.gone_at === null) ?? [];
  const goal = platform?.goals[0];
  const others = platform?.goals.slice(1, 4) ?? [];
  const wizard = (goalTitle: string | undefined) => ({
    do: "new" as const,
    at: brand.id,
    platform: brand.platform,
    ...(goalTitle === undefined ? {} : { goal: goalTitle }),
  });
  return (
    <div className="stack">
      <Verdict tone="ok" headline={`${brand.name} is connected.`}>
        {data
          ? `${title} offers ${plural(data.event_types.length, "event type")} and has ${there.length === 0 ? "no webhooks yet." : `${plural(there.length, "existing webhook")}.`}`
          : `Syncing ${title}…`}
      </Verdict>
      {there.length > 0 && (
        <section className={css.box}>
          <h3>Existing webhooks at {title}</h3>
          <p className="dim">
            These were created elsewhere. Import them under{" "}
            <Link to="/brands" search={{ id: brand.id }}>
              Brands
            </Link>{" "}
            to monitor and edit them from here.
          </p>
          {there.slice(0, 4).map((one) => (
            <div key={one.id} className={css.found}>
              <span className="mono ellipsis">{one.url}</span>
              <Pill tone="skip">{plural(one.events.length, "event type")}</Pill>
            </div>
          ))}
        </section>
      )}
      <div>
        <h2>Create your first subscription</h2>
        <p className="dim">Choose a goal. You can change it at any time.</p>
      </div>
      <div className={css.platforms}>
        {goal && (
          <Link to="/subscriptions" search={wizard(goal.title)} className={css.platform} data-first>
            <b>Send approved conversions to my CRM</b>
            <span className="dim">{goal.why}. Takes about a minute.</span>
          </Link>
        )}
        {others.map((one) => (
          <Link key={one.title} to="/subscriptions" search={wizard(one.title)} className={css.platform}>
            <b>{one.title}</b>
            <span className="dim">{one.why}</span>
          </Link>
        ))}
      </div>
      <div className="line">
        <Button renderRoot={(props) => <Link {...props} to="/brands" search={{ id: brand.id }} />}>
          View {title}
        </Button>
      </div>
    </div>
  );
}
