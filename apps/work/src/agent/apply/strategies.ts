import type { UpdateStrategy } from '@ocm/api';
import { UNKNOWN } from '../objects/observation.ts';
import { applyCreateOnly } from './apply-create-only.ts';
import { applyReadOnly } from './apply-read-only.ts';
import { applyUpdate } from './apply-update.ts';
import { failed, type Strategy } from './strategy.ts';

/** How each update strategy applies a manifest (work 8). */
export const strategies: Readonly<Record<UpdateStrategy['type'], Strategy>> = {
  Update: applyUpdate,
  CreateOnly: applyCreateOnly,
  ReadOnly: applyReadOnly,
  ServerSideApply: notSupported,
};

function notSupported({ strategy }: Parameters<Strategy>[0]): ReturnType<Strategy> {
  return Promise.resolve(failed(new Error(`the update strategy ${strategy.type} is not supported yet`), UNKNOWN));
}
