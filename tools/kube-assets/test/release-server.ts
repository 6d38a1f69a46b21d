import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ETCD_VERSION, goPlatform, KUBERNETES_VERSION } from '../src/binaries.ts';
import type { Mirror } from '../src/download.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** What goes wrong with the binary kube-apiserver, or with all of it. */
export type Trouble = 'none' | 'wrong sum' | 'truncated' | 'stalled' | 'not found' | 'silent';

export interface ReleaseServer extends AsyncDisposable {
  readonly mirror: Mirror;
  /** Paths of the requests so far. */
  readonly requests: readonly string[];
}

/** A server that publishes tiny releases of Kubernetes and etcd the way the official ones do. */
export async function releaseServer(trouble: Trouble): Promise<ReleaseServer> {
  const { os, arch } = goPlatform(process.platform, process.arch);
  const etcd = await etcdArchive(`etcd-v${ETCD_VERSION}-${os}-${arch}`);
  const requests: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    requests.push(url);
    if (trouble === 'silent') return;
    if (url === `/etcd/v${ETCD_VERSION}/SHA256SUMS`) response.end(`${sha256(etcd.data)}  ${etcd.name}\n`);
    else if (url === `/etcd/v${ETCD_VERSION}/${etcd.name}`) response.end(etcd.data);
    else if (url.startsWith(`/kube/v${KUBERNETES_VERSION}/bin/${os}/${arch}/`)) answerKube(url, response, trouble);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    mirror: { kubernetes: `${base}/kube`, etcd: `${base}/etcd` },
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerKube(url: string, response: ServerResponse, trouble: Trouble): void {
  const name = url.slice(url.lastIndexOf('/') + 1).replace(/\.sha256$/, '');
  const content = `released ${name}`;
  const troubled = name === 'kube-apiserver' ? trouble : 'none';
  if (troubled === 'not found') {
    response.writeHead(404).end();
  } else if (url.endsWith('.sha256')) {
    response.end(sha256(troubled === 'wrong sum' ? 'something else' : content));
  } else if (troubled === 'truncated' || troubled === 'stalled') {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.slice(0, 5), () => troubled === 'truncated' && response.destroy());
  } else {
    response.end(content);
  }
}

async function etcdArchive(folder: string): Promise<{ readonly name: string; readonly data: Buffer }> {
  await using directory = await temporaryDirectory();
  await mkdir(join(directory.path, folder));
  await writeFile(join(directory.path, folder, 'etcd'), 'released etcd', { mode: 0o755 });
  const name = `${folder}.tar.gz`;
  await promisify(execFile)('tar', ['-czf', name, folder], { cwd: directory.path });
  return { name, data: await readFile(join(directory.path, name)) };
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
