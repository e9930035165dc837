import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { watchSupergraphFile, type Watch } from './watch-supergraph-file.ts';

let folder: string;
let watches: Watch[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'supergraph-'));
  watches = [];
});
afterEach(async () => {
  watches.forEach((watch) => watch.close());
  await rm(folder, { recursive: true });
});

/** Watches a file; `next` waits for the next text that is told. */
function startWatch(path: string) {
  const told: string[] = [];
  const problems: Error[] = [];
  let wake = () => undefined as void;
  let taken = 0;
  const tell =
    <Item>(list: Item[]) =>
    (item: Item) => {
      list.push(item);
      wake();
    };
  watches.push(watchSupergraphFile(path, tell(told), { onProblem: tell(problems) }));
  const until = async (isReached: () => boolean) => {
    while (!isReached()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return {
    told,
    problems,
    async next() {
      await until(() => told.length > taken);
      return told[taken++];
    },
    problem: () => until(() => problems.length > 0),
  };
}

it('tells the text at once, and again when the file is written', async () => {
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, 'one');
  const watch = startWatch(path);
  expect(await watch.next()).toBe('one');
  await writeFile(path, 'two');
  expect(await watch.next()).toBe('two');
  await writeFile(path, 'three');
  expect(await watch.next()).toBe('three');
});

it('tells a file that comes into place of another, again and again', async () => {
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, 'one');
  const watch = startWatch(path);
  expect(await watch.next()).toBe('one');
  for (const text of ['two', 'three']) {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
    expect(await watch.next()).toBe(text);
  }
});

it('tells a file that comes later, and one that comes back', async () => {
  const path = join(folder, 'supergraph.graphql');
  const watch = startWatch(path);
  await writeFile(path, 'one');
  expect(await watch.next()).toBe('one');
  await rm(path);
  await writeFile(path, 'two');
  expect(await watch.next()).toBe('two');
  expect(watch.problems).toEqual([]);
});

it('tells another file when a link is moved to it', async () => {
  const path = join(folder, 'supergraph.graphql');
  await writeFile(join(folder, 'a'), 'one');
  await writeFile(join(folder, 'b'), 'two');
  await symlink(join(folder, 'a'), path);
  const watch = startWatch(path);
  expect(await watch.next()).toBe('one');
  await symlink(join(folder, 'b'), `${path}.new`);
  await rename(`${path}.new`, path);
  expect(await watch.next()).toBe('two');
});

it('tells nothing when the text stays the same', async () => {
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, 'one');
  const watch = startWatch(path);
  expect(await watch.next()).toBe('one');
  await writeFile(path, 'one');
  await writeFile(join(folder, 'other'), 'one');
  await writeFile(path, 'two');
  expect(await watch.next()).toBe('two');
  expect(watch.told).toEqual(['one', 'two']);
});

it('reports what is there and cannot be read', async () => {
  const watch = startWatch(folder);
  await watch.problem();
  expect(watch.problems[0]?.message).toContain('EISDIR');
  expect(watch.told).toEqual([]);
});

it('tells nothing after it was closed', async () => {
  const path = join(folder, 'supergraph.graphql');
  await writeFile(path, 'one');
  const closed = startWatch(path);
  watches.pop()!.close();
  const open = startWatch(path);
  expect(await open.next()).toBe('one');
  await writeFile(path, 'two');
  expect(await open.next()).toBe('two');
  expect(closed.told).toEqual([]);
});
