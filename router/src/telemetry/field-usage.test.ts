import { createClientLabels } from '@kontor/kit/src/telemetry/bounded-labels.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFieldUsage, type FieldUsage } from './field-usage.ts';
import type { UsedCoordinates } from './used-coordinates.ts';

const uses = (...written: string[]): UsedCoordinates => ({ written, sent: null });
const SCHEMA = new Map([
  ['Query.a', null],
  ['Query.b', 'use a'],
  ['Query.unused', 'nobody wants it'],
]);
const app = (version: string) => ({ name: 'app', version });

let now: Date;
let usage: FieldUsage;
beforeEach(() => {
  now = new Date('2026-03-01T10:59:00Z');
  usage = createFieldUsage({ clients: createClientLabels(3), clock: { now: () => now } });
});

describe('the use of fields', () => {
  it('is counted once a request for each coordinate of its operation, by client and version', () => {
    const both = uses('Query.a', 'Query.b');
    usage.record(both, {}, app('1'));
    usage.record(both, {}, app('1'));
    now = new Date('2026-03-01T12:01:00Z');
    usage.record(uses('Query.a'), {}, app('2'));
    expect(usage.read(SCHEMA)).toEqual({
      since: '2026-03-01T10:59:00.000Z',
      complete: true,
      coordinates: [
        {
          coordinate: 'Query.a',
          deprecated: null,
          count: 3,
          lastSeen: '2026-03-01T12:00:00.000Z',
          clients: [
            { ...app('1'), count: 2, lastSeen: '2026-03-01T10:00:00.000Z' },
            { ...app('2'), count: 1, lastSeen: '2026-03-01T12:00:00.000Z' },
          ],
        },
        {
          coordinate: 'Query.b',
          deprecated: 'use a',
          count: 2,
          lastSeen: '2026-03-01T10:00:00.000Z',
          clients: [{ ...app('1'), count: 2, lastSeen: '2026-03-01T10:00:00.000Z' }],
        },
        { coordinate: 'Query.unused', deprecated: 'nobody wants it', count: 0, lastSeen: null, clients: [] },
      ],
    });
  });

  it('is not lost when it is read, nor when there are more operations than are counted apart', () => {
    for (let index = 0; index < 1_700; index += 1) usage.record(uses('Query.a'), {}, app('1'));
    usage.read(SCHEMA);
    usage.record(uses('Query.a'), {}, app('1'));
    expect(usage.clientsOf('Query.a')).toMatchObject([{ count: 1_701 }]);
  });

  it('counts what a request sends in variables', () => {
    usage.record({ written: ['Query.a'], sent: ({ x }) => new Set(x ? ['Input.x'] : []) }, { x: 1 }, undefined);
    expect(usage.clientsOf('Input.x')).toMatchObject([{ name: 'unknown', version: '', count: 1 }]);
  });

  it('tells as many clients apart as there is room for', () => {
    for (let version = 0; version < 5; version += 1) usage.record(uses('Query.a'), {}, app(`${version}`));
    expect(usage.clientsOf('Query.a').map(({ name, version, count }) => `${name} ${version} ${count}`)).toEqual([
      'other  2',
      'app 0 1',
      'app 1 1',
      'app 2 1',
    ]);
  });

  it('says that it is not complete when there were too many coordinates', () => {
    usage.record(uses(...Array.from({ length: 20_001 }, (_, index) => `Query.f${index}`)), {}, undefined);
    expect(usage.read(SCHEMA).complete).toBe(false);
  });

  it('keeps what is no part of the schema any more', () => {
    usage.record(uses('Query.gone'), {}, undefined);
    expect(usage.read(SCHEMA).coordinates[0]).toMatchObject({ coordinate: 'Query.gone', deprecated: null, count: 1 });
  });
});
