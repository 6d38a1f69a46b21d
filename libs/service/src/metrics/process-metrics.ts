import { readdir, readFile } from 'node:fs/promises';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * The process series that every Prometheus client library has, under their standard names. Read when somebody scrapes; the collection that
 * comes with prom-client keeps timers running in between.
 */
export function registerProcessMetrics(registry: Registry): void {
  registry.registerMetric(cpuSeconds());
  registry.registerMetric(
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => process.memoryUsage.rss()),
  );
  registry.registerMetric(
    gauge('nodejs_heap_size_used_bytes', 'Used size of the heap in bytes.', () => process.memoryUsage().heapUsed),
  );
  const startedSeconds = Date.now() / 1000 - process.uptime();
  registry.registerMetric(
    gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', () => startedSeconds),
  );
  registry.registerMetric(gauge('process_open_fds', 'Number of open file descriptors.', openDescriptors));
  registry.registerMetric(gauge('process_max_fds', 'Maximum number of open file descriptors.', maxDescriptors));
}

/** A gauge that is read at every scrape; `undefined` leaves it as it was. */
function gauge(name: string, help: string, read: () => number | undefined | Promise<number | undefined>): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    async collect() {
      const value = await read();
      if (value !== undefined) this.set(value);
    },
  });
}

function cpuSeconds(): Counter {
  return new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    registers: [],
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
}

// Linux only; elsewhere the two series stay at 0.
async function openDescriptors(): Promise<number | undefined> {
  const open = await readdir('/proc/self/fd').catch(() => undefined);
  return open?.length;
}

async function maxDescriptors(): Promise<number | undefined> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? undefined : Number(soft);
}
