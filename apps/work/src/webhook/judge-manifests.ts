/** As in the events that bring works to agents (libs/cloudevents): whoever walks through a manifest must not run out of stack. */
const MOST_DEPTH = 1000;

/** What is wrong with a list of manifests (work 15.2), in the words of the reference where it has some; `undefined` when nothing is. */
export function problemOfManifests(
  manifests: readonly unknown[],
  {
    sizeBytes,
    limitBytes,
    whenEmpty,
  }: { readonly sizeBytes: number; readonly limitBytes: number; readonly whenEmpty: string },
): string | undefined {
  if (manifests.length === 0) return whenEmpty;
  if (sizeBytes > limitBytes) {
    return `the size of manifests is ${sizeBytes} bytes which exceeds the ${limitBytes} limit`;
  }
  const problems = manifests.map((manifest, index) => problemOfManifest(manifest, index));
  return problems.find((problem) => problem !== undefined) ?? problemOfDuplicates(manifests);
}

function problemOfManifest(manifest: unknown, index: number): string | undefined {
  if (isDeeper(manifest, MOST_DEPTH)) return `manifest ${index} is nested deeper than ${MOST_DEPTH} levels`;
  const { apiVersion, kind, name, generateName } = facts(manifest);
  if (apiVersion === '') return `manifest ${index} is not a Kubernetes object: it has no apiVersion`;
  if (kind === '') return `manifest ${index} is not a Kubernetes object: it has no kind`;
  if (name === '') return 'name must be set in manifest';
  return generateName === '' ? undefined : 'generateName must not be set in manifest';
}

/** Whether objects and lists are nested deeper than that; level by level, as a stack would not do for what it is to find. */
function isDeeper(value: unknown, mostDepth: number): boolean {
  let level = containersIn([value]);
  for (let depth = 0; depth < mostDepth && level.length > 0; depth += 1) {
    level = containersIn(level.flatMap((each) => Object.values(each)));
  }
  return level.length > 0;
}

function containersIn(values: readonly unknown[]): readonly object[] {
  return values.filter((value) => typeof value === 'object' && value !== null);
}

/** Another API version of the same resource is no duplicate. */
function problemOfDuplicates(manifests: readonly unknown[]): string | undefined {
  const seen = new Set<string>();
  for (const manifest of manifests) {
    const { apiVersion, kind, namespace, name } = facts(manifest);
    const identity = `${namespace}/${name} with resource type ${apiVersion}.${kind}`;
    if (seen.has(identity)) return `duplicate manifest for resource ${identity}`;
    seen.add(identity);
  }
  return undefined;
}

interface ManifestFacts {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly generateName: string;
}

/** What is not there, or not a text, is empty. */
function facts(manifest: unknown): ManifestFacts {
  const { apiVersion, kind, metadata } = membersOf(manifest);
  const { namespace, name, generateName } = membersOf(metadata);
  return {
    apiVersion: textOf(apiVersion),
    kind: textOf(kind),
    namespace: textOf(namespace),
    name: textOf(name),
    generateName: textOf(generateName),
  };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
