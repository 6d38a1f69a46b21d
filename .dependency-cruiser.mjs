// The direction of imports: docs/architecture.md, "Packages".
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may import ${allowed.length === 0 ? 'no other package' : allowed.join(', ')}`,
  from: { path: `^${from}/`, pathNot: '(\\.test\\.ts$|/test/)' },
  to: { path: '^(apps|libs|tools)/', pathNot: [`^${from}/`, ...allowed.map((path) => `^${path}/`)] },
});

export default {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'one-public-door',
      severity: 'error',
      comment: 'another package is imported by its name, never by a path into it',
      from: { path: '^((?:apps|libs|tools)/[^/]+)/' },
      to: { path: '^(?:apps|libs|tools)/[^/]+/', pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    only('api-imports-nothing', 'libs/api', []),
    only('pki-imports', 'libs/pki', ['libs/api']),
    only('kube-imports', 'libs/kube', ['libs/api']),
    only('service-imports', 'libs/service', ['libs/api', 'libs/kube', 'libs/pki']),
    only('registration-imports', 'apps/registration', ['libs/api', 'libs/kube', 'libs/pki', 'libs/service']),
    only('work-imports', 'apps/work', ['libs/api', 'libs/kube', 'libs/service']),
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '(\\.test\\.ts$|/test/|^libs/testing/)' },
      to: { path: '^libs/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
