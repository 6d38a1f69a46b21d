import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/**
 * Puts a `go` into the directory that acts as `go build` does, in no time, and returns a PATH with it in front. It notes
 * its arguments in `go.calls`, its pid in `go.pid`, and then does what the script says; `$out` is what follows `-o`, and
 * `build_all` writes what was asked for.
 */
export async function stubGo(directory: string, script: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const text = `#!/bin/sh
here='${directory}'
echo "$*" >> "$here/go.calls"
echo $$ > "$here/go.pid"
out= mains=
while [ $# -gt 0 ]; do
  case $1 in
    -o) shift; out=$1 ;;
    k8s.io/* | go.etcd.io/*) mains="$mains $1" ;;
  esac
  shift
done
build_all() {
  for main in $mains; do
    echo "$main" >&2
    case $out in
      */) echo "built \${main##*/}" > "$out\${main##*/}" ;;
      *) echo "built etcd" > "$out" ;;
    esac
  done
}
${script}
`;
  await writeFile(join(directory, 'go'), text, { mode: 0o755 });
  return [directory, '/usr/bin', '/bin'].join(delimiter);
}
