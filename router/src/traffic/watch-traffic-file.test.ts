import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createManualTiming } from './fixture/manual-timing.ts';
import { TrafficConfigError, type TrafficConfig } from './traffic-config.ts';
import { watchTrafficFile } from './watch-traffic-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traffic-'));
  path = join(folder, 'traffic.json');
});
afterEach(() => rm(folder, { recursive: true }));

const weighing = (weight: number) =>
  JSON.stringify({ stock: { versions: { stable: { weight: 100 - weight }, next: { weight } } } });
const setUp = async (text: string) => {
  await writeFile(path, text);
  const timing = createManualTiming();
  const applied: number[] = [];
  const errors: string[] = [];
  const apply = (config: TrafficConfig) => void applied.push(config.of('stock').versions[1]!.weight);
  const write = (line: string) => {
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    if (level === 50) errors.push(msg);
  };
  const options = { subgraphs: ['stock'], apply, logger: pino({}, { write }), timing };
  return { timing, applied, errors, file: await watchTrafficFile(path, options) };
};

it('applies the file at the start, and again when it is replaced', async () => {
  const { applied, file, timing, errors } = await setUp(weighing(10));
  expect(applied).toEqual([10]);
  await file.check();
  expect(applied).toEqual([10]);
  await writeFile(`${path}.new`, weighing(20));
  await rename(`${path}.new`, path);
  await timing.advance(2_000);
  await eventually(() => expect(applied).toEqual([10, 20]));
  expect(errors).toEqual([]);
  file.close();
});

it('tells once of a file that cannot be used and keeps what was applied, until the file is good again', async () => {
  const { applied, file, errors } = await setUp(weighing(10));
  await writeFile(path, '{"stock":');
  await file.check();
  await file.check();
  await writeFile(path, '{"shipping":{}}');
  await file.check();
  await rm(path);
  await file.check();
  await file.check();
  expect(applied).toEqual([10]);
  expect(errors).toEqual([
    expect.stringContaining(`so that what was applied before stays: ${path} is not JSON`),
    expect.stringContaining('there is no subgraph "shipping"; there are stock'),
    expect.stringContaining('ENOENT'),
  ]);
  await writeFile(path, weighing(30));
  await file.check();
  expect(applied).toEqual([10, 30]);
  file.close();
});

it('is not applied any more after it was closed', async () => {
  const { applied, file, timing } = await setUp(weighing(10));
  file.close();
  await writeFile(path, weighing(20));
  await file.check();
  await timing.advance(10_000);
  expect(applied).toEqual([10]);
});

it.each([
  ['is missing', undefined, 'ENOENT'],
  ['is not JSON', 'oops', 'is not JSON'],
  ['does not fit', '{"stock":{"timeoutMs":"1"}}', 'stock.timeoutMs'],
  ['is too large', ' '.repeat(1024 * 1024 + 1), 'more than 1048576'],
])('throws one line at the start when the file %s', async (_title, text, part) => {
  await rm(path, { force: true });
  if (text !== undefined) await writeFile(path, text);
  const logger = pino({ level: 'silent' });
  const watching = watchTrafficFile(path, { subgraphs: ['stock'], apply: () => undefined, logger });
  const error = await watching.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TrafficConfigError);
  const { message } = error as TrafficConfigError;
  expect(message.startsWith(path)).toBe(true);
  expect(message).toContain(part);
  expect(message).not.toContain('\n');
});
