import { traversal } from '../plan/meter.ts';
import { BOOL, INT, opaque, STRING, type Type } from '../types/type.ts';
import { CelError, CelOpaque, type CelResult, type CelValue } from '../values/value.ts';
import { global, member } from './define.ts';
import type { FunctionDeclaration, Library } from './library.ts';

const SEMVER = opaque('kubernetes.Semver');
/** Longer ones are refused: no version of anything is. */
const MAX_TEXT = 1024;
const NUMBER = '(0|[1-9][0-9]*)';
const IDENTIFIERS = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const SYNTAX = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-(${IDENTIFIERS}))?(?:\\+${IDENTIFIERS})?$`);
const MAX_NUMBER = 2n ** 64n - 1n;

/** Release numbers, then what marks a pre-release: numbers and texts. Build metadata does not count. */
interface Version {
  readonly release: readonly bigint[];
  readonly preRelease: readonly (bigint | string)[];
}

class SemverValue extends CelOpaque {
  readonly typeName = SEMVER.name;
  readonly version: Version;
  constructor(version: Version) {
    super();
    this.version = version;
  }
  equals(other: CelOpaque): boolean {
    return other instanceof SemverValue && compare(this.version, other.version) === 0;
  }
}

/** Semantic Versioning 2.0.0, nothing more lenient: no leading `v`, no missing parts. */
function parseVersion(text: string): Version | undefined {
  const match = text.length > MAX_TEXT ? null : SYNTAX.exec(text);
  if (!match) return undefined;
  const preRelease = match[4]?.split('.') ?? [];
  if (preRelease.some((part) => /^0[0-9]+$/.test(part))) return undefined;
  const version = {
    release: match.slice(1, 4).map(BigInt),
    preRelease: preRelease.map((part) => (/^[0-9]+$/.test(part) ? BigInt(part) : part)),
  };
  const numbers = [...version.release, ...version.preRelease];
  return numbers.every((part) => typeof part === 'string' || part <= MAX_NUMBER) ? version : undefined;
}

function compare(one: Version, other: Version): -1 | 0 | 1 {
  const release = compareParts(one.release, other.release);
  if (release !== 0) return release;
  // A release comes after its own pre-releases.
  if (one.preRelease.length === 0 || other.preRelease.length === 0)
    return Math.sign(other.preRelease.length - one.preRelease.length) as -1 | 0 | 1;
  return compareParts(one.preRelease, other.preRelease);
}

/** Numbers before texts; of two that begin alike the shorter one first. */
function compareParts(one: readonly (bigint | string)[], other: readonly (bigint | string)[]): -1 | 0 | 1 {
  for (const [index, part] of one.entries()) {
    const counterpart = other[index];
    if (counterpart === undefined) return 1;
    if (part === counterpart) continue;
    if (typeof part !== typeof counterpart) return typeof part === 'bigint' ? -1 : 1;
    return part < counterpart ? -1 : 1;
  }
  return one.length < other.length ? -1 : 0;
}

const numberAt = (name: string, index: number): FunctionDeclaration => ({
  name,
  overloads: [
    member<[SemverValue]>({
      parameters: [SEMVER],
      result: INT,
      call: ([{ version }]) => BigInt.asIntN(64, version.release[index] ?? 0n),
    }),
  ],
});

const comparing = (name: string, result: Type, answer: (order: -1 | 0 | 1) => CelValue): FunctionDeclaration => ({
  name,
  overloads: [
    member<[SemverValue, SemverValue]>({
      parameters: [SEMVER, SEMVER],
      result,
      call: ([one, other]) => answer(compare(one.version, other.version)),
    }),
  ],
});

function toSemver(text: string): CelResult {
  const version = parseVersion(text);
  if (version) return new SemverValue(version);
  return new CelError(
    `"${text.slice(0, 100)}" is not a semantic version: major.minor.patch, without leading "v" or zeros`,
  );
}

const cost = ([text]: readonly [string]): number => traversal(text.length);

/** Kubernetes functions on semantic versions, in their strict form only (placement 5.4.3). */
export const semverLibrary: Library = {
  functions: [
    {
      name: 'semver',
      overloads: [global<[string]>({ parameters: [STRING], result: SEMVER, cost, call: ([text]) => toSemver(text) })],
    },
    {
      name: 'isSemver',
      overloads: [
        global<[string]>({
          parameters: [STRING],
          result: BOOL,
          cost,
          call: ([text]) => parseVersion(text) !== undefined,
        }),
      ],
    },
    numberAt('major', 0),
    numberAt('minor', 1),
    numberAt('patch', 2),
    comparing('isGreaterThan', BOOL, (order) => order > 0),
    comparing('isLessThan', BOOL, (order) => order < 0),
    comparing('compareTo', INT, BigInt),
  ],
};
