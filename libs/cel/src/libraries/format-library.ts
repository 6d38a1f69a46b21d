import { traversal } from '../plan/meter.ts';
import { listOf, opaque, optionalOf, STRING } from '../types/type.ts';
import { ValueList } from '../values/list.ts';
import { CelOpaque, CelOptional, type CelResult, NONE } from '../values/value.ts';
import { global, member } from './define.ts';
import type { Library } from './library.ts';
import { type NamedFormat, namedFormats } from './named-formats.ts';

const FORMAT = opaque('kubernetes.NamedFormat');

class FormatValue extends CelOpaque {
  readonly typeName = FORMAT.name;
  readonly format: NamedFormat;
  constructor(format: NamedFormat) {
    super();
    this.format = format;
  }
  equals(other: CelOpaque): boolean {
    return other instanceof FormatValue && other.format.name === this.format.name;
  }
}

function named(name: string): CelResult {
  const format = namedFormats.get(name);
  return format ? new CelOptional(new FormatValue(format)) : NONE;
}

function validate([{ format }, text]: readonly [FormatValue, string]): CelResult {
  const problems = format.problems(text);
  return problems.length === 0 ? NONE : new CelOptional(new ValueList(problems));
}

/** Kubernetes formats: `format.named("uuid")` and `format.uuid()`, each with `validate`. */
export const formatLibrary: Library = {
  functions: [
    {
      name: 'format.named',
      overloads: [
        global<[string]>({ parameters: [STRING], result: optionalOf(FORMAT), call: ([name]) => named(name) }),
      ],
    },
    ...Array.from(namedFormats, ([name, format]) => ({
      name: `format.${name}`,
      overloads: [global({ parameters: [], result: FORMAT, call: () => new FormatValue(format) })],
    })),
    {
      name: 'validate',
      overloads: [
        member<[FormatValue, string]>({
          parameters: [FORMAT, STRING],
          result: optionalOf(listOf(STRING)),
          cost: ([{ format }, text]) => traversal(text.length + 1) * Math.ceil(format.patternLength / 4),
          call: validate,
        }),
      ],
    },
  ],
};
