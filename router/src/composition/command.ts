import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { SCOPES } from '@kontor/kit/src/auth/policy.ts';
import { composeSubgraphs, type SubgraphSource } from './compose-subgraphs.ts';
import { generatedFiles, SUPERGRAPH, type GeneratedFile } from './generated-files.ts';
import { schemaChanges, unannounced, type SchemaChange } from './schema-changes.ts';

/** The subgraphs and the ports that they listen at by default. */
const SUBGRAPHS = { products: 4001, prices: 4002, stock: 4003, orders: 4004, customers: 4005 };
const CHANGELOG = 'schema/CHANGELOG.md';
const USAGE = 'Usage: npm run schema [-- --check] [--against FILE]';

/** Where the command prints. */
export interface Output {
  log(line: string): void;
  error(line: string): void;
}

/**
 * `npm run schema`: composes the subgraphs, with the policy table, into `schema/supergraph.graphql`, and its contracts into
 * `schema/contracts`. With `--check` nothing is written: the committed files must be what the subgraphs compose to, and the changelog must
 * name every breaking change since the version in git HEAD, or since the supergraph in the file after `--against`.
 * @param root the folder of the repository.
 * @returns the exit code.
 */
export async function composeCommand(root: string, args: readonly string[], output: Output): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    output.error(`${options}\n${USAGE}`);
    return 1;
  }
  const { supergraphSdl, errors, hints } = composeSubgraphs(readSources(root), SCOPES);
  for (const hint of hints) output.error(`hint: ${hint}`);
  for (const error of errors) output.error(`error: ${error}`);
  if (supergraphSdl === null) return 1;

  const files = filesOf(supergraphSdl, output);
  if (files === null) return 1;

  const before = options.against === undefined ? committed(root) : readFileSync(options.against, 'utf8');
  const changes = before === null ? [] : await schemaChanges(before, supergraphSdl);
  for (const change of changes) output.log(describe(change));

  if (!options.check) {
    for (const file of files) write(root, file);
    output.log(`${SUPERGRAPH} is composed of ${Object.keys(SUBGRAPHS).length} subgraphs.`);
    return 0;
  }
  const drifted = files.filter(({ path, text }) => textOf(join(root, path)) !== text);
  for (const { path } of drifted)
    output.error(`${path} is not what the subgraphs compose to: run npm run schema and commit it.`);
  const missing = unannounced(changes, textOf(join(root, CHANGELOG)) ?? '');
  for (const { coordinate, message } of missing) output.error(`${CHANGELOG} does not name ${coordinate}: ${message}`);
  if (drifted.length > 0 || missing.length > 0) return 1;
  output.log(`${SUPERGRAPH} is fresh.`);
  return 0;
}

/** @returns null after printing why a contract cannot be made. */
function filesOf(supergraphSdl: string, output: Output): GeneratedFile[] | null {
  try {
    return generatedFiles(supergraphSdl);
  } catch (error) {
    for (const line of String(error instanceof Error ? error.message : error).split('\n'))
      output.error(`error: CONTRACT ${line}`);
    return null;
  }
}

function write(root: string, { path, text }: GeneratedFile): void {
  const file = join(root, path);
  if (text === null) return rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const textOf = (file: string): string | null => (existsSync(file) ? readFileSync(file, 'utf8') : null);

function readOptions(args: readonly string[]): { check: boolean; against: string | undefined } | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { check: { type: 'boolean', default: false }, against: { type: 'string' } },
    });
    if (values.against !== undefined && !existsSync(values.against)) return `There is no file ${values.against}.`;
    return { check: values.check, against: values.against };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readSources(root: string): SubgraphSource[] {
  const read = (path: string) => ({ path, text: readFileSync(join(root, path), 'utf8') });
  const common = read('packages/kit/schema/common.graphql');
  return Object.entries(SUBGRAPHS).map(([name, port]) => ({
    name,
    routingUrl: `http://127.0.0.1:${port}/graphql`,
    files: [common, read(`subgraphs/${name}/schema.graphql`)],
  }));
}

/** The supergraph of the last commit; null when it has none, or outside a repository. */
function committed(root: string): string | null {
  try {
    return execFileSync('git', ['show', `HEAD:./${SUPERGRAPH}`], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch {
    return null;
  }
}

const describe = ({ level, coordinate, message }: SchemaChange) =>
  [level, coordinate, message].filter((part) => part).join(': ');
