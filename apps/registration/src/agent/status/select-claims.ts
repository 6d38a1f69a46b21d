import { type ClusterClaim, type ClusterProperty, labels, type ReportedClaim, reservedClaimNames } from '@ocm/api';

/** A claim or property as far as it is reported. */
export type Fact = Pick<ClusterClaim | ClusterProperty, 'metadata' | 'spec'>;

/** What a managed cluster says about itself. */
export interface Facts {
  /** Win over claims of the same name. */
  readonly properties: readonly Fact[];
  readonly claims: readonly Fact[];
}

export interface ClaimLimits {
  /** How many claims are reported beside the reserved ones. */
  readonly maxCustom: number;
  /** A claim whose name ends with one of these is reserved. */
  readonly reservedSuffixes: readonly string[];
}

export interface SelectedClaims {
  /** The reserved ones by name, then the others by name. */
  readonly reported: readonly ReportedClaim[];
  /** Names of those that the limit cut off. */
  readonly cut: readonly string[];
  /** Names of those whose value the hub would refuse, and with it the whole status. */
  readonly refused: readonly string[];
}

/** As the schema of ManagedCluster counts: in characters. */
const LONGEST_VALUE = 1024;

/** Which facts about the cluster are reported, and in which order (registration 12.2). */
export function selectClaims(
  { properties, claims }: Facts,
  { maxCustom, reservedSuffixes }: ClaimLimits,
): SelectedClaims {
  const values = new Map(
    [...claims, ...properties].filter(isForHub).map(({ metadata, spec }) => [metadata.name, spec?.value ?? '']),
  );
  const all = [...values].map(([name, value]) => ({ name, value })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const [reportable, refused] = split(all, ({ value }) => isReportable(value));
  const [reserved, custom] = split(reportable, ({ name }) => isReserved(name, reservedSuffixes));
  return {
    reported: [...reserved, ...custom.slice(0, maxCustom)],
    cut: custom.slice(maxCustom).map(({ name }) => name),
    refused: refused.map(({ name }) => name),
  };
}

const isForHub = ({ metadata }: Fact): boolean => metadata.labels?.[labels.spokeOnly] === undefined;

function isReportable(value: string): boolean {
  // Counting characters costs; a text has at most as many as code units.
  return value !== '' && (value.length <= LONGEST_VALUE || Array.from(value).length <= LONGEST_VALUE);
}

function isReserved(name: string, suffixes: readonly string[]): boolean {
  return reservedClaimNames.includes(name) || suffixes.some((suffix) => suffix !== '' && name.endsWith(suffix));
}

function split<T>(items: readonly T[], belongs: (item: T) => boolean): readonly [T[], T[]] {
  return [items.filter((item) => belongs(item)), items.filter((item) => !belongs(item))];
}
