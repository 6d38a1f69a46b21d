import type { Placement } from '@ocm/api';
import { isRawNumber, parseExact } from '@ocm/kube';

/** A Placement that somebody has sent, or what is wrong with it. */
export type DecodedPlacement =
  | { readonly kind: 'decoded'; readonly placement: Placement }
  | { readonly kind: 'malformed'; readonly problem: string };

/** What a field may hold. `null` stands for absence everywhere, as it does for the API server. */
type Shape =
  | 'string'
  | 'int32'
  | 'int64'
  | 'int-or-string'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | {
      readonly fields: Readonly<Record<string, Shape>>;
      /** Fields that a stored Placement cannot lack: empty when they do. */
      readonly required?: readonly string[];
    };

const STRINGS = { list: 'string' } as const;
const STRING_MAP = { map: 'string' } as const;
const EXPRESSIONS = {
  list: { fields: { key: 'string', operator: 'string', values: STRINGS }, required: ['key', 'operator'] },
} as const;
const SELECTORS = {
  labelSelector: { fields: { matchLabels: STRING_MAP, matchExpressions: EXPRESSIONS } },
  claimSelector: { fields: { matchExpressions: EXPRESSIONS } },
} as const;

/** The fields of placement 2.2 by which it is scheduled, and those that are accepted without effect. */
const PLACEMENT: Shape = {
  fields: {
    metadata: {
      fields: { name: 'string', namespace: 'string', labels: STRING_MAP, annotations: STRING_MAP },
    },
    spec: {
      fields: {
        clusterSets: STRINGS,
        numberOfClusters: 'int32',
        predicates: {
          list: {
            fields: {
              requiredClusterSelector: {
                fields: { ...SELECTORS, celSelector: { fields: { celExpressions: STRINGS } } },
              },
            },
          },
        },
        prioritizerPolicy: {
          fields: {
            mode: 'string',
            configurations: {
              list: {
                fields: {
                  scoreCoordinate: {
                    fields: {
                      type: 'string',
                      builtIn: 'string',
                      addOn: {
                        fields: { resourceName: 'string', scoreName: 'string' },
                        required: ['resourceName', 'scoreName'],
                      },
                    },
                  },
                  weight: 'int32',
                },
              },
            },
          },
        },
        spreadPolicy: {
          fields: {
            spreadConstraints: {
              list: {
                fields: {
                  topologyKey: 'string',
                  topologyKeyType: 'string',
                  maxSkew: 'int32',
                  whenUnsatisfiable: 'string',
                },
              },
            },
          },
        },
        tolerations: {
          list: {
            fields: {
              key: 'string',
              operator: 'string',
              value: 'string',
              effect: 'string',
              tolerationSeconds: 'int64',
            },
          },
        },
        decisionStrategy: {
          fields: {
            groupStrategy: {
              fields: {
                clustersPerDecisionGroup: 'int-or-string',
                decisionGroups: {
                  list: {
                    fields: { groupName: 'string', groupClusterSelector: { fields: SELECTORS } },
                    required: ['groupName', 'groupClusterSelector'],
                  },
                },
              },
            },
          },
        },
        sortBy: 'string',
        scoreRateLimit: 'string',
      },
    },
  },
};

/**
 * Reads a Placement as the API server would before it fills in defaults: fields that it does not know are dropped, a value of another type is
 * refused. Nothing else is checked, and nothing is filled in but what is empty where scheduling has to find something.
 */
export function decodePlacement(text: string): DecodedPlacement {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch (error) {
    return { kind: 'malformed', problem: error instanceof Error ? error.message : String(error) };
  }
  try {
    const { metadata, spec } = shaped(value, PLACEMENT, '') as Partial<Placement>;
    return { kind: 'decoded', placement: { metadata: { ...metadata, name: metadata?.name ?? '' }, spec: spec ?? {} } };
  } catch (error) {
    if (error instanceof ShapeError) return { kind: 'malformed', problem: error.message };
    throw error;
  }
}

/** Ends the reading of a value at the first field that is of another type. */
class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

function shaped(value: unknown, shape: Shape, path: string): unknown {
  if (typeof shape === 'string') return scalar(value, shape, path);
  if ('list' in shape) {
    if (!Array.isArray(value)) throw mismatch(value, 'a list', path);
    // A null in a list is an empty value of its type there.
    return value.map((each, index) => shaped(each ?? emptyOf(shape.list), shape.list, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isRawNumber(value)) {
    throw mismatch(value, 'an object', path);
  }
  const entries = Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    const inner = innerShape(shape, key);
    if (inner === undefined || each === null) return [];
    return [[key, shaped(each, inner, path === '' ? key : `${path}.${key}`)] as const];
  });
  return { ...emptyRequired(shape), ...Object.fromEntries(entries) };
}

function emptyRequired(shape: Extract<Shape, object>): Readonly<Record<string, unknown>> {
  if (!('fields' in shape)) return {};
  const { fields, required = [] } = shape;
  return Object.fromEntries(required.map((key) => [key, emptyOf(fields[key] ?? 'string')]));
}

function innerShape(shape: Extract<Shape, object>, key: string): Shape | undefined {
  if ('map' in shape) return shape.map;
  // Names such as `constructor` are in every object.
  return 'fields' in shape && Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
}

function emptyOf(shape: Shape): unknown {
  if (typeof shape !== 'string') return 'list' in shape ? [] : {};
  return shape === 'string' ? '' : 0;
}

const SCALARS: Record<Extract<Shape, string>, { readonly name: string; readonly fits: (value: unknown) => boolean }> = {
  string: { name: 'a string', fits: (value) => typeof value === 'string' },
  int32: { name: 'an integer of 32 bits', fits: isInt32 },
  int64: { name: 'an integer of 64 bits', fits: (value) => Number.isSafeInteger(value) || isInt64(value) },
  'int-or-string': {
    name: 'an integer of 32 bits or a string',
    fits: (value) => typeof value === 'string' || isInt32(value),
  },
};

function scalar(value: unknown, shape: Extract<Shape, string>, path: string): unknown {
  const { name, fits } = SCALARS[shape];
  if (!fits(value)) throw mismatch(value, name, path);
  return value;
}

function isInt32(value: unknown): boolean {
  return typeof value === 'number' && (value | 0) === value;
}

/** Beyond 2^53 numbers are kept as they were written. */
function isInt64(value: unknown): boolean {
  if (!isRawNumber(value) || !/^-?\d{1,19}$/.test(value.rawJSON)) return false;
  return BigInt.asIntN(64, BigInt(value.rawJSON)) === BigInt(value.rawJSON);
}

function mismatch(value: unknown, wanted: string, path: string): ShapeError {
  const found =
    value === null ? 'null' : Array.isArray(value) ? 'a list' : isRawNumber(value) ? value.rawJSON : typeof value;
  return new ShapeError(`${path === '' ? 'the body' : path} must be ${wanted}, not ${found}`);
}
