import { asError, type GroupVersionKind, type RestMapper } from '@ocm/kube';
import {
  type KindLookup,
  type Manifest,
  type ParsedManifest,
  parseManifest,
  resolveManifest,
} from '../manifest/resolve-manifest.ts';

/** All manifests of a work, resolved before the first is applied (work 7.3). Each kind is looked up once. */
export async function resolveAll(
  raw: readonly unknown[],
  mapper: RestMapper,
  signal: AbortSignal,
): Promise<readonly Manifest[]> {
  const parsed = raw.map(parseManifest);
  const known = parsed.filter((each): each is ParsedManifest => each.kind === 'parsed');
  const kinds = new Map(known.map(({ gvk }) => [keyOfKind(gvk), gvk]));
  const lookups = await Promise.all(
    [...kinds].map(async ([key, gvk]) => [key, await lookUp(gvk, mapper, signal)] as const),
  );
  const found = new Map(lookups);
  return parsed.map((each) => {
    const lookup = each.kind === 'parsed' ? found.get(keyOfKind(each.gvk)) : undefined;
    return each.kind === 'parsed' && lookup !== undefined ? resolveManifest(each, lookup) : each;
  }) as readonly Manifest[];
}

async function lookUp(gvk: GroupVersionKind, mapper: RestMapper, signal: AbortSignal): Promise<KindLookup> {
  try {
    const resource = await mapper.find(gvk, { signal });
    return resource === undefined ? { kind: 'unknown' } : { kind: 'served', resource };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'failed', error: asError(error) };
  }
}

function keyOfKind({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}
