/** One measured figure; `goal` is shown beside it and never decides about success. */
export interface Figure {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: string;
}

/** The figures of one suite: when, where, and what it measured. */
export interface SuiteRun {
  readonly recorded: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** The last run of each suite, by the name of the suite. */
export type BenchRecord = Readonly<Record<string, SuiteRun>>;

/** The record after a run: a suite that ran replaces its figures, the others stay. */
export function recordOf(
  figures: readonly Figure[],
  { recorded, machine }: { readonly recorded: string; readonly machine: string },
  previous: BenchRecord = {},
): BenchRecord {
  const suites = Map.groupBy(figures, ({ suite }) => suite);
  return {
    ...previous,
    ...Object.fromEntries([...suites].map(([suite, own]) => [suite, { recorded, machine, figures: own }])),
  };
}

/** A record as Markdown, one table for each suite, with the change against an earlier record where both measured the same thing. */
export function renderReport(record: BenchRecord, previous: BenchRecord = {}): string {
  return Object.entries(record)
    .map(([suite, run]) => renderSuite(suite, run, previous[suite]))
    .join('\n');
}

function renderSuite(suite: string, run: SuiteRun, previous: SuiteRun | undefined): string {
  const before = new Map(previous?.figures.map(({ name, value }) => [name, value]));
  const rows = run.figures.map(({ name, value, unit, goal = '' }) => {
    const old = before.get(name);
    const change =
      old === undefined || old === 0 ? '' : `${value >= old ? '+' : ''}${Math.round((value / old - 1) * 100)} %`;
    return `| ${name} | ${round(value)} ${unit} | ${goal} | ${change} |`;
  });
  return [
    `## ${suite}`,
    '',
    `Recorded ${run.recorded} on ${run.machine}.`,
    '',
    '| measure | value | goal | change |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
