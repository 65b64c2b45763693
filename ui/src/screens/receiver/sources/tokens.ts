// Path tokens created in this window. They are shown once and held in memory until it closes, so that
// the example command is complete. Nothing is written to disk.

const known = new Map<string, string>();

export function rememberToken(source: string, token: string): void {
  known.set(source, token);
}

export function tokenOf(source: string): string | undefined {
  return known.get(source);
}
