import { clearScreenDown, moveCursor } from 'node:readline';
import { type ClusterProgress, type Milestone, MILESTONES } from './cluster-progress.ts';
import { renderTable } from './progress-table.ts';

/** Where the demo shows what happens: a table that is drawn anew on a terminal, one line per milestone elsewhere. */
export interface Screen {
  say(text: string): void;
  show(clusters: ReadonlyMap<string, ClusterProgress>, columns: readonly Milestone[]): void;
}

export function screen(output: NodeJS.WriteStream): Screen {
  const live = output.isTTY;
  let drawn = 0;
  const told = new Set<string>();
  return {
    say(text) {
      drawn = 0;
      output.write(`${text}\n`);
    },
    show(clusters, columns) {
      if (live) {
        if (drawn > 0) {
          moveCursor(output, 0, -drawn);
          clearScreenDown(output);
        }
        const lines = renderTable(clusters, { colour: output.hasColors?.() ?? false, columns });
        output.write(`${lines.join('\n')}\n`);
        drawn = lines.length;
        return;
      }
      for (const [name, progress] of clusters) {
        for (const milestone of MILESTONES) {
          const at = progress[milestone];
          if (at === undefined || told.has(`${name} ${milestone}`)) continue;
          told.add(`${name} ${milestone}`);
          output.write(`${at.toFixed(1).padStart(6)} s  ${name}: ${milestone}\n`);
        }
      }
    },
  };
}
