import type { Administrator } from './administrator.ts';
import { type ClusterProgress, type Milestone, reached, withMilestones } from './cluster-progress.ts';
import type { Screen } from './screen.ts';

/** Follows all clusters and shows their progress after every change. */
export interface ProgressBoard {
  /** Whether every cluster has reached the milestone. */
  all(milestone: Milestone): boolean;
  /** For what cannot be read off the hub's objects. */
  mark(cluster: string, milestone: Milestone): void;
}

export interface BoardOptions {
  readonly names: readonly string[];
  readonly admin: Administrator;
  readonly screen: Screen;
  readonly columns: readonly Milestone[];
  /** Seconds since the start of the demo. */
  readonly seconds: () => number;
}

export function progressBoard({ names, admin, screen, columns, seconds }: BoardOptions): ProgressBoard {
  const progress = new Map<string, ClusterProgress>(names.map((name) => [name, {}]));
  const note = (name: string, milestones: readonly Milestone[]): void => {
    const before = progress.get(name) ?? {};
    const after = withMilestones(before, milestones, seconds());
    if (after === before) return;
    progress.set(name, after);
    screen.show(progress, columns);
  };
  screen.show(progress, columns);
  admin.onChange(() => {
    for (const name of names) note(name, reached(admin.observe(name)));
  });
  return {
    all: (milestone) => [...progress.values()].every((one) => one[milestone] !== undefined),
    mark: (name, milestone) => note(name, [milestone]),
  };
}
