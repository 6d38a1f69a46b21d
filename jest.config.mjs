// One configuration for every package: tools/checks/jest.mjs names the package folder and the layer.
export default {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  testEnvironment: 'node',
  setupFiles:
    process.env.OCM_PROPERTY_RUNS === undefined ? [] : [`${import.meta.dirname}/tools/checks/property-runs.mjs`],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
