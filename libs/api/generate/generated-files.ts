import { type CrdVersion, readCrds, type Schema } from './crd-schema.ts';
import { type RenderTarget, renderInterface, withoutComments } from './render-type.ts';
import { declaringKind, kindTypeName } from './type-names.ts';

const HEADER = '// Generated from the CRDs by `npm run generate`; do not edit.\n';

interface RenderedKind extends RenderTarget {
  readonly crd: CrdVersion;
  readonly declaration: string;
}

/**
 * File name to text of all generated sources.
 *
 * @param crds URL of the directory with the CRDs, with a slash at the end
 * @throws Error when one type name stands for different schemas
 */
export function generatedFiles(crds: URL): ReadonlyMap<string, string> {
  const kinds = renderKinds(readCrds(crds));
  const byType = new Map(kinds.map((kind) => [kind.kindType, kind]));
  return new Map(kinds.map((kind) => [fileName(kind.kindType), fileText(kind, byType)]));
}

function renderKinds(versions: readonly CrdVersion[]): readonly RenderedKind[] {
  return versions.map((crd) => {
    const newest = versions.find(({ group, kind }) => group === crd.group && kind === crd.kind) === crd;
    const kindType = kindTypeName(crd, newest);
    const target: RenderTarget = { kindType, metaTypes: new Set(), declarations: new Map() };
    return { ...target, crd, declaration: kindDeclaration(crd, target) };
  });
}

function kindDeclaration(crd: CrdVersion, target: RenderTarget): string {
  const { apiVersion: _a, kind: _k, metadata: _m, ...properties } = crd.schema.properties ?? {};
  const schema: Schema = { ...crd.schema, properties };
  const text = renderInterface(target.kindType, schema, target);
  return text.replace(`interface ${target.kindType} {`, `interface ${target.kindType} extends KubeObject {`);
}

function fileText(kind: RenderedKind, byType: ReadonlyMap<string, RenderedKind>): string {
  const own = [kind.declaration];
  const borrowed: { readonly name: string; readonly from: string }[] = [];
  for (const [name, text] of kind.declarations) {
    const declaring = declaringKind(name) ?? kind.kindType;
    if (declaring === kind.kindType) {
      own.push(text);
    } else {
      checkSameType(name, text, byType.get(declaring));
      borrowed.push({ name, from: `./${fileName(declaring)}` });
    }
  }
  const body = own.map((text) => `${text}\n`).join('');
  const fromMeta = [...kind.metaTypes, 'KubeObject'].map((name) => ({ name, from: '../meta.ts' }));
  const imports = [{ name: 'Kind', from: '../kind.ts' }, ...fromMeta, ...borrowed].filter(
    ({ name }) => name === 'Kind' || new RegExp(`\\b${name}\\b`).test(withoutComments(body)),
  );
  return `${HEADER}${importLines(imports)}\n${body}${descriptor(kind)}`;
}

function checkSameType(name: string, text: string, declaring: RenderedKind | undefined): void {
  if (withoutComments(declaring?.declarations.get(name) ?? '') !== withoutComments(text)) {
    throw new Error(
      `type name ${name} stands for two different schemas; ${declaring?.kindType ?? 'nobody'} declares it`,
    );
  }
}

function importLines(imports: readonly { readonly name: string; readonly from: string }[]): string {
  const files = [...new Set(imports.map(({ from }) => from))];
  return files
    .map((file) =>
      importLine(
        imports.filter(({ from }) => from === file).map(({ name }) => name),
        file,
      ),
    )
    .join('');
}

function importLine(names: readonly string[], from: string): string {
  const sorted = [...new Set(names)].toSorted();
  const line = `import type { ${sorted.join(', ')} } from '${from}';\n`;
  return line.length <= 121
    ? line
    : `import type {\n${sorted.map((name) => `  ${name},\n`).join('')}} from '${from}';\n`;
}

function descriptor({ kindType, crd }: RenderedKind): string {
  const { group, version, kind, plural, namespaced } = crd;
  const lines = [
    `  group: '${group}',`,
    `  version: '${version}',`,
    `  kind: '${kind}',`,
    `  plural: '${plural}',`,
    `  namespaced: ${String(namespaced)},`,
  ];
  return `export const ${kindType}: Kind<${kindType}> = {\n${lines.join('\n')}\n};\n`;
}

function fileName(kindType: string): string {
  const kebab = kindType
    .replaceAll('AddOn', 'Addon')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();
  return `${kebab.replaceAll('addon', 'add-on')}.ts`;
}
