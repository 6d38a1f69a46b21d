import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  STRING,
  TIMESTAMP,
  typeOf,
  UINT,
} from '../../types/type.ts';
import type { Library } from '../library.ts';
import { arithmetic } from './arithmetic.ts';
import { collections } from './collections.ts';
import { comparison } from './comparison.ts';
import { conversions } from './conversions.ts';
import { text } from './text.ts';
import { time } from './time.ts';

/** The standard library of CEL. Its macros belong to the syntax. */
export const standardLibrary: Library = {
  functions: [...arithmetic, ...comparison, ...collections, ...conversions, ...text, ...time],
  types: [BOOL, INT, UINT, DOUBLE, STRING, BYTES, NULL, DURATION, TIMESTAMP, listOf(DYN), mapOf(DYN, DYN), typeOf(DYN)],
};
