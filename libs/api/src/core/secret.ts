import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta.ts';

/** v1 Secret. */
export interface Secret extends KubeObject {
  /** `Opaque` when absent. */
  readonly type?: string;
  readonly immutable?: boolean;
  /** Values in base64. */
  readonly data?: Readonly<Record<string, string>>;
  /** Plain values to be written; the API server moves them to `data` and never returns them. */
  readonly stringData?: Readonly<Record<string, string>>;
}

export const Secret: Kind<Secret> = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
