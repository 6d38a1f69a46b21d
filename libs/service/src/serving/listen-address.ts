/** Where a server listens. */
export interface ListenAddress {
  /** `undefined` means all addresses, IPv4 and IPv6. */
  readonly host: string | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Reads `host:port`, `:port` or `[v6]:port`; `undefined` when the text is none of them. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  const host = bracketed ?? plain ?? '';
  return { host: host === '' ? undefined : host, port };
}
