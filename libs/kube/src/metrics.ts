/** What the runtime reports; `libs/service` turns it into Prometheus series (registration 24). Every member is called synchronously and must not throw. */
export interface KubeMetrics {
  queueDepth(queue: string, depth: number): void;
  queueAdd(queue: string): void;
  queueRetry(queue: string): void;
  /** Time between add and start of processing. */
  queueLatency(queue: string, seconds: number): void;
  workDuration(queue: string, seconds: number): void;
  /** Keys being processed now: for each its start, so that unfinished seconds can be computed at scrape time. */
  workStarted(queue: string): () => void;
  request(info: {
    readonly verb: string;
    readonly code: number | 'error';
    readonly host: string;
    readonly seconds: number;
  }): void;
  watchRestart(resource: string, reason: 'expired' | 'ended' | 'silent' | 'error'): void;
  leading(lease: string, leading: boolean): void;
}
