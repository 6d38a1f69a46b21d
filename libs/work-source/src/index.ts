export { openWorkSource } from './work-source.ts';
export type {
  DeliveredWork,
  Manifest,
  NewWork,
  ResourceReport,
  WorkCondition,
  WorkRef,
  WorkSource,
  WorkSourceOptions,
} from './types.ts';
