import { scoreValue, validUntilMs } from '../schedule/scores.ts';
import type { FindScore } from '../schedule/world.ts';
import { type ClusterId, type ClusterTable, copyInto } from './cluster-table.ts';

/** One score of an add-on for all clusters. */
export class ScoreColumn {
  readonly #table: ClusterTable;
  readonly #findScore: FindScore;
  readonly #resource: string;
  readonly #score: string;
  #revision = -1;
  #values: Int32Array;
  #untilMs: Float64Array;

  constructor(
    table: ClusterTable,
    findScore: FindScore,
    wanted: { readonly resource: string; readonly score: string },
  ) {
    this.#table = table;
    this.#findScore = findScore;
    this.#resource = wanted.resource;
    this.#score = wanted.score;
    this.#values = new Int32Array(table.capacity);
    this.#untilMs = new Float64Array(table.capacity);
  }

  /** By cluster id; 0 for none. */
  get values(): Int32Array {
    return this.#values;
  }

  /** By cluster id; NaN for a score that does not expire. */
  get untilMs(): Float64Array {
    return this.#untilMs;
  }

  /** Reads again what has changed. Changes of scores are changes of the table. */
  catchUp(): void {
    const table = this.#table;
    if (this.#revision === table.revision) return;
    const { capacity } = table;
    if (this.#values.length < capacity) {
      this.#values = copyInto(new Int32Array(capacity), this.#values);
      this.#untilMs = copyInto(new Float64Array(capacity), this.#untilMs);
    }
    const changed = this.#revision < 0 ? undefined : table.changedSince(this.#revision);
    for (const id of changed ?? table.ordered()) this.#read(id);
    this.#revision = table.revision;
  }

  #read(id: ClusterId): void {
    const cluster = this.#table.cluster(id);
    if (cluster === undefined) return;
    const found = this.#findScore(cluster.metadata.name, this.#resource);
    this.#values[id] = scoreValue(found, this.#score);
    this.#untilMs[id] = validUntilMs(found);
  }
}
