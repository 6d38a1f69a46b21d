import { describeProgress, type Progress } from './progress.ts';

const TERMINAL_EVERY_MS = 200;
const LOG_EVERY_MS = 15_000;

/** Where progress is shown: a terminal's line is written over, anything else gets a line now and then. */
export interface ProgressSink {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface ProgressDisplay {
  show: (progress: Progress) => void;
  /** Clears the terminal's line. */
  end: () => void;
}

/** Shows what comes in, with the time since the start. Something else that begins is shown at once. */
export function displayProgress(sink: ProgressSink, nowMs: () => number): ProgressDisplay {
  const startMs = nowMs();
  const everyMs = sink.isTTY === true ? TERMINAL_EVERY_MS : LOG_EVERY_MS;
  let latest: Progress | undefined;
  let shownSubject = '';
  let shownMs = 0;
  const write = (): void => {
    if (latest === undefined) return;
    const line = `${elapsed(nowMs() - startMs)} ${describeProgress(latest)}`;
    // Erase the line, write it anew, and never so much that the terminal would break it.
    sink.write(sink.isTTY === true ? `\r\u001B[K${line.slice(0, (sink.columns ?? 80) - 1)}` : `${line}\n`);
    shownSubject = subjectOf(latest);
    shownMs = nowMs();
  };
  // A linker is silent for long: the clock must go on all the same.
  const timer = setInterval(() => nowMs() - shownMs >= everyMs && write(), TERMINAL_EVERY_MS);
  return {
    show(progress) {
      latest = progress;
      if (subjectOf(progress) !== shownSubject || nowMs() - shownMs >= everyMs) write();
    },
    end() {
      clearInterval(timer);
      if (sink.isTTY === true && latest !== undefined) sink.write('\r\u001B[K');
    },
  };
}

/** Downloads run side by side and count as one. */
function subjectOf(progress: Progress): string {
  return progress.kind === 'building' ? `building ${progress.binaries.join()}` : progress.kind;
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
