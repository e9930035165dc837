/**
 * What each BFF publishes: `schema/channels/<channel>.graphql`, printed from its SDL with the shared types in it.
 * `node tests/contract/print-channels.ts` writes the files; with `--check` it names each that is stale and exits with 1.
 */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { printChannel } from '../../packages/kit/src/bff/bff.ts';
import { buildChannelGraph, readSdl } from '../../packages/kit/src/graph/sdl.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The channels' files, by their paths from the root of the repository. */
export const printedChannels = (): Map<string, string> =>
  new Map(
    globSync('bffs/*/schema.graphql', { cwd: ROOT })
      .sort()
      .map((file) => [
        `schema/channels/${basename(dirname(file))}.graphql`,
        printChannel(buildChannelGraph(readSdl(join(ROOT, file)), {})),
      ]),
  );

/** One complaint per committed file that differs, is missing or belongs to no BFF. */
export function staleChannels(): string[] {
  const printed = printedChannels();
  const stale = [...printed].filter(
    ([file, sdl]) => !existsSync(join(ROOT, file)) || readFileSync(join(ROOT, file), 'utf8') !== sdl,
  );
  const left = globSync('schema/channels/*.graphql', { cwd: ROOT }).filter((file) => !printed.has(file));
  return [
    ...stale.map(([file]) => `${file} is stale: run node tests/contract/print-channels.ts`),
    ...left.map((file) => `${file} belongs to no BFF: delete it`),
  ];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--check')) {
    const complaints = staleChannels();
    for (const complaint of complaints) console.error(complaint);
    if (complaints.length > 0) process.exitCode = 1;
  } else {
    for (const [file, sdl] of printedChannels()) {
      mkdirSync(dirname(join(ROOT, file)), { recursive: true });
      writeFileSync(join(ROOT, file), sdl);
    }
  }
}
