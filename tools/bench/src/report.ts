/** One measured figure; `goal` is shown beside it and never decides about success. */
export interface Figure {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: string;
}

/** A recorded run: when, where, and what it measured. */
export interface Run {
  readonly recorded: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** The figures as a Markdown table, with the change against an earlier run where both measured the same thing. */
export function renderReport(run: Run, previous: Run | undefined): string {
  const before = new Map(previous?.figures.map((figure) => [`${figure.suite}/${figure.name}`, figure.value]));
  const rows = run.figures.map(({ suite, name, value, unit, goal = '' }) => {
    const old = before.get(`${suite}/${name}`);
    const change =
      old === undefined || old === 0 ? '' : `${value >= old ? '+' : ''}${Math.round((value / old - 1) * 100)} %`;
    return `| ${suite} | ${name} | ${round(value)} ${unit} | ${goal} | ${change} |`;
  });
  return [
    `Recorded ${run.recorded} on ${run.machine}.`,
    '',
    '| suite | measure | value | goal | change |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}
