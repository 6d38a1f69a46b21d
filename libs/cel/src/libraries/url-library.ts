import { traversal } from '../plan/meter.ts';
import { BOOL, listOf, mapOf, opaque, STRING, type Type } from '../types/type.ts';
import { ValueList } from '../values/list.ts';
import { EntryMap } from '../values/map.ts';
import { CelError, CelOpaque, type CelResult } from '../values/value.ts';
import { escapedPath, hostname, isUrl, type ParsedUrl, parseUrl, port, queryValues } from '../network/url.ts';
import { global, member } from './define.ts';
import type { FunctionDeclaration, Library } from './library.ts';

const URL_TYPE = opaque('kubernetes.URL');

const PARTS = ['scheme', 'user', 'host', 'path', 'opaque', 'query', 'fragment'] as const;

class UrlValue extends CelOpaque {
  readonly typeName = URL_TYPE.name;
  readonly url: ParsedUrl;
  override readonly size: number;
  constructor(url: ParsedUrl, size: number) {
    super();
    this.url = url;
    this.size = size;
  }
  equals(other: CelOpaque): boolean {
    return other instanceof UrlValue && PARTS.every((part) => other.url[part] === this.url[part]);
  }
}

const part = (name: string, result: Type, read: (url: ParsedUrl) => CelResult): FunctionDeclaration => ({
  name,
  overloads: [
    member<[UrlValue]>({
      parameters: [URL_TYPE],
      result,
      cost: ([{ size }]) => 1 + Math.floor(size / 100),
      call: ([{ url }]) => read(url),
    }),
  ],
});

function toUrl([text]: readonly [string]): CelResult {
  const parsing = parseUrl(text);
  if (parsing.kind === 'url') return new UrlValue(parsing.url, text.length);
  return new CelError(`URL parse error during conversion from string: "${text.slice(0, 200)}": ${parsing.problem}`);
}

function queryMap(url: ParsedUrl): EntryMap {
  return new EntryMap(Array.from(queryValues(url), ([key, values]) => [key, new ValueList(values)]));
}

const cost = ([text]: readonly [string]): number => Math.max(1, traversal(text.length));

/** Kubernetes functions that take a URL apart. */
export const urlLibrary: Library = {
  functions: [
    { name: 'url', overloads: [global<[string]>({ parameters: [STRING], result: URL_TYPE, cost, call: toUrl })] },
    {
      name: 'isURL',
      overloads: [
        global<[string]>({
          parameters: [STRING],
          result: BOOL,
          cost: ([text]) => 1 + Math.floor(text.length / 100),
          call: ([text]) => isUrl(text),
        }),
      ],
    },
    part('getScheme', STRING, ({ scheme }) => scheme),
    part('getHost', STRING, ({ host }) => host),
    part('getHostname', STRING, ({ host }) => hostname(host)),
    part('getPort', STRING, ({ host }) => port(host)),
    part('getEscapedPath', STRING, escapedPath),
    part('getQuery', mapOf(STRING, listOf(STRING)), queryMap),
  ],
};
