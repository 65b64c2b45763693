// Connecting a platform: which one, its key, and what was found there.

import { Button, PasswordInput, TextInput } from "@mantine/core";
import { IconCheck, IconCircle, IconLoader2 } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { BrandForm, BrandView, KeyCheck, PlatformView } from "~/api/types";
import { useAct, useCall } from "~/data";
import { useShortcuts } from "~/keys";
import { fieldError, Page, Pill, ProblemBox, Verdict } from "~/parts";
import { plural } from "~/parts/format";
import css from "./brands.module.css";
import { fieldOf, wrongWith } from "./labels";
import { Refusal } from "./PlatformError";
import { routeApi } from "./search";

/** How long after the last key the platform is asked whether it takes what was pasted. */
const PAUSE_MS = 500;
/** Shorter than this is no key yet. */
const SHORTEST = 8;
const FIELDS = ["name", "base_url", "secret"];

export function Connect() {
  const search = routeApi.useSearch();
  const navigate = routeApi.useNavigate();
  const { data: platforms, error } = useCall("platforms", null, { live: false });
  const { data: brands } = useCall("brands", null);
  const [made, setMade] = useState<BrandView | null>(null);
  const leave = () => void navigate({ search: made ? { id: made.id } : {} });
  useShortcuts("Connect a platform", [
    {
      keys: "Escape",
      label: "Back",
      run: () => (search.platform && !made ? void navigate({ search: { do: "connect" } }) : leave()),
    },
  ]);
  const platform = platforms?.find((one) => one.name === search.platform && one.has_api);
  const step = made ? 3 : platform ? 2 : 1;
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
            taken={(brands ?? []).map(({ name }) => name)}
            onMade={setMade}
          />
        )}
        {made && <Connected brand={made} platform={platforms?.find((p) => p.name === made.platform)} />}
      </div>
    </Page>
  );
}

const STEPS = ["Which platform", "Its key", "Connected"];

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
        Hookbench then makes, changes and watches the webhooks there for you. You need an API key of your
        account.
      </p>
      <div className={css.platforms}>
        {shown.map((one) => (
          <Link
            key={one.name}
            to="/brands"
            search={{ do: "connect", platform: one.name }}
            className={css.platform}
          >
            <b>{one.name === "generic" ? "Another platform" : one.title}</b>
            <span className="dim">{one.summary}</span>
          </Link>
        ))}
      </div>
    </>
  );
}

interface KeyFormProps {
  platform: PlatformView;
  /** Names of brands that there are. */
  taken: readonly string[];
  onMade: (brand: BrandView) => void;
}

/** A name that no brand has yet. */
export function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted;
  for (let n = 2; taken.includes(name); n++) name = `${wanted} ${n}`;
  return name;
}

function KeyForm({ platform, taken, onMade }: KeyFormProps) {
  const [name, setName] = useState(() => freeName(platform.title, taken));
  const [url, setUrl] = useState(platform.base_url ?? "");
  const [elsewhere, setElsewhere] = useState(platform.base_url === null);
  const [key, setKey] = useState("");
  const form: BrandForm = { platform: platform.name, base_url: url.trim(), secret: key.trim() };
  const ready = url.trim() !== "" && key.trim() !== "";
  const check = useAct("brand_try");
  const add = useAct("brand_add", { after: onMade });
  const asked = check.variables;
  const current = asked !== undefined && asked.secret === form.secret && asked.base_url === form.base_url;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed starts the pause, nothing else
  useEffect(() => {
    if (!ready || key.trim().length < SHORTEST) return;
    const timer = setTimeout(() => check.mutate(form), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [key, url]);
  const connect = () => {
    if (ready && !add.isPending) add.mutate({ ...form, name: name.trim() });
  };
  const problem = add.error ?? (current ? check.error : null);
  const wrong = problem ? fieldOf(problem, platform.title) : null;
  const general = problem && !FIELDS.some((field) => fieldError(problem, field).error);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        connect();
      }}
    >
      <div>
        <h2>Paste the API key of your {platform.title} account</h2>
        <p className="dim">
          You find it in {platform.title}'s settings, where it is called API key or token
          {platform.key_prefix && (
            <>
              {" "}
              and begins with <code className="mono">{platform.key_prefix}</code>
            </>
          )}
          . It goes into the vault of this machine, and from there to {platform.title} only.
        </p>
      </div>
      {elsewhere && (
        <TextInput
          label="Address of its API"
          description={
            platform.base_url === null
              ? `${platform.title} names none in its public documents: ask its support, or look where its API is described.`
              : undefined
          }
          placeholder="https://api.example.com"
          type="url"
          spellCheck={false}
          autoFocus={platform.base_url === null}
          value={url}
          onChange={(event) => {
            setUrl(event.currentTarget.value);
            add.reset();
          }}
          {...wrongWith(problem, "base_url")}
        />
      )}
      <PasswordInput
        label="API key"
        placeholder={`${platform.key_prefix}…`}
        autoComplete="off"
        spellCheck={false}
        autoFocus={platform.base_url !== null}
        value={key}
        onChange={(event) => {
          setKey(event.currentTarget.value);
          add.reset();
        }}
        error={wrong === "secret"}
        {...wrongWith(problem, "secret")}
      />
      {!elsewhere && (
        <p className="dim">
          Its API is at <code className="mono">{url}</code>.{" "}
          <button type="button" className={css.link} onClick={() => setElsewhere(true)}>
            Use another address
          </button>
        </p>
      )}
      <TextInput
        label="What to call it"
        description="The name of your program or shop. It stands on top of the window."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        {...wrongWith(add.error, "name")}
      />
      <Live
        busy={check.isPending}
        found={current ? check.data : undefined}
        asked={ready}
        adding={add.isPending}
      />
      {general && problem && <Refusal problem={problem} platform={platform.title} />}
      <div className="line">
        <Button
          type="submit"
          variant="filled"
          disabled={!ready || name.trim() === ""}
          loading={add.isPending}
        >
          Connect {platform.title}
        </Button>
        <span className="dim">Nothing changes at {platform.title} by connecting.</span>
      </div>
    </form>
  );
}

interface LiveProps {
  busy: boolean;
  found: KeyCheck | undefined;
  asked: boolean;
  adding: boolean;
}

/** What the platform says of the key, while it is pasted. */
function Live({ busy, found, asked, adding }: LiveProps) {
  const steps = [
    { name: found ? "The key is accepted" : "The key", done: found !== undefined },
    {
      name: found ? `${plural(found.event_types, "event type")} to choose from` : "What it can tell about",
      done: found !== undefined,
    },
    {
      name: found
        ? found.webhooks === 0
          ? "No webhooks there yet"
          : `${plural(found.webhooks, "webhook")} there already`
        : "Webhooks there already",
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

/** What was found, and what to do now. */
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
          ? `${title} can tell about ${plural(data.event_types.length, "kind", "kinds")} of events${
              there.length === 0
                ? ", and sends to nobody yet."
                : `, and has ${plural(there.length, "webhook")} already.`
            }`
          : `Reading what ${title} has…`}
      </Verdict>
      {there.length > 0 && (
        <section className={css.box}>
          <h3>Already at {title}</h3>
          <p className="dim">
            These were made elsewhere. Take them over under{" "}
            <Link to="/brands" search={{ id: brand.id }}>
              Brands
            </Link>{" "}
            to watch and change them from here.
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
        <h2>What should happen first?</h2>
        <p className="dim">Choose what you want told to whom. You can change it at any time.</p>
      </div>
      <div className={css.platforms}>
        {goal && (
          <Link to="/subscriptions" search={wizard(goal.title)} className={css.platform} data-first>
            <b>Tell my CRM about approved conversions</b>
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
          Look at what {title} has
        </Button>
      </div>
    </div>
  );
}
