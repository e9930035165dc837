import { describe, expect, it } from 'vitest';
import { DEFAULT_TRAFFIC, parseTraffic, TrafficConfigError } from './traffic-config.ts';

const KNOWN = ['stock', 'prices'];
const problem = (value: unknown): string => {
  try {
    parseTraffic(value, KNOWN);
  } catch (error) {
    if (error instanceof TrafficConfigError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
};

it('gives every subgraph one version at the URLs of the environment when nothing is configured', () => {
  expect(parseTraffic({}, KNOWN).of('stock')).toEqual({
    policy: {
      timeoutMs: 10_000,
      retry: { most: 2, firstPauseMs: 25, mostPauseMs: 250, budgetRatio: 0.1, budgetPerSecond: 1 },
      breaker: { consecutiveFailures: 5, errorRate: 0.5, windowMs: 10_000, minimumRequests: 20, openMs: 5_000 },
      bulkhead: { maxConcurrent: 256, maxQueue: 512 },
      rollback: { errorRate: 0.1, minimumRequests: 50, windowMs: 60_000 },
      headers: [],
    },
    versions: [{ name: 'stable', urls: undefined, weight: 1 }],
    fallback: 'stable',
  });
  expect(DEFAULT_TRAFFIC.of('anything')).toEqual(parseTraffic({}, KNOWN).of('stock'));
});

it('completes what a subgraph says by what all share, then by the defaults', () => {
  const config = parseTraffic(
    {
      '*': { timeoutMs: 3_000, retry: { most: 1 } },
      stock: {
        timeoutMs: 1_000,
        rollback: false,
        versions: { stable: { weight: 90 }, next: { urls: ['http://10.0.0.2:4003'], weight: 10 } },
      },
    },
    KNOWN,
  );
  expect(config.subgraphs).toEqual(['stock']);
  expect(config.of('prices')).toMatchObject({ policy: { timeoutMs: 3_000, retry: { most: 1, firstPauseMs: 25 } } });
  expect(config.of('stock')).toMatchObject({
    policy: { timeoutMs: 1_000, retry: { most: 1 }, rollback: false },
    versions: [
      { name: 'stable', urls: undefined, weight: 90 },
      { name: 'next', urls: ['http://10.0.0.2:4003'], weight: 10 },
    ],
    fallback: 'stable',
  });
});

describe('a configuration that cannot be used', () => {
  it.each([
    [[], 'the file: Invalid input: expected object, received array'],
    [{ shipping: {} }, 'there is no subgraph "shipping"; there are stock, prices'],
    [{ stock: { timeout: 5 } }, 'stock: Unrecognized key: "timeout"'],
    [{ stock: { timeoutMs: 0 } }, 'stock.timeoutMs: Too small: expected number to be >=1'],
    [{ '*': { versions: {} } }, '*: Unrecognized key: "versions"'],
    [{ stock: { versions: {} } }, 'stock.versions: must be one version to eight'],
    [{ stock: { versions: { a: { weight: -1 } } } }, 'stock.versions.a.weight: Too small: expected number to be >=0'],
    [{ stock: { versions: { a: { urls: ['ftp://x'] } } } }, 'stock.versions.a.urls.0: must be an http or https URL'],
    [
      { stock: { versions: { a: { urls: ['http://me:secret@x'] } } } },
      'stock.versions.a.urls.0: must hold no user name or password',
    ],
    [{ stock: { versions: { a: {} }, fallback: 'b' } }, 'stock.fallback: names no version'],
    [{ stock: { fallback: 'b' } }, 'stock.fallback: names no version'],
    [{ stock: { versions: { a: {} }, fallback: 'constructor' } }, 'stock.fallback: names no version'],
    [{ stock: { versions: { '1': {} } } }, expect.stringContaining('stock.versions.1: ')],
    [{ stock: { headers: [{ propagate: 'cookie' }] } }, expect.stringContaining('stock.headers.0')],
    [JSON.parse('{"stock":{"versions":{"__proto__":{}}}}'), expect.stringContaining('stock.versions')],
  ])('%j is told in one line', (value, message) => {
    const line = problem(value);
    expect(line).toEqual(message);
    expect(line).not.toContain('\n');
  });

  it('names every place that is wrong', () => {
    expect(problem({ stock: { timeoutMs: 'x' }, prices: { retry: { most: 9 } } })).toBe(
      'stock.timeoutMs: Invalid input: expected number, received string; prices.retry.most: Too big: expected number to be <=5',
    );
  });
});
