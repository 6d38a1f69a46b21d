import { styleText } from 'node:util';
import { type ClusterProgress, type Milestone, MILESTONES } from './cluster-progress.ts';

const CLUSTER_WIDTH = 12;
const COLUMN_WIDTH = 14;

export interface TableOptions {
  /** Colours for a terminal. */
  readonly colour: boolean;
  /** Milestones to show, one column each. */
  readonly columns?: readonly Milestone[];
}

/** The table as lines: a header, then one line per cluster with the seconds at which it reached each milestone. */
export function renderTable(
  clusters: ReadonlyMap<string, ClusterProgress>,
  { colour, columns = MILESTONES }: TableOptions,
): readonly string[] {
  const paint = (style: 'bold' | 'green' | 'dim', text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const header = ['CLUSTER'.padEnd(CLUSTER_WIDTH), ...columns.map((name) => name.toUpperCase().padEnd(COLUMN_WIDTH))];
  const rows = [...clusters].map(([name, progress]) => {
    const cells = columns.map((milestone) => {
      const at = progress[milestone];
      return at === undefined
        ? paint('dim', '…'.padEnd(COLUMN_WIDTH))
        : paint('green', `✓ ${at.toFixed(1)} s`.padEnd(COLUMN_WIDTH));
    });
    return name.padEnd(CLUSTER_WIDTH) + cells.join('');
  });
  return [paint('bold', header.join('').trimEnd()), ...rows];
}
