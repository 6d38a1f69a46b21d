import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the generator reads of a structural schema. */
export interface Schema {
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

/** One version of a custom resource. */
export interface CrdVersion {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly schema: Schema;
}

interface CrdFile {
  readonly spec: {
    readonly group: string;
    readonly scope: 'Cluster' | 'Namespaced';
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
    readonly conversion?: { readonly strategy: string };
  };
}

/**
 * The versions to write types for: of each CRD the last one listed, and all of them when a webhook converts between different schemas.
 *
 * @param directory URL with a slash at the end
 */
export function readCrds(directory: URL): readonly CrdVersion[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .flatMap((name) => versionsOf(parse(readFileSync(new URL(name, directory), 'utf8'))));
}

function versionsOf({ spec }: CrdFile): readonly CrdVersion[] {
  const versions = spec.versions.map(({ name, schema }) => ({
    group: spec.group,
    version: name,
    kind: spec.names.kind,
    plural: spec.names.plural,
    namespaced: spec.scope === 'Namespaced',
    schema: schema.openAPIV3Schema,
  }));
  return spec.conversion?.strategy === 'Webhook' ? versions.toReversed() : versions.slice(-1);
}
