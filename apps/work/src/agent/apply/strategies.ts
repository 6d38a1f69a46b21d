import type { UpdateStrategy } from '@ocm/api';
import { applyCreateOnly } from './apply-create-only.ts';
import { applyReadOnly } from './apply-read-only.ts';
import { applyServerSide } from './apply-server-side.ts';
import { applyUpdate } from './apply-update.ts';
import type { Strategy } from './strategy.ts';

/** How each update strategy applies a manifest (work 8). */
export const strategies: Readonly<Record<UpdateStrategy['type'], Strategy>> = {
  Update: applyUpdate,
  CreateOnly: applyCreateOnly,
  ReadOnly: applyReadOnly,
  ServerSideApply: applyServerSide,
};
