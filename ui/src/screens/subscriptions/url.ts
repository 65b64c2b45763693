// Validation of a URL while it is typed. The program validates it again when it is saved.

/** Whether a host is this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  return (
    name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127(\.\d+){3}$/.test(name)
  );
}

/** Whether a host is an address of a private network (RFC 1918, unique local, carrier-grade NAT). */
export function isPrivate(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "");
  const parts = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(name);
  if (parts) {
    const [a, b] = [Number(parts[1]), Number(parts[2])];
    return (
      a === 10 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 100 && b >= 64 && b < 128)
    );
  }
  return name.includes(":") && /^f[cd]/.test(name);
}

/** The parsed URL; `undefined` if it is invalid. */
export function parsed(url: string): URL | undefined {
  try {
    return new URL(url.trim());
  } catch {
    return undefined;
  }
}

/** The error of a URL; `undefined` if it is valid or still empty. */
export function urlError(
  text: string,
  platform?: { title: string; https_only: boolean },
): string | undefined {
  const typed = text.trim();
  if (typed === "") return undefined;
  const url = parsed(typed);
  if (!url) return "Enter a complete URL such as https://example.com/hooks.";
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return "Only http:// and https:// URLs are supported.";
  if (url.hostname === "") return "The host is missing.";
  if (url.username !== "" || url.password !== "") {
    return "Remove the user name and password from the URL, and send them in a header.";
  }
  if (url.hash !== "" || typed.endsWith("#")) return "Remove the part after #, which is never sent.";
  if (platform?.https_only && url.protocol === "http:" && !isLoopback(url.hostname)) {
    return `${platform.title} requires https://, except on this machine.`;
  }
  return undefined;
}

/** The host of a URL and, if it is not the default, the port. */
export function hostOf(url: string): string {
  return parsed(url)?.host || url;
}

const COMMON = new Set(["www", "api", "hooks", "hook", "webhooks", "webhook", "app", "in", "ingest"]);

/** A name suggested from the host: `crm.northwind.example` is `Crm northwind`. */
export function suggestName(url: string): string {
  const found = parsed(url);
  if (!found?.hostname) return "";
  if (isLoopback(found.hostname)) return found.port ? `This machine, port ${found.port}` : "This machine";
  if (/^[\d.]+$/.test(found.hostname) || found.hostname.startsWith("[")) return found.host;
  const labels = found.hostname.split(".").slice(0, -1);
  const telling = labels.filter((label) => !COMMON.has(label));
  const words =
    (telling.length > 0 ? telling : labels).join(" ").replaceAll("-", " ").trim() || found.hostname;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
